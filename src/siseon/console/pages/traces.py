"""Traces: the newest, the slowest and the failed requests, and where the newest spent their time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from siseon.console.api import Problem
from siseon.console.parts.basic import Cell, Link, Table, card, empty, error_panel, link, loading
from siseon.console.parts.dom import set_class, set_text, tag
from siseon.console.parts.fields import SelectField, fields
from siseon.console.parts.numbers import count, milliseconds
from siseon.console.paths import API, BASE
from siseon.console.traces.known import OK, Kept, Report, Stage, Trace
from siseon.console.view import Page, View
from siseon.console.words.traces import TracesWords

KINDS = ("recent", "slow", "failed")


async def build(view: View) -> None:
    """Make the page."""
    words = view.words.traces
    with tag("div", "page-head"):
        tag("h1", "", words.title)
        with tag("div", "actions"):
            target = f"{API}/v1/traces/perfetto"
            link(words.perfetto_all, target, "button", symbol="download", download=True)
    with tag("div") as waiting:
        loading(view.words.every_page)
    with tag("div", "hidden") as content:
        shown = Shown(words)

    def show(news: Kept | Problem) -> None:
        waiting.clear()
        set_class(content, "hidden", isinstance(news, Problem) or not news.traces)
        if isinstance(news, Problem):
            with waiting:
                error_panel(view.words.every_page, news, view.feeds.traces.ask_again)
        elif news.traces:
            shown.show(news)
        else:
            with waiting, card():
                empty(words.nothing, words.nothing_more, "traces")

    view.follow(view.feeds.traces, show)


class Shown:
    """What is drawn once and then changed."""

    def __init__(self, words: TracesWords) -> None:
        self._words = words
        self._traces: Sequence[Trace] = ()
        self._reports: dict[str, ReportPart] = {}
        """By pipeline."""
        with card():
            with fields():
                kinds = (words.recent, words.slow, words.failed)
                self._kind = SelectField(words.choose, kinds, changed=self._show_kind)
            heads = (words.trace, words.when, words.pipeline, words.outcome)
            times = (words.took, words.waited, words.slowest)
            self._table = Table(words.title, (*heads, *times), numbers=(4, 5), none=words.none_of_kind)
        with tag("div", "grid"), card(words.report):
            tag("p", "dim small", words.report_note)
            self._report = tag("div")

    def show(self, now: Kept) -> None:
        """Show other requests."""
        self._traces = now.traces
        self._show_kind()
        for gone in self._reports.keys() - {report.pipeline for report in now.reports}:
            self._reports.pop(gone).element.delete()
        with self._report:
            for report in now.reports:
                if report.pipeline not in self._reports:
                    self._reports[report.pipeline] = ReportPart(report.pipeline, self._words)
                self._reports[report.pipeline].show(report)

    def _show_kind(self) -> None:
        kind = KINDS[self._kind.value]
        self._table.show([_row(one, self._words) for one in self._traces if kind in one.kinds])


def _row(trace: Trace, words: TracesWords) -> tuple[Cell, ...]:
    return (
        Link(trace.trace_id[:8], f"{BASE}/traces/{trace.trace_id}?span_id={trace.span_id}"),
        clock(trace.started),
        trace.pipeline,
        outcome(trace.outcome, words),
        milliseconds(trace.elapsed_ms),
        milliseconds(trace.waited_ms),
        trace.slowest or "–",
    )


def clock(at: datetime) -> str:
    """The time of day where the service is."""
    return at.astimezone().strftime("%H:%M:%S")


def outcome(code: str, words: TracesWords) -> Cell:
    """What came of a request."""
    return ("ok", words.good) if code == OK else ("bad", code)


class ReportPart:
    """Where the newest requests of one pipeline spent their time; changed in place."""

    def __init__(self, pipeline: str, words: TracesWords) -> None:
        self._words = words
        heads = (words.stage, words.share, words.items, f"{words.wait} p50", "p95")
        rest = (f"{words.work} p50", "p95", words.batch, words.replicas)
        with tag("div", "report-part") as self.element:
            self._line = tag("h3", "", "")
            self._table = Table(pipeline, (*heads, *rest), numbers=range(1, 9), none="–")

    def show(self, report: Report) -> None:
        """As it is now."""
        words = self._words
        told = words.no_bottleneck if report.bottleneck is None else words.bottleneck
        line = told.format(
            pipeline=report.pipeline,
            stage=report.bottleneck,
            count=report.requests,
            p50=milliseconds(report.p50_ms),
            p95=milliseconds(report.p95_ms),
        )
        set_text(self._line, line)
        self._table.show([_stage(stage) for stage in report.stages])


def _stage(stage: Stage) -> tuple[Cell, ...]:
    times = (stage.queue_p50_ms, stage.queue_p95_ms, stage.compute_p50_ms, stage.compute_p95_ms)
    return (
        stage.stage,
        f"{stage.share:.0%}",
        count(stage.items),
        *(milliseconds(value) for value in times),
        f"{stage.batch_size:.1f}",
        count(stage.replicas),
    )


TRACES = Page("/traces", lambda words: words.traces.title, build, "traces")
