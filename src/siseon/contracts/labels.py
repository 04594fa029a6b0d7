"""Class names: the map of a model, and one label given to one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from siseon.contracts.failure import ContractViolation


@dataclass(frozen=True, slots=True)
class LabelMap:
    """Names by class id, in the order of the model's outputs."""

    names: tuple[str, ...]
    dataset: str = ""
    """Where the ids come from, ``coco80`` or ``imagenet1k`` for example."""

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, class_id: int) -> str:
        return self.names[class_id]


class Label(BaseModel):
    """A class given to a thing, with the model's score."""

    model_config = ConfigDict(frozen=True)

    class_id: int = Field(ge=0)
    class_name: str
    score: float = Field(ge=0.0, le=1.0)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The best class of a thing, with those that come next."""

    class_id: int
    class_name: str
    score: float
    """In [0, 1]."""
    others: Sequence[Label] = ()
    """Best first, all of a lower or equal score."""

    def __post_init__(self) -> None:
        if self.class_id < 0 or not 0 <= self.score <= 1:  # NaN compares false, so it is caught as well
            raise ContractViolation(
                f"class {self.class_id} with score {self.score}: an id is at least 0, a score in [0, 1]"
            )
