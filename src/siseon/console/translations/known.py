"""A translated picture of a job as ``/v1/jobs`` tells it; what is not named here goes back as it came."""

from __future__ import annotations

from typing import Annotated

import orjson
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    JsonValue,
    SkipValidation,
    TypeAdapter,
    ValidationError,
)

from siseon.console.api import ApiFailure, Problem, unlike
from siseon.console.jobs.known import Failed, State
from siseon.contracts import FailureCode

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


class _Sheet(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")

    width: int
    height: int
    target: str


class TranslatedPage(_Sheet):
    """All of one picture."""

    regions: tuple[Region, ...]


class _Unread(_Sheet):
    regions: tuple[Annotated[JsonValue, SkipValidation], ...]


class _Answer(BaseModel):
    """The result of an item."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data: _Unread


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


ITEMS = TypeAdapter(tuple[PageItem, ...])


def read_page(document: bytes, path: str) -> TranslatedPage:
    """The page in a result. Blocks, but only for one region at a time: read at once, 3,000 of them would hold all
    pages up for a tenth of a second.

    Raises:
        ApiFailure: it is of another form.
    """
    try:
        told = _Answer.model_validate(orjson.loads(document)).data
        regions = tuple(map(Region.model_validate, told.regions))
    except ValidationError as error:
        raise unlike(error, path) from None
    except orjson.JSONDecodeError as error:
        detail = f"the answer of {path} is not JSON: {error}"
        raise ApiFailure(Problem(code=FailureCode.contract_violation, detail=detail)) from None
    return TranslatedPage.model_construct(**{**dict(told), "regions": regions})
