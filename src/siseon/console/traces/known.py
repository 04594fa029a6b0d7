"""Traces as ``/v1/traces`` tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, TypeAdapter


class Trace(BaseModel):
    """A request that has ended."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    trace_id: str
    span_id: str
    pipeline: str
    started: datetime
    elapsed_ms: float
    waited_ms: float
    outcome: str
    kinds: tuple[str, ...]
    slowest: str | None


class Span(BaseModel):
    """What one batch did for a request, or a step of its own."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str
    kind: str
    start_ms: float
    queue_ms: float
    compute_ms: float
    items: int
    batch_size: int
    max_batch: int
    replica: int
    outcome: str
    parts_ms: dict[str, float]
    mates: tuple[str, ...]


class Whole(Trace):
    """A request with its spans."""

    spans: tuple[Span, ...]


class Stage(BaseModel):
    """One stage over the newest requests of a pipeline."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str
    items: int
    queue_p50_ms: float
    queue_p95_ms: float
    compute_p50_ms: float
    compute_p95_ms: float
    batch_size: float
    share: float
    replicas: int


class Report(BaseModel):
    """What the newest requests of a pipeline show."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pipeline: str
    requests: int
    p50_ms: float
    p95_ms: float
    bottleneck: str | None
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the service keeps now."""

    traces: tuple[Trace, ...]
    reports: tuple[Report, ...]


TRACES = TypeAdapter(tuple[Trace, ...])
WHOLE = TypeAdapter(Whole)
REPORTS = TypeAdapter(tuple[Report, ...])
OK = "ok"
