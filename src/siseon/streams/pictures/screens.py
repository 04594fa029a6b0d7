"""All screens of a service: made when the first one looks, gone with the last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from siseon.contracts import CapacityError
from siseon.streams.hub import Hub
from siseon.streams.pictures.look import Look
from siseon.streams.pictures.maker import Maker
from siseon.streams.pictures.screen import Screen, Viewer

log = logging.getLogger("siseon.streams")


class Screens:
    """The screens, and how many connections look at them."""

    def __init__(self, maker: Maker, *, most: int) -> None:
        """``most``: connections at once."""
        self.maker = maker
        self._most = most
        self._watching = 0
        self._screens: dict[tuple[Hub, Look], tuple[Screen, asyncio.Task[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def watching(self) -> int:
        """Connections now."""
        return self._watching

    @contextmanager
    def place(self) -> Iterator[None]:
        """Room for one more connection.

        Raises:
            CapacityError: ``overloaded``.
        """
        if self._watching >= self._most:
            raise CapacityError(
                f"{self._most} connections watch streams, as many as may",
                hint="close one, look at several streams over one WebSocket, or set SISEON_STREAM_VIEWERS",
            )
        self._watching += 1
        try:
            yield
        finally:
            self._watching -= 1

    @contextmanager
    def viewing(self, hub: Hub, look: Look, fps: float) -> Iterator[Viewer]:
        """A viewer of a stream, which gets at most ``fps`` pictures a second."""
        key = hub, look
        if key not in self._screens or self._screens[key][0].over:
            screen = Screen(hub, look, self.maker)
            task = asyncio.create_task(screen.run())
            self._tasks.add(task)
            task.add_done_callback(self._ended)
            self._screens[key] = screen, task
        screen, task = self._screens[key]
        viewer = screen.join(fps)
        try:
            yield viewer
        finally:
            if not screen.leave(viewer):
                task.cancel()
                if self._screens.get(key) == (screen, task):
                    del self._screens[key]

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a screen ended", exc_info=task.exception())
