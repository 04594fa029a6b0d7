"""How items come into a stage: calls, tickets, and the stage's life; kept apart from its users' names."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any

from siseon.contracts import Cancelled, DeadlineExceeded, FailureCode, SiseonError, StageFailed
from siseon.engine import clock
from siseon.engine.call import Call
from siseon.engine.context import Request, current_request, degrade
from siseon.engine.flow import INTERACTIVE, Flow
from siseon.engine.lifecycle import Holds, Lifecycle
from siseon.engine.mistakes import fresh, seconds, shut
from siseon.engine.runtime import StageRuntime
from siseon.engine.ticket import Ticket
from siseon.engine.user_values import label_of, name_of, price_of, text_of

if TYPE_CHECKING:
    from siseon.engine.stage import Stage

SLICE = 128
"""Items that are handed to the queue at once: between two slices of a large call others have their turn."""


class Calling:
    """The life of one stage, and the calls that it takes."""

    def __init__(
        self,
        stage: Stage[Any, Any],
        overrides: Callable[[str], bool],
    ) -> None:
        """``overrides``: whether the stage has a method of its own in the place of one of ``Stage``."""
        self.stage = stage
        self.life = Lifecycle(lambda: f"stage {label_of(stage)!r}", self._open, self._close, self._abandon)
        self.holds = Holds(self.life)
        self.runtime: StageRuntime | None = None
        self._overrides = overrides
        self._bucket: Callable[[Any], Hashable] | None = None
        self._serial: Callable[[Any], Hashable] | None = None
        self._cost: Callable[[Any], float] | None = None

    async def run(
        self, items: list[Any], *, timeout: float | None, fail_fast: bool, flow: Flow | None
    ) -> Call | SiseonError:
        """The call once its caller may look at it, or why nothing of it was accepted.

        Raises:
            ContractViolation: the timeout is not a number of seconds.
        """
        timer = None
        if timeout is not None:
            timeout = seconds(timeout, "timeout")
        try:
            call, runtime = self._call(len(items), timeout=timeout, fail_fast=fail_fast, flow=flow)
        except SiseonError as refused:
            return fresh(refused)
        try:
            if timeout is not None:
                timer = runtime.loop.call_later(timeout, call.expire)
            self._put(runtime, call, items[:SLICE] if len(items) > SLICE else items, 0)
            if len(items) > SLICE:
                await self._feed_rest(runtime, call, items)
            await call.done
        except SiseonError as refused:
            return fresh(refused)
        finally:
            if timer is not None:
                timer.cancel()
            runtime.leave(call)
        return call

    async def stream(
        self, items: Iterable[Any], *, timeout: float | None, flow: Flow | None
    ) -> AsyncIterator[tuple[int, Any]]:
        """The outcome of each item as soon as it is there, with its index; see ``Stage.stream``."""
        todo = list(items)
        if not todo:
            return
        if timeout is not None:
            timeout = seconds(timeout, "timeout")
        call, runtime = self._call(len(todo), timeout=timeout, fail_fast=False, flow=flow)
        call.ready = ready = deque[int]()
        try:
            self._put(runtime, call, todo[:SLICE], 0)
        except BaseException:
            runtime.leave(call)
            raise
        feeding = asyncio.ensure_future(self._feed_rest(runtime, call, todo))
        timer = None if timeout is None else runtime.loop.call_later(timeout, call.expire)
        del items, todo
        try:
            while True:
                # What a stop has failed is read to the end.
                while ready and not (call.abandoned and call.left):
                    index = ready.popleft()
                    yield index, call.outcomes[index]
                if feeding.done():
                    feeding.result()
                if call.abandoned and call.left:
                    raise Cancelled("the request has ended", stage=label_of(self.stage))
                if not call.left or call.cause is FailureCode.deadline_exceeded:
                    break
                if call.done.done():
                    call.done = runtime.loop.create_future()
                await asyncio.wait(
                    [call.done] if feeding.done() else [call.done, feeding],
                    return_when=asyncio.FIRST_COMPLETED,
                )
            for index in call.missing():
                yield index, self.late()
        finally:
            if timer is not None:
                timer.cancel()
            feeding.cancel()
            if feeding.done() and not feeding.cancelled():
                feeding.exception()  # read, or its refusal would be reported as never read
            runtime.leave(call)

    def _call(
        self, count: int, *, timeout: float | None, fail_fast: bool, flow: Flow | None
    ) -> tuple[Call, StageRuntime]:
        """A new call, and the run of the stage that takes it.

        Raises:
            SiseonError: the stage is not running, or the request that asks has ended.
        """
        request = current_request.get()
        runtime = self.runtime
        if runtime is None or self.life.state != "open":
            raise self._not_running(request)
        self.life.check_loop()
        deadline = None
        if request is not None:
            if request.ended:
                raise Cancelled("the request has ended", stage=label_of(self.stage))
            if request.verdict is not None:  # it was told to end, and goes on all the same
                raise fresh(request.verdict)
            deadline = request.deadline
            flow = flow or request.flow
            request.stages[id(self.stage)] = self.stage
        now = clock.now()
        if timeout is not None:
            deadline = now + timeout if deadline is None else min(deadline, now + timeout)
        call = Call(
            count,
            request,
            flow or INTERACTIVE,
            deadline=deadline,
            fail_fast=fail_fast,
            queued_at=now,
            loop=runtime.loop,
        )
        if request is not None:
            request.calls[call] = runtime
        return call, runtime

    async def _feed_rest(self, runtime: StageRuntime, call: Call, items: list[Any]) -> None:
        """Hand what follows the first slice to the queue, a slice at a time.

        What is refused then has that for its outcome, unless the first failure ends the call.

        Raises:
            SiseonError: see ``_put``.
        """
        for start in range(SLICE, len(items), SLICE):
            await asyncio.sleep(0)
            if call.is_over():
                return
            try:
                self._put(runtime, call, items[start : start + SLICE], start)
            except SiseonError as refused:
                if call.fail_fast:
                    raise
                for index in range(start, len(items)):
                    call.deliver(index, fresh(refused))
                return

    def _put(self, runtime: StageRuntime, call: Call, items: list[Any], start: int) -> None:
        """Hand items to the queue; ``start`` is the index of the first.

        Raises:
            SiseonError: what bucket, key or cost failed with, or why the queue took nothing.
        """
        try:
            tickets = self._tickets(call, items, start)
            runtime.put(call, tickets, first=not start)
        except SiseonError as error:
            raise SiseonError.at(error, self._name(call.request)) from None
        call.tickets += tickets

    def _tickets(self, call: Call, items: list[Any], start: int) -> list[Ticket]:
        # The common case, a stage without buckets, costs or keys, pays no call per item.
        bucket, serial, cost = self._bucket, self._serial, self._cost
        now = call.queued_at if not start else clock.now()
        tickets = []
        for index, item in enumerate(items, start):
            place = name_of(bucket, item, "bucket") if bucket else None
            price = price_of(cost, item) if cost else 1.0
            key = name_of(serial, item, "serial") if serial else None
            tickets.append(Ticket(call, index, item, place, price, key, now))
        return tickets

    def _name(self, request: Request | None) -> str:
        """What the request's pipeline calls the stage."""
        return label_of(self.stage) if request is None else request.name_of(self.stage)

    def late(self) -> DeadlineExceeded:
        """The outcome of an item that has none when the time of its call is over."""
        name = self._name(current_request.get())
        return DeadlineExceeded(f"stage {name!r} did not answer in time", stage=name)

    def degrade(self, failure: SiseonError) -> None:
        """Say in the current result that something stands in for an outcome of this stage."""
        degrade(self._name(current_request.get()), failure.code)

    def _not_running(self, request: Request | None) -> SiseonError:
        if self.life.state == "draining" or (request is not None and self.life.state != "new"):
            return shut().at(self._name(request))
        return StageFailed(
            f"stage {label_of(self.stage)!r} is not running",
            hint="enter its pipeline first: `async with pipeline: await pipeline(item)`; the pipeline finds stages "
            "in its attributes, also in lists, dicts, sets, dataclasses and pipelines there",
            stage=label_of(self.stage),
        )

    async def _open(self) -> None:
        if self.runtime is not None and await self.runtime.is_stuck():
            raise StageFailed(
                "a replica of the last run is still inside process, and a thread cannot be stopped",
                hint="wait until it comes back, or restart the program",
            )
        text_of(lambda: self.stage.label, "label")
        self.runtime = StageRuntime(self.stage, asyncio.get_running_loop())
        await self.runtime.start()
        self._bucket = self.stage.bucket if self._overrides("bucket") else None
        self._serial = self.stage.serial if self._overrides("serial") else None
        self._cost = None if self.stage.max_cost is None else self.stage.cost

    async def _close(self, drain_s: float) -> None:
        if self.runtime is not None:
            await self.runtime.stop(drain_s)

    def _abandon(self) -> None:
        self.holds.clear()
        if self.runtime is not None:
            self.runtime.abandon()
