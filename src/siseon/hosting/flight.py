"""How much is in flight: the one count that admission, a drain and the metrics read."""

from __future__ import annotations

import asyncio


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

    def everywhere(self) -> int:
        """In all processes that serve together."""
        return self.here

    async def over(self) -> None:
        """Wait until nothing is in flight here."""
        await self._over.wait()
