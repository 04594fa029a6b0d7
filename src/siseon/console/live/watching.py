"""All streams with their alarms and the last minutes of their first figure: what the page of tiles follows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from siseon.console.api import Api, ApiFailure
from siseon.console.live.known import ALARMS, HISTORY, STREAMS, Alarm, Point, Stream

EVERY_S = 1.5
"""Between two looks."""
PART_S = 5
"""One point of a sparkline."""
PARTS = 60
"""Of it: five minutes."""
FIRST_ROWS = 2000
"""Of the history that a sparkline begins with."""

Ring = dict[int, float | None]
"""By part of time."""
Spark = tuple[float | None, ...]
"""Oldest first; None: nothing good was read."""


@dataclass(frozen=True, slots=True)
class Watched:
    """All that is known of them now."""

    streams: tuple[Stream, ...]
    alarms: tuple[Alarm, ...]
    sparks: dict[str, Spark]
    """By stream; none of those that measure nothing."""

    def stream(self, name: str) -> Stream | None:
        """The one of that name."""
        return next((one for one in self.streams if one.name == name), None)

    def alarms_of(self, stream: str) -> list[Alarm]:
        """Those of one stream."""
        return [one for one in self.alarms if one.stream == stream]


class Watching:
    """Of one service. A ring for each stream: a day is as long as ten minutes."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._rings: dict[str, Ring] = {}
        """By stream, what each part of time has last."""

    async def look(self) -> Watched:
        """Ask.

        Raises:
            ApiFailure: the service does not say.
        """
        streams = await self._api.get("/v1/streams", STREAMS, by_itself=True)
        alarms = await self._api.get("/v1/alarms", ALARMS, by_itself=True) if streams else ()
        part = int(time.time() // PART_S)
        for name in self._rings.keys() - {one.name for one in streams}:
            del self._rings[name]
        for one in streams:
            await self._note(one, part)
        sparks = {name: _line(ring, part) for name, ring in self._rings.items()}
        return Watched(streams, alarms, sparks)

    async def _note(self, stream: Stream, part: int) -> None:
        if stream.name not in self._rings:
            if stream.values is None or not stream.values.figures:
                return
            self._rings[stream.name] = await self._before(stream.name, stream.values.figures[0].tag, part)
        ring = self._rings[stream.name]
        ring.setdefault(part, None)
        if stream.measured and (value := stream.measured[0].value) is not None:
            ring[part] = value
        for old in [at for at in ring if at <= part - PARTS]:
            del ring[old]

    async def _before(self, name: str, tag: str, part: int) -> Ring:
        """What the history has of these minutes, where there is one."""
        begin = datetime.fromtimestamp((part - PARTS) * PART_S, UTC).isoformat()
        path = f"/v1/streams/{quote(name, safe='')}/history?tag={tag}&limit={FIRST_ROWS}&from={quote(begin)}"
        try:
            page = await self._api.get(path, HISTORY, by_itself=True)
        except ApiFailure:
            return {}
        return ring_of(page.points, part)


def ring_of(points: Sequence[Point], part: int) -> Ring:
    """Parts of time until ``part``, each with the value that stood at its end: a value stands until the next row."""
    ring: Ring = {}
    last: float | None = None
    for point in points:
        at = int(point.at.timestamp() // PART_S)
        for between in range(max(ring, default=at) + 1, at):
            ring[between] = last
        ring[at] = last = point.value
    for after in range(max(ring, default=part) + 1, part):
        ring[after] = last
    return ring


def _line(ring: Ring, part: int) -> Spark:
    return tuple(ring.get(at) for at in range(part - PARTS + 1, part + 1))
