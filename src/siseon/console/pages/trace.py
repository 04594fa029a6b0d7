"""One trace: its waterfall, and its spans in numbers with those who shared their batches."""

from __future__ import annotations

import re
from urllib.parse import quote

from siseon.console.api import ApiFailure, Problem
from siseon.console.pages.traces import clock, outcome
from siseon.console.parts.basic import Badge, Stat, card, error_panel, link
from siseon.console.parts.dom import tag
from siseon.console.parts.numbers import count, milliseconds
from siseon.console.paths import API, BASE
from siseon.console.traces.known import WHOLE, Span, Whole
from siseon.console.traces.waterfall import waterfall
from siseon.console.view import Page, View
from siseon.console.words.traces import TracesWords
from siseon.contracts import FailureCode

TRACE_ID = re.compile(r"[0-9a-f]{32}\Z")
MOST_MATES = 8
"""Of a batch that are named."""


async def build(view: View) -> None:
    """Make the page."""
    words, trace_id = view.words.traces, view.request.path_params["trace_id"]
    try:
        trace = await _trace(view, trace_id)
    except ApiFailure as failure:
        tag("h1", "", words.gone)
        link(words.back, f"{BASE}/traces", symbol="back")
        error_panel(view.words.every_page, failure.problem)
        return
    with tag("div", "page-head"):
        tag("h1", "", f"{trace.pipeline} {trace_id[:8]}")
        told = outcome(trace.outcome, words)
        Badge(*told) if isinstance(told, tuple) else None
        with tag("div", "actions"):
            target = f"{API}/v1/traces/{trace_id}/perfetto"
            link(
                words.perfetto, target, "button", symbol="download", download=True, title=words.perfetto_note
            )
    link(words.back, f"{BASE}/traces", symbol="back")
    with tag("div", "stats"):
        Stat(words.took, milliseconds(trace.elapsed_ms))
        Stat(words.waited, milliseconds(trace.waited_ms))
        Stat(words.when, clock(trace.started), trace.started.astimezone().strftime("%Y-%m-%d"))
        Stat(words.spans, count(len(trace.spans)))
    with card(words.waterfall):
        waterfall(trace, words)
    with card(words.spans):
        _table(trace, words)


async def _trace(view: View, trace_id: str) -> Whole:
    if TRACE_ID.match(trace_id) is None:
        gone = view.words.traces.gone
        raise ApiFailure(Problem(code=FailureCode.trace_not_found, detail=gone, status=404, ours=True))
    span_id = view.request.query_params.get("span_id")
    return await view.api.get(
        f"/v1/traces/{trace_id}" + (f"?span_id={quote(span_id)}" if span_id else ""), WHOLE
    )


def _table(trace: Whole, words: TracesWords) -> None:
    heads = (words.stage, words.when, words.wait, words.work, words.items, words.batch)
    with tag("div", "table-frame", tabindex=0, role="region", aria_label=words.spans), tag("table"):
        tag("caption", "only-read", words.spans)
        with tag("thead"), tag("tr"):
            for place, head in enumerate((*heads, words.parts, words.mates)):
                tag("th", "number" if 1 <= place <= 5 else "", head, scope="col")
        with tag("tbody"):
            for span in trace.spans:
                with tag("tr"):
                    _row(span, words)


def _row(span: Span, words: TracesWords) -> None:
    tag("td", "", span.stage)
    for value in (span.start_ms, span.queue_ms, span.compute_ms):
        tag("td", "number", milliseconds(value))
    tag("td", "number", count(span.items))
    batch = words.of_batch.format(size=span.batch_size, most=span.max_batch)
    tag("td", "number", batch if span.batch_size else words.dropped)
    tag(
        "td",
        "long" if span.parts_ms else "",
        ", ".join(f"{name} {milliseconds(value)}" for name, value in span.parts_ms.items()),
    )
    with tag("td"):
        for mate in span.mates[:MOST_MATES]:
            link(mate[:8], f"{BASE}/traces/{mate}", "mate")
        if len(span.mates) > MOST_MATES:
            tag("span", "dim", f"+ {len(span.mates) - MOST_MATES}")


TRACE = Page("/traces/{trace_id}", lambda words: words.traces.title, build)
