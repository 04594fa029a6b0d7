"""A stream that runs: the newest frames of a source through a hosted pipeline, and what comes of it, in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from siseon.applications.guarded import failures_named
from siseon.applications.options import Choices
from siseon.contracts import FailureCode, Result, SiseonError, StageFailed, Superseded
from siseon.engine import Flow, Pipeline, Trace
from siseon.hosting.host import Host
from siseon.streams.life import State
from siseon.streams.source import Change, Shot, Source
from siseon.streams.wire import FailureTold, FrameTold, ResultTold, StateTold

WEIGHT = 0.25
"""Share of a stream against an interactive client: whoever waits at a screen goes first."""
AT_ONCE = 2
"""Frames of one stream at work at once: the stages of one overlap with those of the next."""
LATE = "a longer --timeout than {seconds:g} s (timeout_s of a stream that is kept), or less to do for a frame"
"""What helps where frames are answered too late."""

Follow = Callable[[Any, datetime], Any]
"""See ``Application.follow``."""
_Answer = tuple[Result[Any] | SiseonError, float]
"""What became of a frame, and how old it was then, in seconds."""


@dataclass(slots=True)
class Outcomes:
    """What became of the frames that were taken."""

    answered: int = 0
    failed: int = 0
    superseded: int = 0
    """By a newer one within the pipeline; those at the source are in its own counts."""


class StreamRun:
    """One source that feeds one pipeline of a host. ``async with`` starts and stops the source."""

    def __init__(
        self,
        host: Host,
        pipeline: str | Pipeline[Any, Any],
        choices: Choices,
        source: Source,
        *,
        timeout_s: float = 5.0,
        on_shot: Callable[[Shot], object] = bool,
        follow: Follow | None = None,
    ) -> None:
        """``pipeline``: one that the host serves, by name, or one that it lends; ``follow``: what its application makes
        of results in a row.

        ``timeout_s``: what a frame is worth: one that has no answer by then gives way, with a failure. ``on_shot`` is
        called on the event loop with each frame that came, unless a newer one has come before it was looked at.
        """
        self.source = source
        self.outcomes = Outcomes()
        self._host = host
        self._pipeline = pipeline
        self._choices = choices
        self._timeout_s = timeout_s
        self._on_shot = on_shot
        self._follow = follow
        self._shown: Shot | None = None
        self.shot: Shot | None = None
        """The frame of the outcome that ``told`` gave last."""
        self._flow = Flow(f"stream {source.name}", weight=WEIGHT, policy="drop_oldest")
        self._news = asyncio.Event()
        self._work: deque[tuple[Shot, asyncio.Task[_Answer]]] = deque()

    def feed(
        self, pipeline: str | Pipeline[Any, Any], choices: Choices, follow: Follow | None = None
    ) -> None:
        """Frames that are taken from now on go there."""
        self._pipeline, self._choices, self._follow = pipeline, choices, follow

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()

        def tell() -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._news.set)

        self.source.start(tell)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.source.stop()
        for _shot, task in self._work:
            task.cancel()
        if self._work:
            await asyncio.wait([task for _, task in self._work])
        while not self.source.over:
            await self._news.wait()
            self._news.clear()

    async def told(self) -> AsyncIterator[StateTold | ResultTold | FailureTold]:
        """States, results and failures as they come, those of frames in the frames' order; ends when it has stopped.

        Who is slow to ask gets fewer results, not older ones.
        """
        while True:
            self._news.clear()
            for change in self.source.changes():
                yield self._state(change)
            while self._work and self._work[0][1].done():
                self.shot, task = self._work.popleft()
                if (outcome := self._outcome(self.shot, *task.result())) is not None:
                    yield outcome
            self._show()
            self._feed()
            if self.source.state is State.stopped and not self._work:
                for change in self.source.changes():
                    yield self._state(change)
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(self.source.stale_in_s):
                    await self._news.wait()

    def _show(self) -> None:
        shot = self.source.shot
        if shot is not None and shot is not self._shown:
            self._shown = shot
            self._on_shot(shot)

    def _feed(self) -> None:
        """Take the newest frame if there is room for it; else it waits at the source, where newer ones replace it."""
        if len(self._work) < AT_ONCE and (shot := self.source.take()) is not None:
            task = asyncio.create_task(self._answer(shot))
            task.add_done_callback(lambda _: self._news.set())
            self._work.append((shot, task))
        self.source.wanted = len(self._work) < AT_ONCE

    async def _answer(self, shot: Shot) -> _Answer:
        outcome = await self._outcome_of(shot)
        return outcome, shot.age_s

    async def _outcome_of(self, shot: Shot) -> Result[Any] | SiseonError:
        try:
            picture = shot.picture
            if picture is None:
                picture = await asyncio.to_thread(shot.view)
            return await self._host.work(
                self._pipeline,
                picture,
                trace=Trace(),
                timeout=max(self._timeout_s - shot.age_s, 0.001),
                flow=self._flow,
                choices=self._choices,
            )
        except SiseonError as error:
            return error
        except (ValueError, RuntimeError, MemoryError) as error:  # of the conversion, in a foreign library
            return StageFailed(f"the frame cannot be converted: {type(error).__name__}")

    def _outcome(
        self, shot: Shot, outcome: Result[Any] | SiseonError, age_s: float
    ) -> ResultTold | FailureTold | None:
        stream = self.source.name
        frame = FrameTold(number=shot.number, at=shot.at, latency_ms=round(age_s * 1000, 1))
        if isinstance(outcome, Superseded):
            self.outcomes.superseded += 1
            return None
        if not isinstance(outcome, SiseonError):
            outcome = self._followed(outcome, shot)
        if isinstance(outcome, SiseonError):
            self.outcomes.failed += 1
            failure = outcome.failure()
            if failure.code == FailureCode.deadline_exceeded:
                failure = failure.model_copy(update={"hint": LATE.format(seconds=self._timeout_s)})
            return FailureTold(stream=stream, frame=frame, failure=failure)
        self.outcomes.answered += 1
        return ResultTold(stream=stream, frame=frame, result=outcome)

    def _followed(self, result: Result[Any], shot: Shot) -> Result[Any] | SiseonError:
        if self._follow is None:
            return result
        try:
            with failures_named("following a stream"):
                return result.model_copy(update={"data": self._follow(result.data, shot.at)})
        except SiseonError as error:
            return error

    def _state(self, change: Change) -> StateTold:
        cause = change.cause
        message = "" if cause is None else cause.meaning
        return StateTold(
            stream=self.source.name,
            at=change.at,
            state=change.state,
            cause=cause,
            message=f"{message}: {change.detail}" if message and change.detail else message,
            hint="" if cause is None else cause.remedy,
            retry_s=None if change.retry_s is None else round(change.retry_s, 2),
        )
