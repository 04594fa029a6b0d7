"""What a plan is computed from: a pipeline measured on this machine, small enough to keep beside the code.

Two facts are recorded. *Bare*: requests one at a time, with the items and the seconds of every batch they
caused; that is the service time of each stage and the distribution of objects per image at once, and it keeps
which request is heavy in which stages. *Loaded*: how many requests a second the machine answers when many
are in flight, since cores that share caches do less together than each does alone, and how a batch's time
grows with its size, since only full queues make full batches.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from siseon.contracts import FailureCode, InputError
from siseon.contracts.words import words_of

Seconds = FiniteFloat


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BatchTime(_Value):
    """Batches of one size, as they ran under load."""

    size: int = Field(ge=1)
    count: int = Field(ge=1)
    mean_s: Seconds = Field(ge=0)


class RecordedStage(_Value):
    """A stage, or a step of plain Python, as it was configured."""

    name: str = Field(min_length=1)
    kind: Literal["batch", "step"]
    max_batch: int = Field(ge=1)
    replicas: int = Field(ge=1)
    sorted_items: bool = False
    """It has buckets or costs: what shares a batch is alike, and a batch's size does not tell its time."""
    loaded: tuple[BatchTime, ...] = ()


class RecordedCall(_Value):
    """What one request asked of one stage."""

    stage: str
    active_s: Seconds = Field(ge=0)
    """From the start of its first batch to the end of its last."""
    batches: tuple[tuple[Annotated[int, Field(ge=1)], Annotated[Seconds, Field(ge=0)]], ...] = Field(
        min_length=1
    )
    """Items and seconds of each batch; all items are this request's own."""

    @property
    def items(self) -> int:
        """Items in all batches."""
        return sum(items for items, _ in self.batches)

    @property
    def seconds(self) -> float:
        """Service time of all batches, summed."""
        return sum(seconds for _, seconds in self.batches)


class RecordedRequest(_Value):
    """One request that had the machine to itself; its calls in the order in which they began."""

    elapsed_s: Seconds = Field(ge=0)
    calls: tuple[RecordedCall, ...]


class Recording(_Value):
    """A pipeline's service times and the distribution of its requests, on one machine."""

    version: Literal[1] = 1
    pipeline: str
    cpu: str
    cores: int = Field(ge=1)
    """Cores that the process could use."""
    at_work: int | None = Field(default=None, ge=1)
    """Requests that the pipeline computes at once; None: all that there are."""
    loaded_per_s: Seconds = Field(gt=0)
    """Requests answered a second with ``loaded_in_flight`` of them at work."""
    loaded_in_flight: int = Field(ge=1)
    others_cores: Seconds | None = Field(ge=0)
    """Cores that other programs used meanwhile; what they took is missing here. None where it is not told."""
    stages: tuple[RecordedStage, ...] = Field(min_length=1)
    requests: tuple[RecordedRequest, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _calls_have_stages(self) -> Recording:
        names = {stage.name for stage in self.stages}
        if len(names) != len(self.stages):
            raise ValueError("two stages have one name")
        called = {call.stage for request in self.requests for call in request.calls}
        if called != names:
            raise ValueError(f"calls and stages differ: {', '.join(sorted(called ^ names))}")
        return self

    @classmethod
    def read(cls, path: Path) -> Recording:
        """One that was kept as JSON.

        Raises:
            InputError: ``file_unreadable``, or ``invalid_input`` when it is not a recording of this version.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise InputError(
                f"{path} cannot be read: {error.strerror}", code=FailureCode.file_unreadable
            ) from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "the document"
            raise InputError(
                f"{path} is not a recording of version 1: {where}: {words_of(first)}",
                hint="make one with `siseon profile PIPELINE PICTURES --record FILE`",
            ) from None
