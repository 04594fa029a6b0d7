"""A request as bars on one axis of time: for each span its wait, then the batch that it was part of."""

from __future__ import annotations

from collections.abc import Sequence

from siseon.console.parts.dom import tag
from siseon.console.parts.numbers import milliseconds
from siseon.console.traces.known import Span, Whole
from siseon.console.words.traces import TracesWords

WIDTH, ROW, BAR = 1000, 24, 14
"""Of the drawing, in its own units; a row's height and that of a bar in it."""
LEAST = 2
"""Of a bar that can be seen."""
MOST_ROWS = 120


def waterfall(trace: Whole, words: TracesWords) -> None:
    """Draw it; the table under it says the same in numbers."""
    spans = trace.spans[:MOST_ROWS]
    whole = max([trace.elapsed_ms, *(span.start_ms + span.queue_ms + span.compute_ms for span in spans)])
    with tag("div", "legend", aria_hidden="true"):
        for kind, name in (("wait-bar", words.wait), ("work-bar", words.work)):
            with tag("span"):
                tag("i", f"key {kind}")
                tag("span", "", name)
    with tag("div", "waterfall", role="img", aria_label=_told(trace, spans, words)):
        for span in spans:
            with tag("div", "waterfall-row"):
                tag("div", "waterfall-name", span.stage)
                _bars(span, WIDTH / (whole or 1))
        with tag("div", "waterfall-row axis"):
            tag("div", "waterfall-name", "")
            with tag("div", "ticks"):
                for part in range(5):
                    tag("span", "", milliseconds(whole * part / 4))
    if len(trace.spans) > MOST_ROWS:
        tag("p", "dim small", words.more_spans.format(count=len(trace.spans) - MOST_ROWS))


def _bars(span: Span, scale: float) -> None:
    with tag("svg", "bars", viewBox=f"0 0 {WIDTH} {ROW}", preserveAspectRatio="none"):
        top, start = (ROW - BAR) / 2, span.start_ms * scale
        if span.queue_ms > 0:
            _bar("wait-bar", start, span.queue_ms * scale, top)
        if span.batch_size:
            kind = "work-bar" if span.outcome == "ok" else "bad-bar"
            _bar(kind, start + span.queue_ms * scale, span.compute_ms * scale, top)


def _bar(kind: str, start: float, width: float, top: float) -> None:
    left = min(max(0.0, start), WIDTH - LEAST)
    tag("rect", kind, x=round(left, 1), y=top, width=round(max(LEAST, width), 1), height=BAR)


def _told(trace: Whole, spans: Sequence[Span], words: TracesWords) -> str:
    said = (
        f"{span.stage}: {words.wait} {milliseconds(span.queue_ms)}, {words.work} {milliseconds(span.compute_ms)}"
        for span in spans[:20]
    )
    return f"{trace.pipeline}, {milliseconds(trace.elapsed_ms)}. {'; '.join(said)}"
