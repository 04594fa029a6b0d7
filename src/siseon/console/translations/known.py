"""A translated picture of a job as ``/v1/jobs`` tells it; what is not named here goes back as it came."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, JsonValue, TypeAdapter

from siseon.console.jobs.known import Failed, State

Point = tuple[FiniteFloat, FiniteFloat]


class Region(BaseModel):
    """A text in the picture."""

    model_config = ConfigDict(frozen=True, extra="allow")

    polygon: Annotated[tuple[Point, ...], Field(min_length=5, max_length=5)]
    text: str
    score: FiniteFloat
    translated: str | None
    why_not: str | None
    style: dict[str, JsonValue]


class TranslatedPage(BaseModel):
    """All of one picture."""

    model_config = ConfigDict(frozen=True, extra="allow")

    width: int
    height: int
    target: str
    regions: tuple[Region, ...]


class Answer(BaseModel):
    """The result of an item."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data: TranslatedPage


class PageItem(BaseModel):
    """The item that it is of."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    input: str
    state: State
    failure: Failed | None
    picture: str | None
    files: tuple[str, ...]
    unedited: tuple[str, ...]


ANSWER = TypeAdapter(Answer)
ITEMS = TypeAdapter(tuple[PageItem, ...])
