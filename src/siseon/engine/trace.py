"""What happened to one request: its spans, in the order in which they ended.

A span is the part of one stage call that one batch served (a call of 300 crops served by 40 batches has 40
spans), or one ``step`` of plain Python between stages. All figures that siseon shows (response timings,
profile, Perfetto trace) are read from these records, so they cannot disagree.
"""

from __future__ import annotations

import os
import random
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import Literal

from siseon.contracts import ContractViolation
from siseon.engine import clock

OK = "ok"
_ids = random.Random()  # noqa: S311 - ids are told apart by them, nothing is kept secret
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ids.seed)


def _hex(count: int) -> str:
    """Random bytes as hexadecimal digits, made without giving up the GIL: ``os.urandom`` does, and every thread that
    computes then has its turn before the event loop goes on."""
    return _ids.getrandbits(8 * count).to_bytes(count).hex()


@dataclass(slots=True)  # not frozen, which would take three times as long to make one, for every request
class Span:
    """One piece of work for one request. Times are seconds; ``start_s`` counts from the trace's start."""

    stage: str
    kind: Literal["batch", "step"]
    start_s: float
    """When the first of these items was queued (batch) or the step began."""
    queue_s: float
    """Longest wait of these items for a replica."""
    compute_s: float
    """Time inside ``process`` of the whole batch, shared with the other requests in it."""
    items: int = 1
    """Items of this request in the batch."""
    batch_size: int = 1
    """Items of all requests in the batch; 0 when the items were dropped before they ran."""
    max_batch: int = 1
    batch_id: int = 0
    """Equal for the spans of one batch; unique within a stage."""
    replica: int = 0
    replicas: int = 1
    bytes_in: int = 0
    """Bytes of pixels and arrays handed over by reference to the stage for these items."""
    bytes_copied: int = 0
    """Bytes that were copied on the way of the whole batch to where it ran, and back; 0 in threads."""
    outcome: str = OK
    """``ok`` or the code of the failure."""
    parts: dict[str, float] = field(default_factory=dict)
    """Seconds of named parts of the batch, see ``part``."""

    @property
    def fill(self) -> float:
        """Share of the batch limit that was used, in [0, 1]."""
        return self.batch_size / self.max_batch

    @property
    def busy_s(self) -> float:
        """This request's share of the batch's compute time."""
        return self.compute_s * self.items / self.batch_size if self.batch_size else 0.0


@dataclass(slots=True)
class Trace:
    """The record of one request. ``outcome`` is ``running`` until the request has ended."""

    trace_id: str = field(default_factory=partial(_hex, 16))
    """32 hexadecimal digits, as in the W3C trace context."""
    pipeline: str = ""
    span_id: str = field(default_factory=partial(_hex, 8))
    """16 hexadecimal digits: the request's own span, to which batches link."""
    parent_span_id: str | None = None
    """Span of the caller, where it sent one."""
    started: float = field(default_factory=time.time)
    """Seconds since 1970; see ``started_utc``."""
    start: float = field(default_factory=lambda: clock.now())
    """Monotonic clock at the start, the zero of all ``Span.start_s``."""
    elapsed_s: float = 0.0
    waited_s: float = 0.0
    """Part of it that the request waited for its turn."""
    outcome: str = "running"
    spans: list[Span] = field(default_factory=list)

    @property
    def started_utc(self) -> datetime:
        """When it began."""
        return datetime.fromtimestamp(self.started, UTC)

    def compute_s(self) -> dict[str, float]:
        """Compute time of the batches by stage, those of other requests in them included."""
        times: dict[str, float] = {}
        for span in sorted(self.spans, key=_start):
            times[span.stage] = times.get(span.stage, 0.0) + (span.compute_s if span.batch_size else 0.0)
        return times

    def stages(self) -> list[str]:
        """Names of stages and steps in the order in which each was first entered."""
        return list(dict.fromkeys(span.stage for span in sorted(self.spans, key=_start)))


_start = attrgetter("start_s")


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch as its stage ran it, for those who count batches or link them to their requests."""

    stage: str
    start: float
    """Monotonic clock."""
    compute_s: float
    size: int
    max_batch: int
    replica: int
    bytes_in: int
    bytes_copied: int
    parts: dict[str, float]
    """Seconds of named parts, see ``part``."""
    requests: tuple[Trace, ...]
    """The traces of the requests whose items it held."""


current_trace: ContextVar[Trace | None] = ContextVar("siseon_trace", default=None)


@dataclass(slots=True)
class Figures:
    """What is measured of one batch while it runs."""

    parts: dict[str, float] = field(default_factory=dict)
    """Seconds of named parts, see ``part``."""
    copied_bytes: int = 0
    """Copied on its way to where it is computed, and back."""


current_figures: ContextVar[Figures | None] = ContextVar("siseon_figures", default=None)


class step:  # noqa: N801 - it is used as a verb; a generator's block takes longer, several times for every request
    """Record a piece of plain Python in ``run`` as a span of the current trace: ``with step("crop"):``."""

    __slots__ = ("_items", "_start", "name")

    def __init__(self, name: str, *, items: int = 1) -> None:
        """Name the step.

        Raises:
            ContractViolation: the name is not a text, or ``items`` not a whole number.
        """
        if not isinstance(name, str) or not isinstance(items, int):
            raise ContractViolation(
                f"a step is called {name!r} and has {items!r} items, not a text and a number"
            )
        self.name, self._items = name, items

    def __enter__(self) -> None:
        self._start = clock.now()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        trace = current_trace.get()
        if trace is None:
            return
        start, items = self._start, self._items
        outcome = OK if kind is None else str(getattr(error, "code", kind.__name__))
        took = clock.now() - start
        trace.spans.append(
            Span(self.name, "step", start - trace.start, 0.0, took, items, items, items, outcome=outcome)
        )


class part:  # noqa: N801 - as above, several times for every batch
    """Time a named part of a batch (``preprocess``, ``infer``, ``postprocess``) inside ``process``."""

    __slots__ = ("_name", "_start")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._start = clock.now()

    def __exit__(self, *_: object) -> None:
        figures = current_figures.get()
        if figures is not None:
            figures.parts[self._name] = figures.parts.get(self._name, 0.0) + clock.now() - self._start
