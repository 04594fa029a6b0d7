"""What the files of a flight tell: ``flight.geojson`` of slicks, ``flight-frames.geojson`` of frames (RFC 7946)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, JsonValue, SkipValidation

from siseon.console.oil.features import features_of

T = TypeVar("T")
Places = NDArray[np.float64]
"""(N, 2) degrees, longitude first."""
SLICKS, FRAMES = "flight.geojson", "flight-frames.geojson"
REPORTS = ("flight.html", "flight.pdf")
Area = Annotated[FiniteFloat, Field(ge=0)]


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("it is outside of the calendar") from None


Moment = Annotated[datetime, AfterValidator(_in_utc)]


class Told(BaseModel):
    """Part of an answer; what is not asked for is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Slick(Told):
    """One piece of oil of one look."""

    id: int
    look: str = Field(alias="class")
    bonn_code: int | None = None
    score: FiniteFloat
    area_m2: Area
    volume_least_l: Area | None = None
    volume_most_l: Area | None = None
    frames: str
    first_seen: Moment | None = None
    last_seen: Moment | None = None
    ce90_m: FiniteFloat
    position_from: str = ""
    interpolated: bool = False
    may_be_counted_twice: bool = False


class Frame(Told):
    """One picture of the flight."""

    image: str
    time: Moment | None = None
    verdict: str
    slicks: int = 0
    camera_longitude: FiniteFloat | None = None
    camera_latitude: FiniteFloat | None = None
    camera_from: str | None = None
    ce90_m: FiniteFloat | None = None
    interpolated: bool | None = None
    no_position: str | None = None


class _Geometry(Told):
    type: str
    coordinates: Annotated[JsonValue, SkipValidation] = None
    """As JSON has it: looked at by ``rings_of``, and too long to be looked at twice."""


class _Feature(Told, Generic[T]):
    geometry: _Geometry | None
    properties: T


_SlickFeature = _Feature[Slick]
_FrameFeature = _Feature[Frame]


@dataclass(frozen=True, slots=True)
class Flight:
    """All of it."""

    slicks: tuple[tuple[Slick, tuple[Places, ...]], ...]
    """The largest first, each with its outer rings and holes."""
    frames: tuple[tuple[Frame, tuple[Places, ...]], ...]
    """In order of time; without rings where a frame has no position."""


def read_flight(slicks: bytes, frames: bytes) -> Flight:
    """Of the two files.

    Raises:
        ValueError: one is not as the service writes it.
    """
    of_slicks = [_placed(_SlickFeature.model_validate(one)) for one in features_of(slicks)]
    of_frames = [_placed(_FrameFeature.model_validate(one)) for one in features_of(frames)]
    return Flight(tuple(sorted(of_slicks, key=lambda one: -one[0].area_m2)), tuple(of_frames))


def _placed(feature: _Feature[T]) -> tuple[T, tuple[Places, ...]]:
    return feature.properties, rings_of(feature.geometry)


def rings_of(geometry: _Geometry | None) -> tuple[Places, ...]:
    """All rings of a polygon or of several; those that cannot be drawn are left out."""
    if geometry is None or not isinstance(geometry.coordinates, list):
        return ()
    polygons: list[JsonValue] = [geometry.coordinates] if geometry.type == "Polygon" else geometry.coordinates
    if geometry.type not in ("Polygon", "MultiPolygon"):
        return ()
    return places_of([ring for polygon in polygons if isinstance(polygon, list) for ring in polygon])


def places_of(rings: JsonValue) -> tuple[Places, ...]:
    """Rings as JSON has them, where they can be drawn."""
    if not isinstance(rings, list):
        return ()
    return tuple(places for ring in rings if isinstance(ring, list) and (places := _places(ring)) is not None)


def _places(ring: Sequence[JsonValue]) -> Places | None:
    try:
        places = np.array(ring, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    if places.ndim != 2 or places.shape[0] < 4 or places.shape[1] < 2:
        return None
    sound = (
        np.isfinite(places).all()
        and (np.abs(places[:, 0]) <= 360).all()
        and (np.abs(places[:, 1]) <= 90).all()
    )
    return places[:, :2] if sound else None
