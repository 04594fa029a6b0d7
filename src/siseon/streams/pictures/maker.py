"""Makes pictures in threads of its own: the event loop goes on, and so do those who convert frames for pipelines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Self, TypeVar
from weakref import WeakKeyDictionary

from siseon.contracts import Image, StageFailed
from siseon.media.bounds import MediaBounds
from siseon.media.foreign import FOREIGN_ERRORS
from siseon.streams.hub import Answered, Hub
from siseon.streams.pictures.look import Draw, Look, drawn_on, seen
from siseon.streams.source import Shot

THREADS = 4
"""So many streams at once: one whose pictures take long leaves threads to others."""

T = TypeVar("T")


class Maker:
    """The threads. ``async with`` waits, at its end, for what they do."""

    def __init__(self, draw_of: Callable[[str], Draw], bounds: MediaBounds) -> None:
        """``draw_of``: how the application of that name draws."""
        self.made = 0
        """Pictures so far."""
        self._draw_of = draw_of
        self.bounds = bounds
        """Of frames."""
        self._turns: WeakKeyDictionary[Hub, asyncio.Lock] = WeakKeyDictionary()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="siseon-pictures")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._threads.shutdown)

    async def make(self, hub: Hub, subject: Shot | Answered, look: Look, finish: Callable[[Image], T]) -> T:
        """What ``finish`` makes, there too, of the picture of a frame. Those of one stream are made one after the
        other: large ones hold up no other stream.

        Raises:
            SiseonError: the frame cannot be used, or cannot be drawn on.
        """
        if isinstance(subject, Answered):
            view, data = subject.shot.view, subject.told.result.data
            draw = self._draw_of(hub.kept.application)
            work = partial(drawn_on, view, draw, data, look.side, self.bounds)
        else:
            work = partial(seen, subject.view, look.side, self.bounds)
        turn = self._turns.setdefault(hub, asyncio.Lock())
        await turn.acquire()
        making = self._begin(lambda: finish(work()))
        making.add_done_callback(lambda _: turn.release())
        return await asyncio.shield(
            making
        )  # who leaves does not end what its thread does, nor the stream's turn

    async def run(self, work: Callable[[], T]) -> T:
        """Do ``work``, whatever else there is to do.

        Raises:
            SiseonError: its own, ``stage_failed`` for what foreign libraries raise.
        """
        return await self._begin(work)

    def _begin(self, work: Callable[[], T]) -> asyncio.Future[T]:
        def named() -> T:
            try:
                return work()
            except FOREIGN_ERRORS as error:
                raise StageFailed(f"the picture cannot be made: {type(error).__name__}") from error

        self.made += 1
        making = asyncio.get_running_loop().run_in_executor(self._threads, named)
        making.add_done_callback(_heard)
        return making


def _heard(making: asyncio.Future[T]) -> None:
    """Its failure is nobody's who has left."""
    if not making.cancelled():
        making.exception()
