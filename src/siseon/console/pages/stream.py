"""One stream: its live picture, values, history, alarm rules, events, clips, figures, options."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from siseon.console.api import ApiFailure, Problem
from siseon.console.live.clips_part import ClipsPart
from siseon.console.live.events_part import EventsPart
from siseon.console.live.history_part import HistoryPart
from siseon.console.live.known import STREAM, Alarm, Stream
from siseon.console.live.rules_part import RulesPart
from siseon.console.live.saying import at, cause, hint, quality_of, state_of, value_of
from siseon.console.live.watching import Watched
from siseon.console.parts.basic import Badge, Cell, Stat, Table, button, card, empty, error_panel, link
from siseon.console.parts.dom import set_class, set_text, tag
from siseon.console.parts.fields import CheckField
from siseon.console.parts.icons import icon
from siseon.console.parts.numbers import count, milliseconds
from siseon.console.parts.picture import LivePicture
from siseon.console.paths import BASE
from siseon.console.view import Page, View
from siseon.console.words import Words

GAUGES = "gauges"
"""The application whose streams are calibrated."""
LOOK_S = 5.0
HISTORY_LOOKS = 4
"""Looks between two of the history."""


async def build(view: View) -> None:
    """Make the page."""
    words, name = view.words.stream, str(view.request.path_params["name"])
    path = f"/v1/streams/{quote(name, safe='')}"
    link(view.words.live.title, f"{BASE}/live", "back", symbol="back")
    with tag("div", "page-head"):
        tag("h1", "", name)
        state = Badge("wait", view.words.every_page.loading)
        actions = tag("div", "actions end")
    try:
        stream = await view.api.get(path, STREAM)
    except ApiFailure as failure:
        if failure.problem.status == 404:
            state.show("off", view.words.live.state_none)
            empty(words.unknown, words.unknown_more, "search")
        else:
            state.show("bad", view.words.every_page.failed)
            error_panel(view.words.every_page, failure.problem)
        return
    sure = tag("div")
    with actions:
        _actions(view, name, stream, path, sure)
    shown = Shown(view, stream)
    gone = tag("div")

    def show(news: Watched | Problem) -> None:
        gone.clear()
        now = None if isinstance(news, Problem) else news.stream(name)
        if isinstance(news, Problem) or now is None:
            with gone:
                if isinstance(news, Problem):
                    error_panel(view.words.every_page, news, view.feeds.streams.ask_again)
                else:
                    empty(words.unknown, words.unknown_more, "search")
            return
        state.show(*state_of(now, view.words.live))
        shown.show(now, news.alarms_of(name))

    view.follow(view.feeds.streams, show)
    ui.timer(LOOK_S, shown.look, immediate=True)


def _actions(view: View, name: str, stream: Stream, path: str, sure: ui.element) -> None:
    words = view.words.stream
    if stream.application == GAUGES:
        kind = "button" if stream.calibrated else "button primary"
        link(
            words.calibrate,
            f"{BASE}{view.request.url.path.removeprefix(BASE)}/calibrate",
            kind,
            symbol="edit",
        )
    link(words.edit, f"{BASE}/live/{quote(name, safe='')}/change", "button")

    async def remove() -> None:
        try:
            await view.api.ask("DELETE", path)
        except ApiFailure as failure:
            sure.clear()
            with sure:
                error_panel(view.words.every_page, failure.problem)
            return
        await view.feeds.streams.ask_again()
        ui.navigate.to("/live")

    def ask() -> None:
        sure.clear()
        with sure, tag("div", "sure", role="alertdialog", aria_label=words.remove):
            tag("p", "", words.remove_sure.format(name=name))
            button(words.remove, remove, kind="danger", symbol="trash")
            button(view.words.every_page.cancel, sure.clear).run_method("focus")

    button(words.remove, ask, kind="danger", symbol="trash")


class Shown:
    """What is drawn once and then changed."""

    def __init__(self, view: View, stream: Stream) -> None:
        self._view, words = view, view.words
        self._looks = 0
        self._alarms: list[Alarm] | None = None
        with tag("div", "stream-top"):
            self._picture(stream.name, words)
            with tag("div", "stack"):
                self._values(stream, words)
                self._figures(words)
        self._history = HistoryPart(view, stream)
        with tag("div", "grid two"):
            self._rules = RulesPart(view, stream.name)
            self._clips = ClipsPart(view, stream.name)
            self._events = EventsPart(view, stream.name)
            with card(words.stream.options):
                self._options(stream, words)

    def _picture(self, name: str, words: Words) -> None:
        with tag("div", "stream-picture"):
            picture = LivePicture(name, words.live.picture_of.format(name=name), width=1280, fps=5)
            with picture, tag("div", "no-picture"):
                icon("camera", "large")
                self._why = tag("p", "", words.live.waiting_picture)
                self._hint = tag("p", "dim small", "")
                self._since = tag("p", "dim small", "")
            CheckField(words.stream.plain, changed=lambda plain: picture.draw(not plain))

    def _values(self, stream: Stream, words: Words) -> None:
        own = words.stream
        with card(own.values):
            self._first = tag("div", "big-value", "–")
            with tag("div", "big-quality") as self._first_quality:
                self._quality = Badge("off", "–")
            with tag("div") as self._none:
                self._none_title = tag("p", "state-title", own.no_values)
                self._none_more = tag("p", "dim small", own.no_values_more)
            heads = (own.tag, own.value, own.quality)
            self._table = Table(own.values, heads, numbers=(1,), none=own.no_values)
            if stream.application == GAUGES and not stream.calibrated:
                tag("p", "note", own.calibrate_first)

    def _figures(self, words: Words) -> None:
        own = words.stream
        with tag("div", "stats"):
            self._frames = Stat(own.frames)
            self._answered = Stat(own.answered)
            self._skipped = Stat(own.skipped)
            self._superseded = Stat(own.superseded)
            self._latency = Stat(own.latency)
            self._losses = Stat(own.losses)

    def _options(self, stream: Stream, words: Words) -> None:
        own = words.stream
        facts = {
            own.address: stream.address,
            own.application: stream.application,
            own.calibrated: own.yes if stream.calibrated else own.no,
            own.created: at(stream.created_at),
        }
        with tag("dl", "facts"):
            for name, value in facts.items():
                tag("dt", "", name)
                tag("dd", "", value)
            for name, stated in stream.options.items():
                if name != "alarms" and stated not in (None, {}, []):
                    tag("dt", "", name)
                    tag("dd", "", _told(stated))

    def show(self, stream: Stream, alarms: list[Alarm]) -> None:
        """How it is now."""
        live, state = self._view.words.live, stream.state
        if state is not None and not stream.is_live:
            set_text(self._why, cause(state.cause, state.message, live) or live.no_picture)
            set_text(self._hint, hint(state.cause, state.hint, live))
            retry = (
                self._view.words.stream.retry.format(seconds=f"{state.retry_s:.0f}") if state.retry_s else ""
            )
            since = self._view.words.stream.since.format(at=at(state.at))
            set_text(self._since, f"{since} · {retry}" if retry else since)
        else:
            set_text(self._why, live.waiting_picture)
            set_text(self._hint, "")
            set_text(self._since, "")
        self._show_values(stream)
        self._show_figures(stream)
        self._rules.show(stream, alarms)
        self._history.limited(stream)
        if alarms != self._alarms:
            self._alarms = alarms
            self._events.is_old = True

    def _show_values(self, stream: Stream) -> None:
        live, figures = self._view.words.live, stream.measured
        own = self._view.words.stream
        set_class(self._none, "hidden", bool(figures))
        set_text(self._none_title, own.no_values if stream.is_live else own.no_values_lost)
        set_class(self._none_more, "hidden", not stream.is_live)
        set_class(self._first, "hidden", len(figures) != 1)
        set_class(self._first_quality, "hidden", len(figures) != 1)
        set_class(self._table.element, "hidden", len(figures) < 2)
        if figures:
            set_text(self._first, value_of(figures[0], live))
            self._quality.show(*quality_of(figures[0], live))
        rows: list[tuple[Cell, ...]] = [
            (one.tag, value_of(one, live), quality_of(one, live)) for one in figures
        ]
        self._table.show(rows)

    def _show_figures(self, stream: Stream) -> None:
        own, now = self._view.words.stream, stream.figures
        if now is None:
            return
        self._frames.show(count(now.frames), own.per_second.format(rate=f"{now.frames_per_s:g}"))
        self._answered.show(count(now.answered), own.failed.format(count=count(now.failed)))
        self._skipped.show(count(now.skipped), own.skipped_note)
        self._superseded.show(count(now.superseded), own.superseded_note)
        self._latency.show(milliseconds(now.latency_ms), f"p95 {milliseconds(now.latency_p95_ms)}")
        self._losses.show(count(now.losses))

    async def look(self) -> None:
        """What no feed tells: history, clips, events."""
        if self._looks % HISTORY_LOOKS == 0:
            await self._history.load()
        if self._looks == 0 or self._clips.is_taking:
            await self._clips.load()
        if self._events.is_old:
            await self._events.load()
        self._looks += 1


def _told(stated: object) -> str:
    if isinstance(stated, dict):
        return ", ".join(f"{name} {_told(value)}" for name, value in stated.items())
    if isinstance(stated, float):
        return f"{stated:g}"
    return "✓" if stated is True else "–" if stated in (False, None) else str(stated)


STREAM_PAGE = Page("/live/{name}", lambda words: words.live.title, build)
