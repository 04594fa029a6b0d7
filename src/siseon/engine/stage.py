"""The unit of computation: a typed step whose calls from all requests meet in one queue, as batches."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, Self, TypeVar, cast, overload

from siseon.contracts import DeadlineExceeded, ModelRef, SiseonError, StageFailed
from siseon.engine.call import MISSING, Call, Missing
from siseon.engine.context import current_request, degrade
from siseon.engine.queue import Ticket
from siseon.engine.runtime import StageRuntime, StageStatistics
from siseon.engine.trace import Batch

In = TypeVar("In")
Out = TypeVar("Out")
F = TypeVar("F")


class Stage(ABC, Generic[In, Out]):
    """One typed step, ``process(batch) -> batch``.

    Subclass it, implement ``process`` and set what differs from the defaults below, on the class or on the
    instance before it starts. The life of a stage, always driven by its pipeline:

    1. ``setup`` once, in a worker thread: load weights, warm up. What it raises stops the start.
    2. ``process`` for each batch, in one of ``replicas`` threads at a time.
    3. ``teardown`` once, after the last batch.
    """

    name: str = ""
    """Shown in traces and failures; the pipeline's attribute name when empty."""
    max_batch: int = 1
    max_queue: int = 1024
    """Items that may wait; beyond it a call fails at once with ``overloaded``."""
    replicas: int = 1
    """Threads that run ``process`` at the same time (the runtimes release the GIL)."""
    linger_ms: float = 0.0
    """How long a batch that is not full waits for more items. 0: a free replica takes what is there."""
    max_cost: float | None = None
    """Bound on the sum of ``cost`` over a batch (a single item may exceed it)."""

    on_batch: Callable[[Batch], None] | None = None
    """Called in the event loop after every batch that ran."""

    _runtime: StageRuntime | None = None

    @abstractmethod
    def process(self, batch: Sequence[In]) -> Sequence[Out]:
        """Compute one result an item, in order. Called from ``replicas`` threads."""

    def setup(self) -> None:
        """Load and warm up what ``process`` needs. Runs in a worker thread."""

    def teardown(self) -> None:
        """Give back what ``setup`` took."""

    def bucket(self, item: In) -> Hashable:
        """Only items with equal buckets share a batch (image sizes, line widths)."""
        return None

    def cost(self, item: In) -> float:
        """What the item adds to the batch's cost (pixels, say), bounded by ``max_cost``."""
        return 1.0

    def models(self) -> Sequence[ModelRef]:
        """The models whose work is in this stage's results."""
        return ()

    async def __call__(self, item: In) -> Out:
        """Run one item.

        Raises:
            SiseonError: the item's failure; ``overloaded`` when the queue is full; ``deadline_exceeded``.
        """
        call = await self._run([item], timeout=None, fail_fast=True)
        outcome = call.outcomes[0]
        if isinstance(outcome, SiseonError):
            raise outcome
        return cast(Out, outcome)

    @overload
    async def map(self, items: Iterable[In], *, timeout: float | None = None) -> list[Out]: ...
    @overload
    async def map(
        self, items: Iterable[In], *, timeout: float | None = None, fallback: F
    ) -> list[Out | F]: ...

    async def map(
        self, items: Iterable[In], *, timeout: float | None = None, fallback: F | Missing = MISSING
    ) -> list[Out] | list[Out | F]:
        """Run many items at once and return their results in input order; no items, no work.

        More items than ``max_queue`` are handed over in slices, so that one call can not fail for its size.

        Args:
            items: what to run; other requests' items share the batches.
            timeout: seconds for the whole call, within the request's deadline.
            fallback: stands in for each item that failed or came late; the result then says ``degraded``.

        Raises:
            SiseonError: the first failure, unless there is a ``fallback``.
        """
        todo = list(items)
        until = None if timeout is None else time.monotonic() + timeout
        results: list[Out | F] = []
        for start in range(0, len(todo), self.max_queue):
            left = None if until is None else max(0.0, until - time.monotonic())
            part = todo[start : start + self.max_queue]
            try:
                call = await self._run(part, timeout=left, fail_fast=isinstance(fallback, Missing))
            except SiseonError as refused:  # not one item was accepted
                if isinstance(fallback, Missing):
                    raise
                degrade(self.label, refused.code)
                results += [fallback] * len(part)
                continue
            results += self._settle(call, fallback)
        return results

    def _settle(self, call: Call, fallback: F | Missing) -> list[Out | F]:
        """Outcomes to results: raise the first failure, or put the fallback in the place of each."""
        results: list[Out | F] = []
        for outcome in call.outcomes:
            if outcome is MISSING:
                outcome = DeadlineExceeded(f"stage {self.label!r} did not answer in time", stage=self.label)
            if not isinstance(outcome, SiseonError):
                results.append(cast(Out, outcome))
            elif isinstance(fallback, Missing):
                raise outcome
            else:
                degrade(self.label, outcome.code)
                results.append(fallback)
        return results

    async def _run(self, items: list[In], *, timeout: float | None, fail_fast: bool) -> Call:
        runtime = self._runtime
        if runtime is None or not runtime.opened.done():
            raise StageFailed(
                f"stage {self.label!r} is not running",
                hint="enter its pipeline first: `async with pipeline: await pipeline(item)`",
                stage=self.label,
            )
        request = current_request.get()
        now = time.monotonic()
        call = Call(
            len(items),
            request or object(),
            deadline=None if request is None else request.deadline,
            fail_fast=fail_fast,
            queued_at=now,
            loop=runtime.loop,
        )
        tickets = [
            Ticket(call, i, item, self._bucket(item), self._cost(item), now) for i, item in enumerate(items)
        ]
        try:
            runtime.put(call, tickets)
        except SiseonError as error:
            raise error.at(self.label) from None
        timer = None if timeout is None else runtime.loop.call_later(timeout, call.expire)
        if request is not None:
            request.waiting.append(self.label)
        try:
            await call.done
        finally:
            if timer is not None:
                timer.cancel()
            if request is not None and not request.is_late():  # a late request names where it stood
                request.waiting.remove(self.label)
            runtime.leave(call)
        return call

    @property
    def label(self) -> str:
        """The name shown to people: ``name``, or the class's name."""
        return self.name or type(self).__name__

    # Called for every item: the common case, a stage without buckets or costs, pays no Python call.
    def _bucket(self, item: In) -> Hashable:
        return None if type(self).bucket is Stage.bucket else self.bucket(item)

    def _cost(self, item: In) -> float:
        return 1.0 if self.max_cost is None else self.cost(item)

    async def start(self) -> None:
        """Set up and open the replicas; counted, so a stage shared by two pipelines starts once.

        Raises:
            SiseonError: what ``setup`` raised, with the stage's name.
        """
        if self._runtime is not None:
            self._runtime.users += 1
            await self._runtime.opened
            return
        runtime = StageRuntime(self.label, self, asyncio.get_running_loop())
        self._runtime = runtime
        try:
            await runtime.start()
        except BaseException:
            self._runtime = None
            raise

    async def stop(self, *, drain_s: float = 30.0) -> None:
        """Finish what was accepted (at most ``drain_s`` seconds), then close the replicas and tear down."""
        runtime = self._runtime
        if runtime is None:
            return
        runtime.users -= 1
        if runtime.users:
            return
        try:
            await runtime.stop(drain_s)
        finally:
            self._runtime = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def statistics(self) -> StageStatistics:
        """Counters since the start: items by outcome, batches, what waits now."""
        return StageStatistics() if self._runtime is None else self._runtime.statistics()


AnyStage = Stage[Any, Any]
