"""A history as a chart of some hundred points: of each part of the span its least and largest value, and its gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from siseon.console.api import Api
from siseon.console.live.known import HISTORY, Point

PARTS = 240
PAGE = 10_000
"""Rows that the service tells at once."""
PAGES = 5
"""That are read for one chart."""

Drawn = tuple[tuple[int, float | None], ...]
"""Milliseconds since 1970, and the value; None: a gap."""


@dataclass(frozen=True, slots=True)
class Line:
    """Of one tag."""

    tag: str
    unit: str
    points: Drawn


@dataclass(frozen=True, slots=True)
class Span:
    """What is drawn."""

    begin: datetime
    end: datetime
    lines: tuple[Line, ...]
    cut: int
    """Rows after which reading ended; 0: all were read."""


async def read_span(api: Api, stream: str, length: timedelta, now: datetime) -> Span:
    """The span that ends now.

    Raises:
        ApiFailure: the service does not say.
    """
    begin = now - length
    points: list[Point] = []
    after = ""
    for _ in range(PAGES):
        path = f"{path_of(stream)}?limit={PAGE}&from={moment(begin)}{after}"
        page = await api.get(path, HISTORY, by_itself=True)
        points += page.points
        if page.next is None:
            break
        after = f"&after={quote(page.next, safe='')}"
    else:
        return Span(begin, now, lines(points, begin, now), len(points))
    return Span(begin, now, lines(points, begin, now), 0)


def path_of(stream: str) -> str:
    """Of a stream's history."""
    return f"/v1/streams/{quote(stream, safe='')}/history"


def moment(at: datetime) -> str:
    """As a query says it."""
    return quote(at.astimezone(UTC).isoformat(timespec="seconds"), safe="")


def lines(points: list[Point], begin: datetime, end: datetime) -> tuple[Line, ...]:
    """One for each tag, by name."""
    by_tag: dict[str, list[Point]] = {}
    for point in points:
        by_tag.setdefault(point.tag, []).append(point)
    return tuple(
        Line(tag, next((one.unit for one in its if one.unit), "") or "", _thinned(its, begin, end))
        for tag, its in sorted(by_tag.items())
    )


def _thinned(points: list[Point], begin: datetime, end: datetime) -> Drawn:
    """At most four points a part: a gap stays a gap, and a peak a peak."""
    width = (end - begin).total_seconds() / PARTS
    parts: dict[int, list[Point]] = {}
    for point in points:
        parts.setdefault(int((point.at - begin).total_seconds() / width), []).append(point)
    drawn: list[tuple[int, float | None]] = []
    for _, its in sorted(parts.items()):
        good = [one for one in its if one.value is not None]
        kept = {id(one): one for one in (its[0], its[-1])}
        if good:
            for extreme in (min(good, key=_value), max(good, key=_value)):
                kept[id(extreme)] = extreme
        for one in its:
            if id(one) in kept or (one.value is None and drawn and drawn[-1][1] is not None):
                drawn.append((int(one.at.timestamp() * 1000), one.value))
                kept.pop(id(one), None)
    return tuple(drawn[: 6 * PARTS])


def _value(point: Point) -> float:
    return point.value or 0.0
