"""Flights whose jobs go on, for all pages that are open: each frame's result is read once, a few at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import quote

from siseon.console.api import Api, ApiFailure, Problem
from siseon.console.jobs.known import ITEMS, Job
from siseon.console.oil.answer import Answered, read_answer
from siseon.console.oil.known import Flight
from siseon.console.oil.plane import Plane
from siseon.console.oil.sheet import Sheet, sheet_of
from siseon.contracts import DependencyMissing

MOST_FRAMES = 500
"""Of a job that are drawn before it has ended, the first ones."""
AT_A_TIME = 40
"""Results that are read before what they show is drawn."""
MOST_BYTES = 2_000_000
"""Of a result that is read: other pages wait some 20 ms meanwhile. Hundreds of pieces have a quarter of that."""
MORE = 1.1
"""Times as many frames from which all is drawn anew: what is sent of a growing map is some eleven times its last."""
KEPT = 4
"""Jobs in memory, the last ones that were asked for."""


@dataclass(frozen=True, slots=True)
class Grown:
    """What the frames show that were answered so far."""

    flight: Flight
    """In the order in which they were read: a frame keeps its number."""
    sheet: Sheet | None
    unread: int
    """Results that could not be drawn."""
    left_out: int
    """Pieces of oil that are too many."""
    more: bool
    """Whether others can be read at once."""


@dataclass(slots=True)
class _Held:
    """Of one job."""

    numbers: set[int] = field(default_factory=set)
    frames: list[Answered] = field(default_factory=list)
    unread: int = 0
    plane: Plane | None = None
    """About the first frame with a place: what is drawn anew stays where it was."""
    grown: Grown | None = None
    stood: tuple[int, int] = (-1, -1)
    """How many were done, and how many had ended in some way, when it was looked at last."""


class Growing:
    """Of one service."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._reading = asyncio.Lock()
        self._held: dict[str, _Held] = {}

    async def of(self, job: Job) -> Grown:
        """What is answered so far; the same object until there is a good deal more.

        Raises:
            ApiFailure: the job is gone, say, or a library is missing.
        """
        async with self._reading:
            held = self._held[job.id] = self._held.pop(job.id) if job.id in self._held else _Held()
            for old in list(self._held)[:-KEPT]:
                del self._held[old]
            stood = job.done, job.done + job.failed + job.cancelled
            grown = held.grown
            if grown is None or grown.more or held.stood != stood:
                more = await self._read(job, held)
                held.stood = stood
                if grown is None or _is_news(grown, held, job, more):
                    grown = held.grown = await asyncio.to_thread(_drawn, held, more)
            return grown

    async def _read(self, job: Job, held: _Held) -> bool:
        """A part of what is new; whether there is more."""
        if len(held.numbers) >= MOST_FRAMES:
            return False
        path = f"/v1/jobs/{quote(job.id, safe='')}/items?state=done&limit={MOST_FRAMES}"
        items = await self._api.get(path, ITEMS, by_itself=True)
        new = [item for item in items if item.result is not None and item.number not in held.numbers]
        new = new[: MOST_FRAMES - len(held.numbers)]
        for item in new[:AT_A_TIME]:
            try:
                found = await self._api.ask("GET", item.result or "", by_itself=True)
                if len(found.content) > MOST_BYTES:
                    raise ValueError("it is too long")
                held.frames.append(await asyncio.to_thread(read_answer, found.content))
            except (ApiFailure, ValueError):
                held.unread += 1
            held.numbers.add(item.number)  # last: whoever is interrupted leaves it to the next
        return len(new) > AT_A_TIME


def _is_news(grown: Grown, held: _Held, job: Job, more: bool) -> bool:
    """Whether it is drawn anew: now and then while much comes, and when nothing more does."""
    if grown.more != more:
        return True
    drawn = len(grown.flight.frames)
    is_last = not more and held.stood[1] >= job.total
    return len(held.frames) >= MORE * drawn or (is_last and len(held.frames) > drawn)


def _drawn(held: _Held, more: bool) -> Grown:
    pieces = [piece for one in held.frames for piece in one.pieces]
    flight = Flight(
        tuple(sorted(pieces, key=lambda piece: -piece[0].area_m2)),
        tuple((one.frame, one.footprint) for one in held.frames),
    )
    first = next((one.footprint for one in held.frames if one.footprint), None)
    try:
        if held.plane is None and first is not None:
            held.plane = Plane.about(first[0])
        sheet = sheet_of(flight, held.plane)
    except DependencyMissing as missing:
        raise ApiFailure(Problem(code=missing.code, detail=missing.message, hint=missing.hint)) from None
    left_out = sum(one.left_out for one in held.frames) + (0 if sheet is None else sheet.slicks_left_out)
    return Grown(flight, sheet, held.unread, left_out, more)
