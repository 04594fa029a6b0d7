"""A chain of stages and rules as ordinary async Python, with one deadline and one trace a request."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Generic, Self, TypeVar

from siseon.contracts import (
    CapacityError,
    ContractViolation,
    DeadlineExceeded,
    FailureCode,
    ModelRef,
    Result,
    SiseonError,
    StageFailed,
)
from siseon.engine.context import Request, current_request
from siseon.engine.report import stage_timings
from siseon.engine.stage import Stage
from siseon.engine.trace import OK, Trace, current_trace

log = logging.getLogger("siseon.engine")

In = TypeVar("In")
Out = TypeVar("Out")


class Pipeline(ABC, Generic[In, Out]):
    """Stages as attributes and one ``async def run``: Python decides, stages compute.

    ``async with pipeline`` loads and warms every stage; ``await pipeline(item)`` runs one request; leaving
    the block finishes what was accepted. Pipelines may be attributes of pipelines.
    """

    max_in_flight: int = 1024
    """Requests that may run at once; beyond it a call fails at once with ``overloaded``."""
    on_trace: Callable[[Trace], None] | None = None
    """Called in the event loop with the trace of every ended request."""

    _in_flight: int = 0
    _accepting: bool = False
    _stages: Mapping[str, Stage[Any, Any]] = MappingProxyType({})
    _quiet: asyncio.Event

    @abstractmethod
    async def run(self, item: In) -> Out:
        """The pipeline itself. An implementation may add keyword parameters with defaults: one request's choices."""

    async def __call__(
        self,
        item: In,
        *,
        timeout: float | None = None,
        trace: Trace | None = None,
        parameters: Mapping[str, object] = MappingProxyType({}),
    ) -> Result[Out]:
        """Run one request.

        Args:
            item: what ``run`` takes.
            timeout: seconds until the request's one deadline; every stage gets what is left of it.
            trace: an empty one that carries the ids by which a caller knows the request; made when absent.
            parameters: keyword arguments of ``run``, for pipelines that have some; the caller has checked them.

        Raises:
            SiseonError: the request's one named failure.
        """
        self._admit()
        trace = Trace() if trace is None else trace
        trace.pipeline = trace.pipeline or type(self).__name__
        deadline = None if timeout is None else time.monotonic() + timeout
        request = Request(trace, deadline)
        tokens = current_request.set(request), current_trace.set(trace)
        self._in_flight += 1
        self._quiet.clear()
        try:
            data = await self._run_until(functools.partial(self.run, item, **parameters), request)
        except SiseonError as error:
            trace.outcome = error.code
            raise
        except asyncio.CancelledError:
            trace.outcome = FailureCode.cancelled
            raise
        except Exception as error:  # a fault in run, user code, must become the request's named outcome
            trace.outcome = FailureCode.stage_failed
            log.error("pipeline %s raised %s", type(self).__name__, type(error).__name__, exc_info=error)
            raise StageFailed(
                f"pipeline {type(self).__name__} raised {type(error).__name__}: {error}",
                hint="the log has the traceback",
            ) from error
        else:
            trace.outcome = OK
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._quiet.set()
            current_request.reset(tokens[0])
            current_trace.reset(tokens[1])
            trace.elapsed_s = time.monotonic() - trace.start
            if self.on_trace is not None:
                self.on_trace(trace)
        return Result[Any](
            data=data,
            models=self._models_in(trace),
            trace_id=trace.trace_id,
            timings=stage_timings(trace),
            degraded=list(request.degraded),
            warnings=list(request.warnings),
            elapsed_ms=trace.elapsed_s * 1000,
        )

    async def _run_until(self, run: Callable[[], Awaitable[Out]], request: Request) -> Out:
        if request.deadline is None:
            return await run()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(loop.time() + (request.remaining() or 0.0)) as scope:
                return await run()
        except TimeoutError:
            if not scope.expired():
                raise
            waiting = ", ".join(dict.fromkeys(request.waiting)) or None
            raise DeadlineExceeded(
                "the request's deadline passed" + (f" while it waited for {waiting}" if waiting else ""),
                hint="allow more time, or look at the profile for the slowest stage",
                stage=waiting,
            ) from None

    def _admit(self) -> None:
        if not self._accepting:
            raise CapacityError(
                f"pipeline {type(self).__name__} is not running",
                code=FailureCode.shutting_down,
                hint="enter it first: `async with pipeline: await pipeline(item)`",
            )
        if self._in_flight >= self.max_in_flight:
            raise CapacityError(
                f"{self._in_flight} requests are in flight, the limit of {type(self).__name__}",
                code=FailureCode.overloaded,
                hint="try again later, or raise max_in_flight",
            )

    def stages(self) -> dict[str, Stage[Any, Any]]:
        """The stages by name, those of nested pipelines and of lists and dicts included.

        A stage without a name of its own is called like the attribute that holds it; one of a nested pipeline
        has the name of that pipeline's attribute before its own.

        Raises:
            ContractViolation: two stages have one name, so their figures could not be told apart.
        """
        found: dict[str, Stage[Any, Any]] = {}
        _collect(self, "", found)
        return found

    def _models_in(self, trace: Trace) -> list[ModelRef]:
        ran = {span.stage for span in trace.spans}
        refs = [ref for name, stage in self._stages.items() if name in ran for ref in stage.models()]
        return list({(ref.name, ref.version, ref.sha256): ref for ref in refs}.values())

    async def start(self) -> None:
        """Set up all stages at once; if one fails, those that started are stopped and its failure raised."""
        self._stages = self.stages()
        self._quiet = asyncio.Event()
        self._quiet.set()
        stages = list(self._stages.values())
        outcomes = await asyncio.gather(*(stage.start() for stage in stages), return_exceptions=True)
        failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        if failed:
            for stage, outcome in zip(stages, outcomes, strict=True):
                if outcome is None:
                    await stage.stop()
            raise failed[0]
        self._accepting = True

    async def stop(self, *, drain_s: float = 30.0) -> None:
        """Take no new requests, finish those in flight (at most ``drain_s`` seconds), stop the stages."""
        self._accepting = False
        until = time.monotonic() + drain_s
        with contextlib.suppress(TimeoutError):  # what is left then fails by name as its stage stops
            await asyncio.wait_for(self._quiet.wait(), drain_s)
        for stage in self._stages.values():
            await stage.stop(drain_s=max(0.0, until - time.monotonic()))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def _collect(owner: Pipeline[Any, Any], prefix: str, found: dict[str, Stage[Any, Any]]) -> None:
    for attribute, value in vars(owner).items():
        _place(attribute, value, prefix, found)


def _place(attribute: str, value: object, prefix: str, found: dict[str, Stage[Any, Any]]) -> None:
    """Put the stages in ``value`` into ``found``; those of a nested pipeline are called after it too."""
    if isinstance(value, Stage):
        if any(value is known for known in found.values()):
            return
        if not value.name.startswith(prefix) or not value.name:
            value.name = prefix + (value.name or attribute)
        if found.setdefault(value.name, value) is not value:
            raise ContractViolation(f"two stages are called {value.name!r}", hint="set `name` on one of them")
    elif isinstance(value, Pipeline):
        _collect(value, f"{prefix}{attribute}.", found)
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            _place(f"{attribute}.{index}", entry, prefix, found)
    elif isinstance(value, dict):
        for key, entry in value.items():
            _place(f"{attribute}.{key}", entry, prefix, found)
