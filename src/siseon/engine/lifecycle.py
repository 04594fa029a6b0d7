"""One life for stages and pipelines: new → starting → open → draining → closed, and again.

Those who use a thing hold *leases*; the first lease opens it, the last one given back closes it. Opening and
closing run in one task of their own, one after the other, whoever asks, waits, or stops waiting::

    new ──lease──▶ starting ──opened──▶ open ──last lease back──▶ draining ──closed──▶ closed
                      │  failed: all who wait are told                                  │
                      └────────────────────────▶ closed ◀── a new lease starts it again ┘
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Literal

from siseon.contracts import SiseonError, StageFailed
from siseon.engine.mistakes import describe, fresh, seconds, shut

log = logging.getLogger("siseon.engine")

DRAIN_S = 30.0
"""What the work that was accepted has to end, where nobody says otherwise."""

LifeState = Literal["new", "starting", "open", "draining", "closed"]


class Lease:
    """One user's hold; given back once, however often ``release`` is called."""

    def __init__(self, life: Lifecycle) -> None:
        self._life = life
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def release(self, drain_s: float = DRAIN_S) -> None:
        """Give the hold back; the last one closes the thing, which is waited for.

        Raises:
            StageFailed: something failed while it was closed; it is closed all the same.
        """
        await self._life.give_back(self, drain_s)

    def forsake(self) -> None:
        """Give the hold back where nobody is left to wait: its event loop has ended, or is about to."""
        self._life.forsake(self)


class Lifecycle:
    """States, leases, and the one task that goes from state to state."""

    def __init__(
        self,
        what: Callable[[], str],
        open_: Callable[[], Awaitable[None]],
        close: Callable[[float], Awaitable[None]],
        abandon: Callable[[], None],
    ) -> None:
        """``open_`` and ``close`` (with the seconds it may take) are never run at the same time.

        ``abandon`` lets go of what belongs to an event loop that was closed while the thing was open.
        """
        self.state: LifeState = "new"
        self._what = what
        self._open = open_
        self._close = close
        self._abandon = abandon
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leases: dict[Lease, None] = {}
        """In order: who asked first is told first."""
        self._leaving: list[asyncio.Future[None]] = []
        self._drain_s = DRAIN_S
        self._steward: asyncio.Task[None] | None = None

    def lease(self) -> Lease:
        """A hold from now on, on what may not be open yet; see ``acquire``."""
        self.come_here()
        lease = Lease(self)
        self._leases[lease] = None
        return lease

    async def acquire(self, lease: Lease | None = None) -> Lease:
        """Hold the thing; opens it unless it is open. A caller that is cancelled meanwhile holds nothing.

        Raises:
            SiseonError: what stopped the opening; ``shutting_down`` if the lease was given back meanwhile.
        """
        lease = lease or self.lease()
        if self.state == "open":
            return lease
        self._go_on()
        try:
            await lease.opened
        except BaseException:
            if lease in self._leases:
                self._leases.pop(lease, None)
                self._go_on()
            raise
        return lease

    async def give_back(self, lease: Lease, drain_s: float) -> None:
        """See ``Lease.release``. A caller that is cancelled stops waiting; the closing goes on."""
        drain_s = seconds(drain_s, "drain_s")
        self.come_here()
        if lease in self._leases:
            self._leases.pop(lease, None)
            self._drain_s = drain_s
            if self.state != "open" and not lease.opened.done():
                lease.opened.set_exception(shut())
            self._go_on()
        await self.closed()

    async def closed(self) -> None:
        """Wait for a closing that is under way."""
        self.come_here()
        if self._leases or self.state in ("new", "closed"):
            return
        leaving: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._leaving.append(leaving)
        await leaving

    def come_here(self) -> None:
        """From now on it lives in the running event loop; what an ended one left open is abandoned.

        Raises:
            StageFailed: it is open in another loop, which still runs.
        """
        loop = asyncio.get_running_loop()
        if self._loop is not None and self._loop is not loop and self.state not in ("new", "closed"):
            if not self._loop.is_closed():
                raise self._elsewhere()
            self._forget_all()  # its loop ended without a stop: nobody is left to wait
        self._loop = loop

    def forsake(self, lease: Lease) -> None:
        """See ``Lease.forsake``."""
        self._leases.pop(lease, None)
        if not self._leases and self.state == "open":
            self._forget_all()

    def _forget_all(self) -> None:
        self._abandon()
        self.state = "closed"
        self._leases.clear()
        self._leaving.clear()
        self._steward = None

    def check_loop(self) -> None:
        """Whether this is the event loop that the thing was opened in.

        Raises:
            StageFailed: it is another.
        """
        if asyncio.get_running_loop() is not self._loop:
            raise self._elsewhere()

    def _elsewhere(self) -> StageFailed:
        return StageFailed(
            f"{self._what()} runs in another event loop",
            hint="start and use it in one loop, or make one object per loop",
        )

    def _go_on(self) -> None:
        """See to it that the state becomes what the leases ask for; without any, nothing new is taken from now on."""
        if not self._leases and self.state == "open":
            self.state = "draining"
        if self._steward is None:
            self._steward = asyncio.get_running_loop().create_task(
                self._steer(), name=f"siseon life of {self._what()}"
            )

    async def _steer(self) -> None:
        """Go from state to state until the state is the one that the leases ask for."""
        try:
            while True:
                if self._leases and self.state in ("new", "closed"):
                    await self._start()
                elif self.state == "draining":
                    await self._stop()
                else:
                    self._tell_leaving(None)
                    return
        finally:
            self._steward = None
            if self.state in ("starting", "draining"):  # the loop itself ends and cancels all tasks
                self.state = "closed"
                self._abandon()
                for lease in self._leases:
                    lease.opened.cancel()
                self._leases.clear()
                self._tell_leaving(None)

    async def _start(self) -> None:
        self.state = "starting"
        try:
            await self._open()
        except Exception as error:  # noqa: BLE001 - told to all who wait for it
            self.state = "closed"
            failure = error if isinstance(error, SiseonError) else _failed(self._what(), "start", error)
            waiting, self._leases = self._leases, {}
            for lease in waiting:
                if not lease.opened.done():
                    lease.opened.set_exception(fresh(failure))
        else:
            self.state = "open"
            for lease in self._leases:
                if not lease.opened.done():
                    lease.opened.set_result(None)
            self._go_on()

    async def _stop(self) -> None:
        failure: SiseonError | None = None
        try:
            await self._close(self._drain_s)
        except Exception as error:  # noqa: BLE001 - told to all who wait for it
            failure = error if isinstance(error, SiseonError) else _failed(self._what(), "stop", error)
            log.error("%s: %s", self._what(), failure.message)
        self.state = "closed"
        self._tell_leaving(failure)

    def _tell_leaving(self, failure: SiseonError | None) -> None:
        waiting, self._leaving = self._leaving, []
        for leaving in waiting:
            if leaving.done():
                continue
            if failure is None:
                leaving.set_result(None)
            else:
                leaving.set_exception(fresh(failure))


def _failed(what: str, verb: str, error: BaseException) -> StageFailed:
    log.error("%s could not %s", what, verb, exc_info=error)
    return StageFailed(f"{what} could not {verb}: {describe(error)}", hint="the log has the traceback")


class Holds:
    """The leases of ``start``, which ``stop`` gives back: one for each, the latest first."""

    def __init__(self, life: Lifecycle) -> None:
        self._life = life
        self._leases: list[Lease] = []

    async def start(self) -> None:
        """Hold until a ``stop``, which may come before the opening has ended.

        Raises:
            SiseonError: what stopped the opening.
        """
        lease = self._life.lease()
        self._leases.append(lease)
        try:
            await self._life.acquire(lease)
        except BaseException:
            if lease in self._leases:
                self._leases.remove(lease)
            raise

    async def stop(self, drain_s: float) -> None:
        """Give one hold back; without one, wait for a closing that is under way.

        Raises:
            StageFailed: see ``Lease.release``.
        """
        drain_s = seconds(drain_s, "drain_s")
        self._life.come_here()  # before anything is given back: it may be refused
        if self._leases:
            await self._leases.pop().release(drain_s)
        else:
            await self._life.closed()

    def clear(self) -> None:
        """The event loop that they belong to has gone."""
        self._leases.clear()
