"""Traces for other tools: JSON, and the Trace Event Format that Perfetto and chrome://tracing open.

Source of the format: "Trace Event Format", Google, 2016 (complete events ``X``, nestable async events
``b``/``e``, metadata ``M``; times in microseconds).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    rows = _rows(traces)
    events += [_name("thread_name", ENGINE_PROCESS, row, f"{stage} #{n}") for (stage, n), row in rows.items()]
    drawn: set[tuple[str, int]] = set()
    for number, trace in enumerate(traces, start=1):
        offset = trace.start - zero
        events += _request(trace, number, offset)
        for span in trace.spans:
            if _is_batch(span) and (span.stage, span.batch_id) not in drawn:
                drawn.add((span.stage, span.batch_id))
                events.append(_batch(span, offset, rows[span.stage, span.replica]))
    return {"traceEvents": events, "displayTimeUnit": "ms"}


def _is_batch(span: Span) -> bool:
    return span.kind != "step" and span.batch_size > 0


def _rows(traces: Sequence[Trace]) -> dict[tuple[str, int], int]:
    """Row of each stage and replica: stages in the order of their first batch, replicas by number."""
    spans = [span for trace in traces for span in trace.spans if _is_batch(span)]
    stages = {stage: place for place, stage in enumerate(dict.fromkeys(span.stage for span in spans))}
    keys = sorted({(span.stage, span.replica) for span in spans}, key=lambda key: (stages[key[0]], key[1]))
    # Viewers take the thread that has its process's number for the main thread: 1 and 2 stay free.
    return {key: row for row, key in enumerate(keys, start=REQUESTS_PROCESS + 1)}


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
    """The request as async slices, queue wait and compute of its spans apart.

    Slices of one async id must nest, and batches of one request may overlap: a slice that neither nests in the
    one that is open nor follows it goes to a row of its own.
    """
    slices = [
        _Slice(offset, trace.elapsed_s, f"{trace.pipeline} {trace.trace_id[:8]}", {"outcome": trace.outcome})
    ]
    for span in trace.spans:
        start = offset + span.start_s
        if span.queue_s > 0:
            slices.append(_Slice(start, span.queue_s, f"{span.stage}: wait", {"items": span.items}))
        facts: Json = {"items": span.items, "outcome": span.outcome, "bytes_in": span.bytes_in}
        slices.append(_Slice(start + span.queue_s, span.compute_s, span.stage, facts))
    rows: list[_Row] = []
    for piece in sorted(slices, key=lambda piece: (piece.begin, -piece.end)):
        row = next((row for row in rows if row.takes(piece)), None)
        if row is None:
            row = _Row(f"{number}.{len(rows)}", number)
            rows.append(row)
        row.add(piece)
    return [event for row in rows for event in row.closed()]


class _Slice:
    """A part of a request, in whole nanoseconds, so that what touches does not overlap by a float's last bit."""

    def __init__(self, start: float, seconds: float, name: str, args: Json) -> None:
        self.begin = round(start * 1e9)
        self.end = round((start + seconds) * 1e9)
        self.name = name
        self.args = args


class _Row:
    """Slices that nest: a stack of those that are open, and the events so far in the order of time."""

    def __init__(self, identifier: str, number: int) -> None:
        self._shared: Json = {
            "cat": "request",
            "id2": {"local": identifier},
            "pid": REQUESTS_PROCESS,
            "tid": REQUESTS_PROCESS + number,
        }
        self._open: list[_Slice] = []
        self._events: list[Json] = []

    def takes(self, piece: _Slice) -> bool:
        """Whether the slice, not earlier than those before it, nests here."""
        still_open = [one for one in self._open if one.end > piece.begin]
        return not still_open or piece.end <= still_open[-1].end

    def add(self, piece: _Slice) -> None:
        while self._open and self._open[-1].end <= piece.begin:
            self._close()
        self._open.append(piece)
        self._events.append(
            {"ph": "b", "ts": piece.begin / 1e3, "name": piece.name, "args": piece.args, **self._shared}
        )

    def closed(self) -> list[Json]:
        """The events, with all slices ended."""
        while self._open:
            self._close()
        return self._events

    def _close(self) -> None:
        piece = self._open.pop()
        self._events.append({"ph": "e", "ts": piece.end / 1e3, "name": piece.name, **self._shared})
