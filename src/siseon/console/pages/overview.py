"""Overview: is the service well, how fast is it, what waits, what was lost, what lies in memory."""

from __future__ import annotations

import time
from collections.abc import Sequence

from siseon.console.api import Problem
from siseon.console.feeds import Ready
from siseon.console.history import EVERY_S, Overview
from siseon.console.parts.basic import Badge, Stat, Table, Tone, card, empty, error_panel, link, loading
from siseon.console.parts.chart import Chart
from siseon.console.parts.dom import set_class, tag
from siseon.console.parts.numbers import count, milliseconds, size
from siseon.console.paths import BASE
from siseon.console.view import Page, View
from siseon.console.words import Words
from siseon.console.words.overview import OverviewWords

TONES: dict[str, Tone] = {"ready": "ok", "new": "wait", "starting": "wait"}


async def build(view: View) -> None:
    """Make the page."""
    words = view.words.overview
    with tag("div", "page-head"):
        tag("h1", "", words.title)
        state = Badge("wait", view.words.every_page.loading)
        with tag("div", "actions"):
            link(words.try_picture, f"{BASE}/try", "button")
            link(view.words.live.add, f"{BASE}/add-camera", "button", symbol="plus")
    waiting = tag("div")
    with waiting:
        loading(view.words.every_page)
    with tag("div", "hidden") as content:
        shown = Shown(view.words)

    def show_ready(news: Ready | Problem) -> None:
        if isinstance(news, Problem):
            state.show("bad", words.unreachable)
        else:
            state.show(TONES.get(news.status, "warn"), _state(words, news.status))

    def show(news: Overview | Problem) -> None:
        waiting.clear()
        set_class(content, "hidden", isinstance(news, Problem))
        if isinstance(news, Problem):
            with waiting:
                error_panel(view.words.every_page, news, view.feeds.overview.ask_again)
        else:
            shown.show(news)

    view.follow(view.feeds.ready, show_ready)
    view.follow(view.feeds.overview, show)


def _state(words: OverviewWords, status: str) -> str:
    known = {
        "ready": words.ready,
        "new": words.starting,
        "starting": words.starting,
        "draining": words.draining,
        "stopped": words.draining,
    }
    return known.get(status, status)


class Shown:
    """What is drawn once and then changed."""

    def __init__(self, words: Words) -> None:
        self._words, self._failures = words.overview, words.every_page.failures
        self._figures(words.overview)
        self._charts(words)
        with tag("div", "grid two"):
            self._tables(words.overview)

    def show(self, now: Overview) -> None:
        """Show other figures."""
        words, pipelines = self._words, now.pipelines
        set_class(self._none, "hidden", bool(pipelines))
        self.rate.show(f"{sum(each.per_second for each in pipelines):.3g}", words.per_second)
        answered, failed = sum(each.answered for each in pipelines), sum(each.failed for each in pipelines)
        refused = sum(each.refused for each in pipelines)
        self.answered.show(
            count(answered), f"{words.failed} {count(failed)} · {words.refused} {count(refused)}"
        )
        self.p50.show(milliseconds(now.p50_ms[-1]), f"p95 {milliseconds(now.p95_ms[-1])}")
        in_flight, waiting = (
            sum(getattr(each, name) for each in pipelines) for name in ("in_flight", "waiting")
        )
        self.flight.show(count(in_flight), f"{words.waiting} {count(waiting)}")
        weights = size(sum(model.resident_bytes for model in now.models))
        self.memory.show(size(now.memory_mb * 1e6), words.weights.format(size=weights))
        self.cpu.show("–" if now.cpu_percent is None else f"{now.cpu_percent} %", words.of_a_core)
        started = time.localtime(now.started_at)
        self.started.show(time.strftime("%H:%M", started), time.strftime("%Y-%m-%d", started))
        self.throughput.show(now.per_second, now.failed_per_second)
        self.latency.show(now.p50_ms, now.p95_ms)
        self.queue.show(now.in_flight, now.waiting)
        self._rows(now)

    def _figures(self, words: OverviewWords) -> None:
        with tag("div", "stats seven"):
            self.rate = Stat(words.throughput, note=words.per_second)
            self.p50 = Stat(f"{words.latency} p50")
            self.flight = Stat(words.in_flight)
            self.answered = Stat(words.answered)
            self.memory = Stat(words.memory)
            self.cpu = Stat(words.cpu, note=words.of_a_core)
            self.started = Stat(words.started)
        with tag("div", "hidden") as self._none:
            empty(words.no_pipelines, words.no_pipelines_more)

    def _charts(self, words: Words) -> None:
        own, every_page = words.overview, words.every_page
        with tag("div", "grid three"):
            with card(own.throughput):
                tag("p", "dim small", own.throughput_note)
                self.throughput = Chart(
                    own.throughput,
                    (own.answered, own.failed),
                    every_page,
                    every_s=EVERY_S,
                    colours=(1, 4),
                    area=True,
                )
            with card(own.latency):
                tag("p", "dim small", own.latency_note)
                self.latency = Chart(
                    own.latency, ("p50", "p95"), every_page, unit="ms", every_s=EVERY_S, colours=(1, 3)
                )
            with card(own.queue):
                tag("p", "dim small", own.throughput_note.partition(", ")[2])
                self.queue = Chart(
                    own.queue, (own.in_flight, own.waiting), every_page, every_s=EVERY_S, colours=(1, 2)
                )

    def _tables(self, words: OverviewWords) -> None:
        pipeline, stage = words.pipeline, words.stage
        with card(words.pipelines, "wide"):
            heads: tuple[str, ...] = (
                pipeline,
                words.per_second,
                words.in_flight,
                words.waiting,
                "p50",
                "p95",
                "p99",
            )
            heads = (*heads, words.answered, words.failed, words.refused)
            self.pipelines = Table(words.pipelines, heads, range(1, 10), words.no_pipelines)
        with card(words.stages):
            tag("p", "dim small", words.stages_note)
            heads = (pipeline, stage, words.queue_time, words.work_time, words.batch)
            self.stages = Table(words.stages, heads, (2, 3, 4), words.stages_none)
        with card(words.models):
            heads = (words.model, words.version, words.calls, words.items, words.memory)
            self.models = Table(words.models, heads, (2, 3, 4), words.no_models)
        with card(words.lost, "wide"):
            tag("p", "dim small", words.lost_note)
            self.lost = Table(words.lost, (pipeline, stage, words.cause, words.items), (3,), words.lost_none)

    def _rows(self, now: Overview) -> None:
        self.pipelines.show(
            [
                (
                    each.name,
                    f"{each.per_second:.3g}",
                    count(each.in_flight),
                    count(each.waiting),
                    *map(milliseconds, (each.p50_ms, each.p95_ms, each.p99_ms)),
                    count(each.answered),
                    count(each.failed),
                    count(each.refused),
                )
                for each in now.pipelines
            ]
        )
        self.stages.show(
            [
                (
                    each.pipeline,
                    each.stage,
                    milliseconds(each.queue_ms),
                    milliseconds(each.compute_ms),
                    f"{each.batch:g}",
                )
                for each in now.stages
            ]
        )
        self.lost.show(
            [
                (each.pipeline, each.stage, ("warn", self._cause(each.cause)), count(each.items))
                for each in now.lost
            ]
        )
        self.models.show(_model_rows(now))

    def _cause(self, code: str) -> str:
        title = self._failures.title(code)
        return code if title is None else f"{title} ({code})"


def _model_rows(now: Overview) -> Sequence[Sequence[str]]:
    return [
        (each.name, each.version, count(each.calls), count(each.items), size(each.resident_bytes))
        for each in now.models
    ]


def _title(words: Words) -> str:
    return words.overview.title


OVERVIEW = Page("/", _title, build, "overview")
