"""What a file of slicks says of each, under which names; and their shapes as the formats want them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from siseon.applications.oilspill.contracts import MappedSlick
from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.slicks.shapes import pieces_of, polygon_of
from siseon.applications.oilspill.slicks.volume import CODES
from siseon.contracts.wire import Ring

if TYPE_CHECKING:
    from shapely import Polygon

Value = str | int | float | bool | None


Kind = Literal["text", "whole", "number", "flag"]


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of each slick."""

    name: str
    short: str
    """Of at most ten letters, as a Shapefile's table needs them: chosen, since cut ones would be alike."""
    kind: Kind
    values: tuple[Value, ...]


def columns(slicks: Sequence[MappedSlick]) -> tuple[Column, ...]:
    """In the order of the files; times are ISO 8601 in UTC."""

    def column(name: str, short: str, kind: Kind, value: Callable[[MappedSlick], Value]) -> Column:
        return Column(name, short, kind, tuple(map(value, slicks)))

    return (
        Column("id", "id", "whole", tuple(range(1, len(slicks) + 1))),
        column("class", "class", "text", lambda one: one.sea_class),
        column("bonn_code", "bonn_code", "whole", lambda one: CODES.get(one.sea_class)),
        column("score", "score", "number", lambda one: round(one.score, 4)),
        column("area_m2", "area_m2", "number", lambda one: one.area_m2),
        column("volume_least_l", "vol_min_l", "number", lambda one: one.volume_l and one.volume_l[0]),
        column("volume_most_l", "vol_max_l", "number", lambda one: one.volume_l and one.volume_l[1]),
        column("frames", "frames", "text", lambda one: ";".join(one.frames)),
        column("frame_count", "frame_no", "whole", lambda one: len(one.frames)),
        column("first_seen", "first_seen", "text", lambda one: _utc(one.first_seen)),
        column("last_seen", "last_seen", "text", lambda one: _utc(one.last_seen)),
        column("gsd_m", "gsd_m", "number", lambda one: one.gsd_m),
        column("ce90_m", "ce90_m", "number", lambda one: one.ce90_m),
        column("position_from", "pos_from", "text", lambda one: ";".join(one.position_from)),
        column("interpolated", "interp", "flag", lambda one: one.interpolated),
        column("may_be_counted_twice", "twice", "flag", lambda one: one.may_be_counted_twice),
    )


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def pieces(rings: tuple[Ring, ...]) -> list[Polygon]:
    """The polygons of rings in longitudes from -180 to 180: two where the antimeridian cuts them (RFC 7946, 3.1.9).

    Raises:
        DependencyMissing: shapely is not installed.
    """
    with needed():
        import shapely
    whole = polygon_of(rings)
    west, _, east, _ = whole.bounds
    if west >= -180 and east <= 180:
        return [whole]
    cut = [
        shapely.transform(part, lambda corners, turn=turn: corners - [turn, 0])
        for turn in (-360, 0, 360)
        for part in pieces_of(shapely.intersection(whole, shapely.box(turn - 180, -90, turn + 180, 90)))
    ]
    return [shapely.orient_polygons(part) for part in cut]
