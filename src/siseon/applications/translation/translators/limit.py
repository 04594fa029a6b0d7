"""How often a translator in the network is asked: so many calls at once, so many a minute."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from weakref import WeakKeyDictionary

from siseon.engine import clock

MINUTE_S = 60.0


class Limit:
    """``async with limit`` around each call: it waits until the call may be made.

    Calls are spread evenly over the minute, which no counting window of the other side can be exceeded by. What has
    waited in vain (a deadline passed) gives its place in line back only by time: the pace is a bound, not a promise.
    """

    def __init__(
        self,
        at_once: int,
        per_minute: float | None,
        *,
        now: Callable[[], float] = clock.now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._at_once = at_once
        self._gap_s = 0.0 if per_minute is None else MINUTE_S / per_minute
        self._now = now
        self._sleep = sleep
        self._next = 0.0
        """When the next call may begin."""
        self._gates: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    async def __aenter__(self) -> None:
        gate = self._gate()
        await gate.acquire()
        try:
            begins = max(self._now(), self._next)
            self._next = begins + self._gap_s
            if (wait_s := begins - self._now()) > 0:
                await self._sleep(wait_s)
        except BaseException:
            gate.release()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gate().release()

    def pause(self, seconds: float) -> None:
        """No call begins before so many seconds have passed: the other side asked for it."""
        self._next = max(self._next, self._now() + seconds)

    def _gate(self) -> asyncio.Semaphore:
        """A pipeline may be started again in another event loop, where the old gate cannot be waited for."""
        return self._gates.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._at_once))
