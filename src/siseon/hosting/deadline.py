"""The time that a request has, from its first byte to its answer: upload, fetch, turn, stages and drawing share it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from siseon.contracts import DeadlineExceeded


class Allowance:
    """Seconds that run out."""

    def __init__(self, seconds: float, since: float | None = None) -> None:
        """``since``: monotonic clock at which they began; now, when None."""
        self._until = (time.monotonic() if since is None else since) + seconds

    def left(self) -> float:
        """Seconds left, not below zero."""
        return max(0.0, self._until - time.monotonic())

    @asynccontextmanager
    async def spent_on(self, what: str) -> AsyncIterator[None]:
        """End what is inside when the time is over.

        Raises:
            DeadlineExceeded: with ``what`` as its stage.
        """
        try:
            async with asyncio.timeout(self.left()) as scope:
                yield
        except TimeoutError:
            if not scope.expired():
                raise
            raise DeadlineExceeded(
                f"the deadline passed during the {what}",
                hint="allow more time with X-Request-Timeout, or send less",
                stage=what,
            ) from None
