"""Figures read from traces: the timings of one response, and the profile of many requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np

from siseon.engine.trace import OK, Span, Trace


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Milliseconds; linear interpolation between samples (numpy's default)."""

    mean: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Percentiles:
        """The percentiles of samples in seconds; zeros without samples."""
        if not seconds:
            return cls()
        p50, p95, p99 = np.percentile(seconds, (50, 95, 99)) * 1000
        return cls(float(np.mean(seconds)) * 1000, float(p50), float(p95), float(p99))


@dataclass(frozen=True, slots=True)
class StageProfile:
    """One stage or step over all traces."""

    stage: str
    calls: int
    """Requests that entered it."""
    items: int
    queue: Percentiles
    compute: Percentiles
    """Time of one batch (of one pass for a step)."""
    batch_size: float
    fill: float
    busy_s: float
    """Compute time of its batches, summed."""
    share: float
    """``busy_s`` over that of all stages, in [0, 1]."""
    replicas: int
    bytes_in: int
    failures: dict[str, int] = field(default_factory=dict)
    parts: dict[str, Percentiles] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a run of many requests showed."""

    requests: int
    total: Percentiles
    """Wall time of one request, from call to answer."""
    stages: list[StageProfile]
    bottleneck: str | None
    """The stage with the most compute time a replica: the first to saturate as load grows."""


def stage_timings(trace: Trace) -> list[dict[str, Any]]:
    """The timings that a response carries, one entry a stage in the order in which they were entered.

    They are the plain values of ``StageTiming``, which become that in the result.
    """
    return [_timing(stage, spans) for stage, spans in _by_stage([trace]).items()]


def _timing(stage: str, spans: Sequence[Span]) -> dict[str, Any]:
    ran = items = batched = 0
    queue_s = compute_s = 0.0
    parts: dict[str, float] = {}
    for span in spans:
        for name, seconds in span.parts.items():
            parts[name] = parts.get(name, 0.0) + seconds * 1000
        items += span.items
        queue_s = max(queue_s, span.queue_s)
        if span.batch_size:
            ran += 1
            batched += span.batch_size
            compute_s += span.compute_s
    return {
        "stage": stage,
        "calls": len(spans),
        "items": items,
        "queue_ms": queue_s * 1000,
        "compute_ms": compute_s * 1000,
        "batch_size_mean": batched / ran if ran else 0.0,
        "parts_ms": parts,
    }


def profile(traces: Iterable[Trace]) -> Profile:
    """Sum up traces; stages in the order in which requests entered them."""
    traces = list(traces)
    grouped = _by_stage(traces)
    busy = {stage: _busy_s(spans) for stage, spans in grouped.items()}
    whole = sum(busy.values()) or 1.0
    rows = [
        _stage_profile(stage, spans, traces, busy[stage], busy[stage] / whole)
        for stage, spans in grouped.items()
    ]
    slowest = max(rows, key=lambda row: row.busy_s / row.replicas, default=None)
    return Profile(
        requests=len(traces),
        total=Percentiles.of([trace.elapsed_s for trace in traces]),
        stages=rows,
        bottleneck=slowest.stage if slowest else None,
    )


def _by_stage(traces: Sequence[Trace]) -> dict[str, list[Span]]:
    grouped: dict[str, list[Span]] = {}
    for trace in traces:
        for span in sorted(trace.spans, key=_start):
            spans = grouped.get(span.stage)
            if spans is None:
                grouped[span.stage] = [span]
            else:
                spans.append(span)
    return grouped


_start = attrgetter("start_s")


def _batches(spans: Sequence[Span]) -> list[Span]:
    """One span a batch: a batch shared by several requests stands in each of their traces."""
    ran = [span for span in spans if span.batch_size]
    steps = [span for span in ran if span.kind == "step"]
    return steps + list({span.batch_id: span for span in ran if span.kind == "batch"}.values())


def _busy_s(spans: Sequence[Span]) -> float:
    return sum(span.compute_s for span in _batches(spans))


def _stage_profile(
    stage: str, spans: list[Span], traces: Sequence[Trace], busy_s: float, share: float
) -> StageProfile:
    batches = _batches(spans)
    failures: dict[str, int] = {}
    for span in spans:
        if span.outcome != OK:
            failures[span.outcome] = failures.get(span.outcome, 0) + span.items
    names = dict.fromkeys(name for span in batches for name in span.parts)
    return StageProfile(
        stage=stage,
        calls=sum(any(span.stage == stage for span in trace.spans) for trace in traces),
        items=sum(span.items for span in spans),
        queue=Percentiles.of([span.queue_s for span in spans]),
        compute=Percentiles.of([span.compute_s for span in batches]),
        batch_size=float(np.mean([span.batch_size for span in batches])) if batches else 0.0,
        fill=float(np.mean([span.fill for span in batches])) if batches else 0.0,
        busy_s=busy_s,
        share=share,
        replicas=max(span.replicas for span in spans),
        bytes_in=sum(span.bytes_in for span in spans),
        failures=failures,
        parts={name: Percentiles.of([s.parts[name] for s in batches if name in s.parts]) for name in names},
    )
