"""The request that is being served: its deadline, its trace and what it had to give up.

It travels in a context variable, so stages and plain functions reach it without passing it along.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field

from siseon.engine.trace import Trace


@dataclass(slots=True, eq=False)
class Request:
    """One run of a pipeline. Compared by identity: it is the unit of fairness in every queue."""

    trace: Trace
    deadline: float | None = None
    """``time.monotonic()`` value after which nobody waits for the answer."""
    degraded: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """Names of the stages that ``run`` is waiting for, or was waiting for when the deadline passed."""

    def is_late(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    def remaining(self) -> float | None:
        """Seconds left, not below zero; None without a deadline."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())


current_request: ContextVar[Request | None] = ContextVar("siseon_request", default=None)


def degrade(what: str, why: str) -> None:
    """Say in the current result that an optional part is missing: ``"classify: deadline_exceeded"``."""
    request = current_request.get()
    entry = f"{what}: {why}"
    if request is not None and entry not in request.degraded:
        request.degraded.append(entry)


def warn(text: str) -> None:
    """Add a remark for the reader of the current result (a broken profile ignored, a first frame taken)."""
    request = current_request.get()
    if request is not None and text not in request.warnings:
        request.warnings.append(text)


def remaining() -> float | None:
    """Seconds left for the current request; None without a deadline or outside a request."""
    request = current_request.get()
    return None if request is None else request.remaining()
