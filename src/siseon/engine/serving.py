"""A pipeline that runs: requests in, one outcome each out; what ``Pipeline`` keeps apart from its users' names."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from siseon.contracts import (
    CapacityError,
    DeadlineExceeded,
    FailureCode,
    Result,
    SiseonError,
)
from siseon.engine import clock, endings
from siseon.engine.context import Home, Request, current_request
from siseon.engine.envelope import Answer, envelope, models_of
from siseon.engine.flow import Flow
from siseon.engine.lifecycle import Holds, Lease, Lifecycle
from siseon.engine.machine import cores
from siseon.engine.mistakes import describe, log, positive, seconds, shut
from siseon.engine.trace import OK, Trace, current_trace
from siseon.engine.turns import Turns

if TYPE_CHECKING:
    from siseon.engine.pipeline import Pipeline

Run = Callable[[], Awaitable[Any]]
TURNS_PER_CORE = 2
"""Requests at work for a processor core: fewer leave a core idle between two steps, more only wait for one another, and
what is slowest comes later (benchmarks/serving)."""
QUICK_PER_CORE = 16
"""The same for requests that are done at once: they compute less than it takes to wait for a turn."""
LAST_STEPS_S = 1.0
"""What requests that were interrupted at the end of a drain have to come to their end."""


class Serving:
    """Requests, turns and the stages' leases of one pipeline."""

    def __init__(self, pipeline: Pipeline[Any, Any]) -> None:
        self.pipeline = pipeline
        self.life = Lifecycle(lambda: f"pipeline {self.name}", self._open, self._close, self._abandon)
        self.holds = Holds(self.life)
        self.turns_with: Callable[[], Turns] | None = None
        """Those of another pipeline, which its requests take."""
        self._turns = Turns(1, 1)
        self._held: Mapping[str, Lease] = {}
        self._home = Home()
        self._requests: dict[Request, None] = {}
        self._parts: WeakKeyDictionary[Home, frozenset[int]] = WeakKeyDictionary()
        self._guests = 0
        """Requests of other pipelines that it has a part in."""
        self._quiet: asyncio.Event

    @property
    def name(self) -> str:
        """The class's name."""
        return type(self.pipeline).__name__

    @property
    def turns(self) -> Turns:
        """Those that its requests take now."""
        return self._turns if self.turns_with is None else self.turns_with()

    async def serve(
        self, run: Run, flow: Flow, timeout: float | None, trace: Trace
    ) -> Result[Any] | SiseonError:
        """Run one request to its end; its result, or the failure it ended with.

        Raises:
            CapacityError: the pipeline is not running.
        """
        self._check_open()
        trace.pipeline = trace.pipeline or self.name
        deadline = None if timeout is None else clock.now() + seconds(timeout, "timeout")
        request = Request(trace, deadline, flow, self._home, asyncio.current_task())
        self._requests[request] = None
        self._quiet.clear()
        tokens = current_request.set(request), current_trace.set(trace)
        try:
            answer = await self._interruptible(run, request)
            trace.outcome = OK if isinstance(answer, Answer) else answer.code.value
        except asyncio.CancelledError:
            trace.outcome = FailureCode.cancelled.value
            raise
        except BaseException:
            trace.outcome = FailureCode.stage_failed.value
            raise
        finally:
            request.end()
            request.task = None
            current_request.reset(tokens[0])
            current_trace.reset(tokens[1])
            trace.elapsed_s = clock.now() - trace.start
            self._requests.pop(request, None)
            self._check_quiet()
            self._tell(trace)
        return envelope(answer, request, trace.elapsed_s) if isinstance(answer, Answer) else answer

    async def _interruptible(self, run: Run, request: Request) -> Answer | SiseonError:
        """Run until the end, the deadline or another interruption, whichever comes first."""
        task = cast("asyncio.Task[Any]", request.task)
        cancelling = task.cancelling()
        timer = None
        if request.deadline is not None:
            left = max(0.0, request.deadline - clock.now())
            timer = asyncio.get_running_loop().call_later(left, self._expire, request)
        answer: Answer | SiseonError
        turns = self.turns
        at_work = False
        try:
            turn = turns.enter(request)
            if turn is not None:
                since = clock.now()
                try:
                    await turn
                except BaseException:
                    turns.give_up(request, turn)
                    raise
                request.trace.waited_s = clock.now() - since
            at_work = True
            data = await run()
            answer = Answer(data, models_of(request.stages.values()))
        except asyncio.CancelledError:
            if request.verdict is None and task.cancelling() <= cancelling:
                answer = endings.of_cancelled_within(self.name)
            elif request.verdict is None or task.uncancel() > cancelling:
                raise
            else:
                answer = endings.of_interrupted(request)
        except (Exception, BaseExceptionGroup) as error:
            if any(isinstance(leaf, KeyboardInterrupt | SystemExit) for leaf in endings.leaves(error)):
                raise
            answer = endings.of_raised(error, self.name)
            self._take_back(request, task, cancelling)
        else:
            if self._take_back(request, task, cancelling):
                answer = endings.of_interrupted(request)
        finally:
            if timer is not None:
                timer.cancel()
            if at_work:
                turns.leave(request)
        return answer

    @staticmethod
    def _take_back(request: Request, task: asyncio.Task[Any], cancelling: int) -> bool:
        """Undo an interruption that ``run`` did not let out; whether there was one."""
        if request.verdict is None:
            return False
        if task.cancelling() > cancelling:
            task.uncancel()
        return True

    @staticmethod
    def _expire(request: Request) -> None:
        request.interrupt(DeadlineExceeded("the request's deadline passed"))

    async def join(self, request: Request, run: Run, timeout: float | None) -> Result[Any]:
        """Run as a part of a request that is under way."""
        started = clock.now()
        if timeout is not None:
            timeout = seconds(timeout, "timeout")
        counts = self.life.state == "open"
        if counts:
            self._guests += 1
            self._quiet.clear()
        try:
            async with asyncio.timeout(timeout) as scope:
                data = await run()
        except TimeoutError:
            if not scope.expired():
                raise
            raise DeadlineExceeded(
                f"{self.name} did not answer within its {timeout:g} seconds",
                hint="allow more time, or look at the profile for the slowest stage",
            ) from None
        finally:
            if counts:
                self._guests -= 1
                self._check_quiet()
        own = self._own_stages(request.home)
        ran = [stage for key, stage in request.stages.items() if key in own]
        names = {request.name_of(stage) for stage in ran}
        return envelope(Answer(data, models_of(ran)), request, clock.now() - started, names)

    def _own_stages(self, home: Home) -> frozenset[int]:
        """Its stages by ``id``, looked for once in each life of a pipeline that it is a part of: it may hold much."""
        own = self._parts.get(home)
        if own is None:
            own = self._parts[home] = frozenset(map(id, self.pipeline.stages().values()))
        return own

    def _check_open(self) -> None:
        if self.life.state == "open":
            self.life.check_loop()
        else:
            raise CapacityError(
                f"pipeline {self.name} is not running",
                code=FailureCode.shutting_down,
                hint="enter it first: `async with pipeline: await pipeline(item)`",
            )

    def _tell(self, trace: Trace) -> None:
        if self.pipeline.on_trace is None:
            return
        try:
            self.pipeline.on_trace(trace)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - a listener's mistake must not cost anybody an answer
            log.error("on_trace raised %s", describe(error), exc_info=error)

    def _check_quiet(self) -> None:
        if not self._requests and not self._guests:
            self._quiet.set()

    async def _open(self) -> None:
        pipeline = self.pipeline
        positive(pipeline.max_in_flight, "max_in_flight")
        if pipeline.max_at_work is not None:
            positive(pipeline.max_at_work, "max_at_work")
        stages = pipeline.stages()
        outcomes = await asyncio.gather(
            *(stage.acquire() for stage in stages.values()), return_exceptions=True
        )
        leases = [outcome for outcome in outcomes if isinstance(outcome, Lease)]
        failed = [
            SiseonError.at(outcome, name) if isinstance(outcome, SiseonError) else outcome
            for name, outcome in zip(stages, outcomes, strict=True)
            if isinstance(outcome, BaseException)
        ]
        try:
            accelerated = any(stage.accelerated for stage in stages.values())
        except Exception as error:  # noqa: BLE001 - a property of the user's
            failed.append(error)
        if failed:
            await asyncio.gather(*(lease.release() for lease in leases), return_exceptions=True)
            raise failed[0]
        self._held = dict(zip(stages, leases, strict=True))
        self._home = Home({id(stage): name for name, stage in stages.items()}, lambda: pipeline.on_batch)
        if pipeline.max_at_work is None and not accelerated:
            quick = QUICK_PER_CORE * cores()
            self._turns = Turns(TURNS_PER_CORE * cores(), pipeline.max_in_flight, quick)
        else:
            self._turns = Turns(pipeline.max_at_work or pipeline.max_in_flight, pipeline.max_in_flight)
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def _close(self, drain_s: float) -> None:
        until = clock.now() + drain_s
        if not await self._is_quiet(drain_s):
            for request in list(self._requests):
                request.interrupt(shut())
            await self._is_quiet(LAST_STEPS_S)
        held, self._held = self._held, {}
        outcomes = await asyncio.gather(
            *(lease.release(max(0.0, until - clock.now())) for lease in held.values()),
            return_exceptions=True,
        )
        for name, outcome in zip(held, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome.at(name) if isinstance(outcome, SiseonError) else outcome

    async def _is_quiet(self, within_s: float) -> bool:
        quiet = asyncio.ensure_future(self._quiet.wait())
        await asyncio.wait([quiet], timeout=max(0.0, within_s))
        quiet.cancel()
        return self._quiet.is_set()

    def _abandon(self) -> None:
        self.holds.clear()
        self._requests.clear()
        self._guests = 0
        held, self._held = self._held, {}
        for lease in held.values():
            lease.forsake()
