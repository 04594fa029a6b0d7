"""Traces for other tools: JSON, and the Trace Event Format that Perfetto and chrome://tracing open.

Source of the format: "Trace Event Format", Google, 2016 (complete events ``X``, nestable async events
``b``/``e``, metadata ``M``; times in microseconds).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from siseon.engine.trace import Span, Trace

Json = dict[str, object]

ENGINE_PROCESS = 1
REQUESTS_PROCESS = 2


def to_json(trace: Trace) -> Json:
    """One trace as plain JSON values; times in seconds as in ``Trace`` and ``Span``."""
    return {
        "trace_id": trace.trace_id,
        "pipeline": trace.pipeline,
        "started_utc": trace.started_utc.isoformat(),
        "elapsed_s": trace.elapsed_s,
        "outcome": trace.outcome,
        "spans": [asdict(span) for span in trace.spans],
    }


def to_chrome(traces: Iterable[Trace]) -> Json:
    """All traces on one time axis: a row for each replica of each stage, and a row for each request.

    A batch shared by several requests is drawn once on its replica's row and once in each request.
    """
    traces = list(traces)
    zero = min((trace.start for trace in traces), default=0.0)
    events: list[Json] = [
        _name("process_name", ENGINE_PROCESS, 0, "stages"),
        _name("process_name", REQUESTS_PROCESS, 0, "requests"),
    ]
    rows: dict[tuple[str, int], int] = {}
    drawn: set[tuple[str, int]] = set()
    for number, trace in enumerate(traces, start=1):
        offset = trace.start - zero
        events += _request(trace, number, offset)
        for span in trace.spans:
            if span.kind == "step" or not span.batch_size or (span.stage, span.batch_id) in drawn:
                continue
            drawn.add((span.stage, span.batch_id))
            row = (span.stage, span.replica)
            if row not in rows:
                rows[row] = len(rows) + 1
                events.append(
                    _name("thread_name", ENGINE_PROCESS, rows[row], f"{span.stage} #{span.replica}")
                )
            events.append(_batch(span, offset, rows[row]))
    return {"traceEvents": events, "displayTimeUnit": "ms"}


def _name(kind: str, process: int, thread: int, name: str) -> Json:
    return {"ph": "M", "name": kind, "pid": process, "tid": thread, "args": {"name": name}}


def _batch(span: Span, offset: float, row: int) -> Json:
    return {
        "ph": "X",
        "name": f"{span.stage} ({span.batch_size})",
        "cat": "batch",
        "pid": ENGINE_PROCESS,
        "tid": row,
        "ts": (offset + span.start_s + span.queue_s) * 1e6,
        "dur": span.compute_s * 1e6,
        "args": {
            "batch_size": span.batch_size,
            "fill": span.fill,
            **{f"{name}_ms": seconds * 1000 for name, seconds in span.parts.items()},
        },
    }


def _request(trace: Trace, number: int, offset: float) -> list[Json]:
    """The request as one async slice with its spans nested inside, queue wait and compute apart."""
    events = _slice(
        number, f"{trace.pipeline} {trace.trace_id[:8]}", offset, trace.elapsed_s, {"outcome": trace.outcome}
    )
    for span in trace.spans:
        start = offset + span.start_s
        if span.queue_s > 0:
            events += _slice(number, f"{span.stage}: wait", start, span.queue_s, {"items": span.items})
        facts: Json = {"items": span.items, "outcome": span.outcome, "bytes_in": span.bytes_in}
        events += _slice(number, span.stage, start + span.queue_s, span.compute_s, facts)
    return events


def _slice(number: int, name: str, start: float, seconds: float, args: Json) -> list[Json]:
    shared: Json = {"cat": "request", "id": number, "name": name, "pid": REQUESTS_PROCESS, "tid": number}
    return [
        {"ph": "b", "ts": start * 1e6, "args": args, **shared},
        {"ph": "e", "ts": (start + seconds) * 1e6, **shared},
    ]
