"""How much is in flight: the one count that admission, a drain and the metrics read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Flight:
    """Requests in flight at one place, the door or a pipeline; used from the event loop's thread alone."""

    def __init__(self) -> None:
        self.here = 0
        """In this process."""
        self._over = asyncio.Event()
        self._over.set()

    def add(self, requests: int) -> None:
        """So many more, or less."""
        self.here += requests
        if self.here:
            self._over.clear()
        else:
            self._over.set()

    @contextmanager
    def one(self) -> Iterator[None]:
        """A block in which there is one more."""
        self.add(1)
        try:
            yield
        finally:
            self.add(-1)

    def everywhere(self) -> int:
        """In all processes that serve together."""
        return self.here

    async def over(self) -> None:
        """Wait until nothing is in flight here."""
        await self._over.wait()
