"""Class names: the map of a model, and one label given to one thing."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field


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


class Ranked(Label):
    """The best class of a thing, with those that come next."""

    others: tuple[Label, ...] = ()
    """Best first, all of a lower or equal score."""
