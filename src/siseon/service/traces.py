"""``/v1/traces``: what some requests waited for and what was computed for them, without their pictures and results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict

from siseon.contracts import FailureCode, InputError
from siseon.engine import Trace
from siseon.engine.export import to_chrome
from siseon.engine.report import StageProfile, profile
from siseon.engine.trace import Span
from siseon.hosting.kept_traces import Kept, KeptTraces, Kind
from siseon.service.problems import RESPONSES

TRACES = "/v1/traces"
PERFETTO: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["traceEvents"],
                    "properties": {
                        "traceEvents": {"type": "array", "items": {"type": "object"}},
                        "displayTimeUnit": {"type": "string"},
                    },
                }
            }
        }
    }
}
TraceId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
SpanId = Annotated[
    str | None,
    Query(pattern=r"^[0-9a-f]{16}$", description="Of several requests in one trace; without it the newest."),
]


class TraceInfo(BaseModel):
    """A request that has ended."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    trace_id: str
    span_id: str
    """Its own, where a caller has sent several requests in one trace."""
    pipeline: str
    started: datetime
    elapsed_ms: float
    waited_ms: float
    """Part of it before it was its turn."""
    outcome: str
    """``ok`` or the code of its failure."""
    kinds: tuple[Kind, ...]
    """Why it is kept."""
    slowest: str | None
    """The stage or step that took most of its time, with the wait for it."""


class SpanInfo(BaseModel):
    """What one batch did for the request, or a step of its own; times in milliseconds from the request's start."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    stage: str
    kind: str
    """``batch`` or ``step``."""
    start_ms: float
    queue_ms: float
    """Wait for the batch, from ``start_ms`` on."""
    compute_ms: float
    """Time of the whole batch, after the wait."""
    items: int
    """Of this request."""
    batch_size: int
    """Items of all requests; 0: they were dropped."""
    max_batch: int
    replica: int
    outcome: str
    parts_ms: dict[str, float]
    mates: list[str]
    """Traces that are kept of other requests in the same batch."""


class TraceDetail(TraceInfo):
    """A request with its spans in the order in which they began."""

    spans: list[SpanInfo]


class StageReport(BaseModel):
    """One stage over the requests that are kept as the newest."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    stage: str
    items: int
    queue_p50_ms: float
    queue_p95_ms: float
    compute_p50_ms: float
    compute_p95_ms: float
    batch_size: float
    share: float
    """Of all computing, in [0, 1]."""
    replicas: int


class Report(BaseModel):
    """What the newest requests of a pipeline show."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    pipeline: str
    requests: int
    p50_ms: float
    p95_ms: float
    bottleneck: str | None
    """The stage that computes most per replica: the first that load would fill."""
    stages: list[StageReport]


def trace_routes(kept: KeptTraces) -> APIRouter:
    """All of them. With several worker processes each tells its own."""
    router = APIRouter(tags=["traces"], responses=RESPONSES)

    @router.get(TRACES, summary="Requests whose traces are kept, the newest first")
    async def list_traces(
        kind: Annotated[Kind | None, Query(description="Those that are kept for this.")] = None,
    ) -> list[TraceInfo]:
        return [_info(one) for one in kept.all().values() if kind in (None, *one.kinds)]

    @router.get(
        f"{TRACES}/report", summary="Where the newest requests spent their time, pipeline by pipeline"
    )
    async def report_traces() -> list[Report]:
        newest: dict[str, list[Trace]] = {}
        for one in kept.all().values():
            if "recent" in one.kinds:
                newest.setdefault(one.pipeline, []).append(one.trace)
        return [_report(name, traces) for name, traces in sorted(newest.items())]

    @router.get(
        f"{TRACES}/perfetto",
        summary="All of them for Perfetto and chrome://tracing",
        response_class=Response,
        responses=PERFETTO,
    )
    async def all_for_perfetto() -> Response:
        return _perfetto([one.trace for one in kept.all().values()], "traces")

    @router.get(f"{TRACES}/{{trace_id}}", summary="One request, with its spans")
    async def get_trace(trace_id: TraceId, span_id: SpanId = None) -> TraceDetail:
        every = kept.all().values()
        one, mates = _found(every, trace_id, span_id)[0], _mates(every)
        spans = sorted(one.trace.spans, key=lambda span: span.start_s)
        return TraceDetail(**_info(one).model_dump(), spans=[_span(one, span, mates) for span in spans])

    @router.get(
        f"{TRACES}/{{trace_id}}/perfetto",
        summary="The requests of one trace for Perfetto and chrome://tracing",
        response_class=Response,
        responses=PERFETTO,
    )
    async def one_for_perfetto(trace_id: TraceId) -> Response:
        return _perfetto([one.trace for one in _found(kept.all().values(), trace_id)], trace_id)

    return router


Batches = dict[tuple[str, str, int], list[str]]
"""By pipeline, stage and number of the batch: the requests that had items in it."""


def _found(every: Iterable[Kept], trace_id: str, span_id: str | None = None) -> list[Kept]:
    found = [one for one in every if one.trace.trace_id == trace_id and span_id in (None, one.trace.span_id)]
    if not found:
        raise InputError(
            f"no trace {trace_id} is kept",
            code=FailureCode.trace_not_found,
            hint=f"GET {TRACES} lists those that are: the newest, the slowest of an hour, the last that failed",
        )
    return found


def _mates(kept: Iterable[Kept]) -> Batches:
    batches: Batches = {}
    for one in kept:
        for span in one.trace.spans:
            if span.kind == "batch" and span.batch_size > span.items:
                batches.setdefault((one.pipeline, span.stage, span.batch_id), []).append(one.trace.trace_id)
    return batches


def _info(one: Kept) -> TraceInfo:
    trace = one.trace
    times: dict[str, float] = {}
    for span in trace.spans:
        times[span.stage] = times.get(span.stage, 0.0) + span.queue_s + span.compute_s
    return TraceInfo(
        trace_id=trace.trace_id,
        span_id=trace.span_id,
        pipeline=one.pipeline,
        started=trace.started_utc,
        elapsed_ms=trace.elapsed_s * 1000,
        waited_ms=trace.waited_s * 1000,
        outcome=trace.outcome,
        kinds=one.kinds,
        slowest=max(times, key=times.__getitem__, default=None),
    )


def _span(one: Kept, span: Span, batches: Batches) -> SpanInfo:
    mates = batches.get((one.pipeline, span.stage, span.batch_id), []) if span.kind == "batch" else []
    return SpanInfo(
        stage=span.stage,
        kind=span.kind,
        start_ms=span.start_s * 1000,
        queue_ms=span.queue_s * 1000,
        compute_ms=span.compute_s * 1000,
        items=span.items,
        batch_size=span.batch_size,
        max_batch=span.max_batch,
        replica=span.replica,
        outcome=span.outcome,
        parts_ms={name: seconds * 1000 for name, seconds in span.parts.items()},
        mates=[mate for mate in dict.fromkeys(mates) if mate != one.trace.trace_id],
    )


def _report(name: str, traces: Sequence[Trace]) -> Report:
    figures = profile(traces)
    return Report(
        pipeline=name,
        requests=figures.requests,
        p50_ms=figures.total.p50,
        p95_ms=figures.total.p95,
        bottleneck=figures.bottleneck,
        stages=[_stage(row) for row in figures.stages],
    )


def _stage(row: StageProfile) -> StageReport:
    return StageReport(
        stage=row.stage,
        items=row.items,
        queue_p50_ms=row.queue.p50,
        queue_p95_ms=row.queue.p95,
        compute_p50_ms=row.compute.p50,
        compute_p95_ms=row.compute.p95,
        batch_size=row.batch_size,
        share=row.share,
        replicas=row.replicas,
    )


def _perfetto(traces: Sequence[Trace], name: str) -> Response:
    return Response(
        orjson.dumps(to_chrome(traces)),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}.perfetto.json"'},
    )
