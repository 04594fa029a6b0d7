"""One frame as its own result tells it: not settled among its neighbours, its oil not merged with theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field, FiniteFloat, JsonValue

from siseon.console.oil.known import Area, Frame, Places, Slick, Told, places_of

MOST_PIECES, MOST_CORNERS = 50, 2000
"""Of a frame's oil that is kept, the largest first, one at least: hundreds of frames are in memory at once."""


class _Fact(Told):
    value: FiniteFloat
    source: str


class _Metadata(Told):
    facts: dict[str, _Fact] = Field(default_factory=dict)


class _Georeference(Told):
    corners: JsonValue
    ce90_m: FiniteFloat
    interpolated: bool


class _Piece(Told):
    look: str = Field(alias="sea_class")
    score: FiniteFloat
    rings: JsonValue = None
    area_m2: Area | None = None


class _Data(Told):
    image_id: str
    refused: str | None = None
    verdict: str
    slicks: tuple[_Piece, ...] = ()
    metadata: _Metadata = _Metadata()
    time: datetime | None = None
    georeference: _Georeference | None = None
    no_position: str | None = None


class _Answer(Told):
    data: _Data


Drawn = tuple[Slick, tuple[Places, ...]]


@dataclass(frozen=True, slots=True)
class Answered:
    """What is drawn of a frame."""

    frame: Frame
    footprint: tuple[Places, ...]
    """Empty: it has no place."""
    pieces: tuple[Drawn, ...] = ()
    """Of oil, the largest first, each with its outer ring and holes."""
    left_out: int = 0
    """Smaller ones."""


def read_answer(document: bytes) -> Answered:
    """Of a result.

    Raises:
        ValueError: it is not as the service writes it.
    """
    told = _Answer.model_validate_json(document).data
    where, facts = told.georeference, told.metadata.facts
    longitude, latitude = facts.get("longitude"), facts.get("latitude")
    frame = Frame(
        image=told.image_id,
        time=told.time,
        verdict=told.refused or told.verdict,
        slicks=len(told.slicks),
        camera_longitude=None if longitude is None else longitude.value,
        camera_latitude=None if latitude is None else latitude.value,
        camera_from=None if longitude is None else longitude.source,
        ce90_m=None if where is None else where.ce90_m,
        interpolated=None if where is None else where.interpolated,
        no_position=told.no_position,
    )
    if where is None:
        return Answered(frame, ())
    placed = sorted((one for one in told.slicks if one.rings), key=lambda one: -(one.area_m2 or 0.0))
    pieces: list[Drawn] = []
    corners = 0
    for number, one in enumerate(placed[:MOST_PIECES], 1):
        rings = places_of(one.rings)
        corners += sum(map(len, rings))
        if pieces and corners > MOST_CORNERS:
            break
        pieces.append((_slick(number, one, told, where), rings))
    return Answered(frame, places_of([where.corners]), tuple(pieces), len(placed) - len(pieces))


def _slick(number: int, one: _Piece, told: _Data, where: _Georeference) -> Slick:
    return Slick.model_validate(
        {
            "id": number,
            "class": one.look,
            "score": one.score,
            "area_m2": one.area_m2 or 0.0,
            "frames": told.image_id,
            "first_seen": told.time,
            "ce90_m": where.ce90_m,
        }
    )
