"""One kept stream as all who follow it see it: its state, its newest frame and result, and what it tells, as it comes.

Everything here is of the event loop's thread. Nobody who follows a stream can slow it: who is slow loses the oldest of
what was told, and is told how much.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import TypeVar

from siseon.contracts import Measurement
from siseon.streams.kept import Kept
from siseon.streams.run import Outcomes, StreamRun
from siseon.streams.sink import Outcome, Sink
from siseon.streams.source import Counts, Shot
from siseon.streams.wire import FailureTold, ResultTold, StateTold

MOST = 64
"""Outcomes that wait for one follower, where it does not say otherwise."""
RECENT_S = 10.0
"""Seconds over which rates and latencies are told."""
RECENT = 1000
"""Frames and results of them that are remembered for it at most."""

AnyTold = StateTold | ResultTold | FailureTold
Figures = TypeVar("Figures", Counts, Outcomes)

log = logging.getLogger("siseon.streams")


class StreamEnded(Exception):
    """The stream is kept no longer, or runs here no longer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A result with the frame that it is of."""

    shot: Shot
    told: ResultTold
    measured: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """Over the last seconds."""

    frames_per_s: float
    results_per_s: float
    latency_ms: tuple[float, float] | None
    """From a frame's coming to its result, median and 95th percentile; None where there were none."""


class Following:
    """What one follower has not taken yet: an async iterator, which ends with the stream."""

    def __init__(self, most: int) -> None:
        self.dropped = 0
        """Oldest outcomes that gave way, since the beginning."""
        self._most = most
        self._waiting: deque[Outcome] = deque()
        self._news = asyncio.Event()
        self._ended = False

    def __aiter__(self) -> AsyncIterator[Outcome]:
        return self

    async def __anext__(self) -> Outcome:
        while not self._waiting:
            if self._ended:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()

    def put(self, outcome: Outcome) -> None:
        """Another one."""
        if len(self._waiting) >= self._most:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(outcome)
        self._news.set()

    def end(self) -> None:
        """Nothing more comes."""
        self._ended = True
        self._news.set()


class Hub:
    """One stream. What runs it calls ``attach``, ``show``, ``tell`` and ``end``; everybody else looks and follows."""

    def __init__(self, kept: Kept, sinks: Sequence[Sink] = ()) -> None:
        self.kept = kept
        self.state: StateTold | None = None
        """The state that it came into last."""
        self.latest: ResultTold | FailureTold | None = None
        """What came of the newest frame that has an outcome."""
        self.answered: Answered | None = None
        """The newest result, with its frame; what is drawn on a frame is of the same frame."""
        self.shot: Shot | None = None
        """The newest frame within the stream's rate, answered or not; a look at its pixels converts them anew."""
        self.tags: set[str] = set()
        """Of the figures that it has given, as it runs now."""
        self.ended = False
        self._sinks = sinks
        self._followers: set[Following] = set()
        self._run: StreamRun | None = None
        self._counts = Counts()
        self._outcomes = Outcomes()
        self._frame = asyncio.Event()
        self._frames: deque[float] = deque(maxlen=RECENT)
        self._answers: deque[tuple[float, float]] = deque(maxlen=RECENT)

    @property
    def name(self) -> str:
        """Of the stream."""
        return self.kept.name

    @property
    def counts(self) -> Counts:
        """Of frames at the source, since this process runs the stream."""
        return self._counts if self._run is None else _sum(self._counts, self._run.source.counts)

    @property
    def outcomes(self) -> Outcomes:
        """Of frames that were taken, since this process runs the stream."""
        return self._outcomes if self._run is None else _sum(self._outcomes, self._run.outcomes)

    @property
    def rates(self) -> Rates:
        """Now."""
        since = time.monotonic() - RECENT_S
        frames = sum(at >= since for at in self._frames)
        ages = sorted(age for at, age in self._answers if at >= since)
        latency = (ages[len(ages) // 2], ages[int(len(ages) * 0.95)]) if ages else None
        return Rates(round(frames / RECENT_S, 2), round(len(ages) / RECENT_S, 2), latency)

    @contextmanager
    def subscribe(self, most: int = MOST) -> Iterator[Following]:
        """Outcomes from now on; ``most`` wait for this follower, then the oldest give way."""
        following = Following(most)
        self._followers.add(following)
        if self.ended:
            following.end()
        try:
            yield following
        finally:
            self._followers.discard(following)

    async def next_shot(self, than: Shot | None = None) -> Shot:
        """The newest frame, when it is another one than ``than``.

        Raises:
            StreamEnded: there will be none.
        """
        while self.shot is None or self.shot is than:
            if self.ended:
                raise StreamEnded
            frame = self._frame
            await frame.wait()
        return self.shot

    def attach(self, run: StreamRun | None) -> None:
        """What it runs as from now on; None: not at all."""
        if self._run is not None:
            self._counts, self._outcomes = self.counts, self.outcomes
        if run is not None:
            self.tags.clear()
        self._run = run

    def show(self, shot: Shot) -> None:
        """A frame came."""
        self.shot = shot
        self._frames.append(shot.arrived_s)
        self._wake()

    def tell(self, told: AnyTold, measured: tuple[Measurement, ...] = (), shot: Shot | None = None) -> None:
        """Something came of it; ``shot``: the frame of a result."""
        match told:
            case StateTold():
                self.state = told
            case ResultTold():
                self.latest = told
                self._answers.append((time.monotonic(), told.frame.latency_ms))
                self.tags.update(one.tag for one in measured)
                if shot is not None:
                    self.answered = Answered(shot, told, measured)
            case FailureTold():
                self.latest = told
        outcome = Outcome(self.name, told, measured, self.kept.options)
        for following in self._followers:
            following.put(outcome)
        for sink in self._sinks:
            try:
                sink.take(outcome)
            except Exception as error:
                log.error("%s failed with stream %s", type(sink).__name__, self.name, exc_info=error)

    def end(self) -> None:
        """It runs here no longer: all who follow it are told."""
        self.ended = True
        self.shot = self.answered = None
        for following in self._followers:
            following.end()
        self._wake()

    def _wake(self) -> None:
        """Whoever waits for a frame looks again."""
        self._frame.set()
        self._frame = asyncio.Event()


def _sum(first: Figures, second: Figures) -> Figures:
    names = [field.name for field in fields(first)]
    return type(first)(**{name: getattr(first, name) + getattr(second, name) for name in names})
