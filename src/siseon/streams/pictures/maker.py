"""Makes pictures in threads of its own: the event loop goes on, and so do those who convert frames for pipelines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar

from siseon.contracts import Image, StageFailed
from siseon.media.bounds import MediaBounds
from siseon.media.foreign import FOREIGN_ERRORS
from siseon.streams.hub import Answered
from siseon.streams.pictures.look import Draw, Look, drawn_on, seen
from siseon.streams.source import Shot

THREADS = 2
"""As many pictures at once; the cores have frames to read and requests to answer beside."""

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
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="siseon-pictures")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._threads.shutdown)

    async def make(
        self, subject: Shot | Answered, application: str, look: Look, finish: Callable[[Image], T]
    ) -> T:
        """What ``finish`` makes, there too, of the picture of a frame.

        Raises:
            SiseonError: the frame cannot be used, or cannot be drawn on.
        """
        if isinstance(subject, Answered):
            draw, data = self._draw_of(application), subject.told.result.data
            return await self.run(
                lambda: finish(drawn_on(subject.shot.view, draw, data, look.side, self.bounds))
            )
        return await self.run(lambda: finish(seen(subject.view, look.side, self.bounds)))

    async def run(self, work: Callable[[], T]) -> T:
        """Do ``work``.

        Raises:
            SiseonError: its own, ``stage_failed`` for what foreign libraries raise.
        """

        def named() -> T:
            try:
                return work()
            except FOREIGN_ERRORS as error:
                raise StageFailed(f"the picture cannot be made: {type(error).__name__}") from error

        self.made += 1
        return await asyncio.get_running_loop().run_in_executor(self._threads, named)
