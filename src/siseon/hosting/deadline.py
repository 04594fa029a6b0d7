"""The time that a request has, from its first byte to its answer: upload, fetch, turn, stages and drawing share it."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType

from siseon.contracts import DeadlineExceeded


class Allowance:
    """Seconds that run out."""

    def __init__(self, seconds: float, since: float | None = None) -> None:
        """``since``: monotonic clock at which they began; now, when None."""
        self._until = (time.monotonic() if since is None else since) + seconds

    def left(self) -> float:
        """Seconds left, not below zero."""
        return max(0.0, self._until - time.monotonic())

    def spent_on(self, what: str) -> Spending:
        """A block that ends when the time is over.

        Raises:
            DeadlineExceeded: at its end, with ``what`` as its stage.
        """
        return Spending(self.left(), what)


class Spending:
    """What ``spent_on`` gives: a class, because a generator's block takes longer, several times for every request."""

    __slots__ = ("_scope", "_what")

    def __init__(self, seconds: float, what: str) -> None:
        self._scope = asyncio.timeout(seconds)
        self._what = what

    async def __aenter__(self) -> None:
        await self._scope.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        late = isinstance(error, TimeoutError) and self._scope.expired()
        try:
            await self._scope.__aexit__(kind, error, traceback)
        except TimeoutError:  # the scope's own
            late = True
        if late:
            raise DeadlineExceeded(
                f"the deadline passed during the {self._what}",
                hint="allow more time with X-Request-Timeout, or send less",
                stage=self._what,
            ) from None
