"""The work of a worker under one lease.

::

    lease   (thread)  beats; tells what is no longer its own; says when the worker was taken for dead
    claim   (task)    room → items, each of which becomes a task that runs it
    write   (task)    outcomes that have come together → one transaction
    clear   (task)    what attempts that do not count have left → discarded, at the carrier too
    pulse   (task)    shows the lease that this loop turns

An item is *running* until it has an outcome, then *settling* until that is written down.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from siseon.contracts import DeadlineExceeded, SiseonError, StageFailed, StoreError
from siseon.jobs import store
from siseon.jobs.lease import Lease
from siseon.jobs.store import Claimed, Done, Failed, Fence, Finished, LeaseLost

if TYPE_CHECKING:
    from siseon.jobs.worker import Worker

IDLE_S = 0.1
"""Between two questions for work where there is none."""
AWAY_S = 1.0
"""Between two tries where the database or the carrier does not answer."""
LAST_TRIES = 5
"""To write outcomes down, for a worker that is to stop."""
PULSE_S = 0.5
WRITTEN = 500
"""Outcomes in one transaction."""
STUBBORN_S = 5.0
"""How long an item that was told to stop is waited for."""

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("siseon.jobs")


class Shift:
    """From the registration of a worker to its leaving, or to the loss of its lease."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._running: dict[Fence, tuple[Claimed, asyncio.Task[None]]] = {}
        self._settling: dict[Fence, Claimed] = {}
        self._outcomes: asyncio.Queue[Finished | None] = asyncio.Queue()
        self._left: asyncio.Queue[Claimed | None] = asyncio.Queue()
        self._freed = asyncio.Event()
        self._ending = asyncio.Event()
        self._was_lost = False
        self._ticked = time.monotonic()
        self._threads = ThreadPoolExecutor(2, "siseon-jobs")

    async def work(self, stop: asyncio.Event) -> None:
        """Until ``stop`` is set or the lease is lost.

        Raises:
            StoreError: it could not begin.
        """
        self._loop = asyncio.get_running_loop()
        worker = self._worker
        lease = Lease(worker.database, worker.supply, worker.applications, self, lease_s=worker.lease_s)
        try:
            await self._call(lease.__enter__)
            try:
                await self._work(lease.worker, stop)
            except BaseException as error:  # what it held may have ended it, and counts as delivered
                await asyncio.shield(self._call(lease.__exit__, type(error), error, None))
                raise
            await asyncio.shield(self._call(lease.__exit__, None, None, None))
        finally:
            self._threads.shutdown(wait=False)

    def alive(self) -> bool:
        """Whether the loop turns; called from the lease's thread, as the next three are."""
        return time.monotonic() - self._ticked < max(4 * PULSE_S, self._worker.lease_s / 2)

    def known(self) -> set[Fence]:
        """What it holds, as it believes. In this order: what goes from one to the other is seen in the first."""
        return set(self._running) | set(self._settling)

    def gone(self, fences: set[Fence]) -> None:
        """Stop these."""
        self._loop.call_soon_threadsafe(self._stop_items, fences)

    def lost(self) -> None:
        """Everything is with others."""
        self._loop.call_soon_threadsafe(self._lose)

    async def _work(self, name: str, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            pulse = group.create_task(self._pulse())
            group.create_task(self._write(name))
            group.create_task(self._clear())
            claiming = group.create_task(self._claim(name))
            ends = [group.create_task(stop.wait()), group.create_task(self._ending.wait())]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.cancel()
            self._ending.set()
            self._freed.set()
            await claiming
            await self._wind_down(name)
            self._outcomes.put_nowait(None)
            pulse.cancel()

    async def _wind_down(self, name: str) -> None:
        """Let running items finish, then stop those that have not; hand them back unless they are lost anyway."""
        tasks = [task for _, task in self._running.values()]
        if tasks and not self._was_lost:
            await asyncio.wait(tasks, timeout=self._worker.grace_s)
        left = {fence: claimed for fence, (claimed, _) in self._running.items()}
        tasks = [task for _, task in self._running.values()]
        self._stop_items(set(left))
        if left and not self._was_lost:
            with suppress(StoreError):  # then the end of the lease hands them back
                await self._call(store.release, self._worker.database, name, [each[:2] for each in left])
                await self._call(self._worker.supply.done, [each[:2] for each in left])
        if tasks:
            _, stubborn = await asyncio.wait(tasks, timeout=STUBBORN_S)
            if stubborn:
                log.error("%d items do not stop when they are told to", len(stubborn))

    async def _pulse(self) -> None:
        while True:
            self._ticked = time.monotonic()
            await asyncio.sleep(PULSE_S)

    async def _claim(self, name: str) -> None:
        while not self._ending.is_set():
            self._freed.clear()
            room = self._has_room()
            if room < 1:
                with suppress(TimeoutError):  # the engine's room does not tell when it grows
                    await asyncio.wait_for(self._freed.wait(), IDLE_S)
                continue
            try:
                found = await self._call(self._worker.supply.claim, name, room)
            except LeaseLost:
                self._lose()
                return
            except StoreError as error:
                log.warning("nothing can be claimed: %s", error.message)
                await self._pause(AWAY_S)
                continue
            self._worker.counts.claimed += len(found)
            for claimed in found:
                self._start(Fence(claimed.job, claimed.number, claimed.attempt), claimed)
            if not found:
                await self._pause(IDLE_S)

    def _has_room(self) -> int:
        if any(claimed.alone for claimed, _ in self._running.values()):
            return 0
        most = self._worker.concurrency
        # Outcomes that cannot be written down must not pile up.
        room = min(most - len(self._running), 2 * most - len(self._running) - len(self._settling))
        return room if self._worker.room is None else min(room, self._worker.room())

    async def _pause(self, seconds: float) -> None:
        """Or until the end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)

    def _start(self, fence: Fence, claimed: Claimed) -> None:
        def ended(_: asyncio.Task[None]) -> None:  # also of one that was cancelled before it began
            del self._running[fence]
            self._freed.set()

        task = asyncio.create_task(self._item(fence, claimed))
        self._running[fence] = (claimed, task)
        task.add_done_callback(ended)

    async def _item(self, fence: Fence, claimed: Claimed) -> None:
        try:
            outcome = await self._outcome(claimed)
        except asyncio.CancelledError:
            self._worker.counts.discarded += 1
            self._left.put_nowait(claimed)
        else:
            self._settling[fence] = claimed
            self._outcomes.put_nowait(Finished(*fence, outcome))

    async def _outcome(self, claimed: Claimed) -> Done | Failed:
        timer = asyncio.timeout(self._worker.item_s)
        try:
            async with timer:
                return await self._worker.run(claimed)
        except SiseonError as error:
            return Failed(error.failure())
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever an application raises, SystemExit too, is its item's
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
                raise
            if timer.expired():
                took = f"the item took more than {self._worker.item_s:g} s"
                return Failed(DeadlineExceeded(took).failure())
            log.exception("item %d of job %s raised", claimed.number, claimed.job)
            return Failed(StageFailed(f"{type(error).__name__} was raised", hint="the log has it").failure())

    async def _write(self, name: str) -> None:
        while (first := await self._outcomes.get()) is not None:
            batch = [first]
            while len(batch) < WRITTEN and not self._outcomes.empty():
                following = self._outcomes.get_nowait()
                if following is None:
                    self._outcomes.put_nowait(None)
                    break
                batch.append(following)
            counted = await self._written(name, batch)
            keys = [each[:2] for each in batch]
            await self._call(self._worker.supply.done, keys)
            for each in batch:
                # Of one that may count, nothing is thrown away.
                self._settle(each, counted is None or Fence(*each[:3]) in counted)
            self._freed.set()
        self._left.put_nowait(None)

    async def _written(self, name: str, batch: list[Finished]) -> set[Fence] | None:
        """Which of them count; None when that could not be found out."""
        tries = 0
        while True:
            try:
                return await self._call(store.finish, self._worker.database, name, batch)
            except StoreError as error:
                tries += self._ending.is_set()
                if tries == LAST_TRIES:
                    log.error("%d outcomes may be lost; their items run again then", len(batch))
                    return None
                log.warning("outcomes cannot be written down: %s", error.message)
                await asyncio.sleep(AWAY_S)

    def _settle(self, finished: Finished, counts: bool) -> None:
        claimed = self._settling.pop(Fence(*finished[:3]))
        told = self._worker.counts
        if not counts:
            told.discarded += 1
            self._left.put_nowait(claimed)
        elif isinstance(finished.outcome, Done):
            told.done += 1
        else:
            told.failed += 1

    async def _clear(self) -> None:
        while (claimed := await self._left.get()) is not None:
            # Else a carrier keeps it for this worker as long as that lives, and takes nothing new in its place.
            await self._call(self._worker.supply.done, [(claimed.job, claimed.number)])
            try:
                await self._worker.discard(claimed)
            except SiseonError as error:
                log.warning(
                    "what item %d of job %s left stays: %s", claimed.number, claimed.job, error.message
                )

    def _stop_items(self, fences: set[Fence]) -> None:
        for fence in fences:
            if fence in self._running:
                self._running[fence][1].cancel()

    def _lose(self) -> None:
        if not self._was_lost:
            self._was_lost = True
            self._worker.counts.leases_lost += 1
            log.warning("the lease of this worker is lost; it begins anew")
            self._ending.set()

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._loop.run_in_executor(self._threads, lambda: function(*args, **kwargs))
