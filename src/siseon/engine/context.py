"""The request that is being served: its deadline, its trace and what it had to give up.

It travels in a context variable, so stages and plain functions reach it without passing it along.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from siseon.contracts import ContractViolation, FailureCode, SiseonError
from siseon.engine import clock
from siseon.engine.flow import INTERACTIVE, Flow
from siseon.engine.trace import Batch, Trace
from siseon.engine.user_values import label_of

if TYPE_CHECKING:
    from siseon.engine.call import Call
    from siseon.engine.runtime import StageRuntime
    from siseon.engine.stage import Stage


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Home:
    """What a pipeline calls its stages, and who hears of their batches; one for each start of a pipeline."""

    names: Mapping[int, str] = field(default_factory=dict)
    """Name by ``id`` of the stage, which the pipeline keeps alive."""
    listener: Callable[[], Callable[[Batch], None] | None] = lambda: None
    """Who hears of their batches, asked for with each: it may be set at any time."""


@dataclass(slots=True, eq=False)
class Request:
    """One run of a pipeline. Compared by identity: within its flow it is the unit of fairness in every queue."""

    trace: Trace
    deadline: float | None = None
    """``clock.now()`` value after which nobody waits for the answer."""
    flow: Flow = INTERACTIVE
    home: Home = field(default_factory=Home)
    task: asyncio.Task[Any] | None = None
    """The one that runs it."""
    degraded: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    calls: dict[Call, StageRuntime] = field(default_factory=dict)
    """Calls of stages that have not ended."""
    stages: dict[int, Stage[Any, Any]] = field(default_factory=dict)
    """The stages that it has called, by ``id``."""
    late_at: list[str] = field(default_factory=list)
    """Names of the stages that it was waiting for when it was interrupted."""
    verdict: SiseonError | None = None
    """What the request ends with, once something has interrupted it."""
    ended: bool = False

    def name_of(self, stage: Stage[Any, Any]) -> str:
        """What the request's pipeline calls a stage."""
        return self.home.names.get(id(stage)) or label_of(stage)

    def remaining(self) -> float | None:
        """Seconds left, not below zero; None without a deadline."""
        return None if self.deadline is None else max(0.0, self.deadline - clock.now())

    def interrupt(self, verdict: SiseonError) -> None:
        """End the run with this failure; the first interruption counts."""
        if self.ended or self.verdict is not None or self.task is None:
            return
        self.verdict = verdict
        self.task.cancel()

    def cause(self) -> FailureCode:
        """Why work of this request that has not run is dropped."""
        return FailureCode.cancelled if self.verdict is None else self.verdict.code

    def end(self) -> None:
        """Nothing of the request goes on: what waits is dropped, and tasks that it left behind are cancelled."""
        self.ended = True
        if not self.calls:
            return
        for call, runtime in list(self.calls.items()):
            call.cause = self.cause()
            runtime.leave(call)
            call.done.cancel()


current_request: ContextVar[Request | None] = ContextVar("siseon_request", default=None)


def degrade(what: str, why: str) -> None:
    """Say in the current result that an optional part is missing: ``"classify: deadline_exceeded"``."""
    request = current_request.get()
    entry = f"{what}: {why}"
    if request is not None and entry not in request.degraded:
        request.degraded.append(entry)


def warn(text: str) -> None:
    """Add a remark for the reader of the current result (a broken profile ignored, a first frame taken).

    Raises:
        ContractViolation: it is not a text.
    """
    if not isinstance(text, str):
        raise ContractViolation(f"a warning is {text!r}, not a text")
    request = current_request.get()
    if request is not None and text not in request.warnings:
        request.warnings.append(text)


def remaining() -> float | None:
    """Seconds left for the current request; None without a deadline or outside a request."""
    request = current_request.get()
    return None if request is None else request.remaining()
