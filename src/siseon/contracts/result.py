"""The envelope of every answer: the data, who made it, how long it took and what is missing from it."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticSerializationError

from siseon.contracts.failure import ContractViolation

T = TypeVar("T")


class ModelRef(BaseModel):
    """A model that took part in a result, down to its bytes."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str
    sha256: str
    """Of the weights file, hexadecimal."""


class StageTiming(BaseModel):
    """What one stage did for one request."""

    model_config = ConfigDict(frozen=True)

    stage: str
    calls: int
    """Batches that served the request (1 for a plain step)."""
    items: int
    queue_ms: float
    """Longest wait for a replica."""
    compute_ms: float
    """Compute time of the batches, those of other requests in them included."""
    batch_size_mean: float
    parts_ms: dict[str, float] = Field(default_factory=dict)
    """Compute time by the parts that the stage names: ``preprocess``, ``infer``, ``postprocess``, ``masks``."""


class Result(BaseModel, Generic[T]):
    """The answer of a pipeline."""

    model_config = ConfigDict(frozen=True)

    data: T
    models: list[ModelRef]
    trace_id: str
    timings: list[StageTiming]
    degraded: list[str]
    """Optional parts that are missing, ``"stage: code"``; empty when the answer is whole."""
    warnings: list[str]
    elapsed_ms: float

    def to_json(self) -> bytes:
        """The whole envelope as UTF-8 JSON.

        Raises:
            ContractViolation: the data hold what JSON has no form for.
        """
        try:
            return self.__pydantic_serializer__.to_json(self)
        except PydanticSerializationError as error:
            raise ContractViolation(
                f"the result is not JSON: {error}", hint="mend the result's type"
            ) from None
