"""Alarms of all streams: how they stand, what is done about them, and what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from nicegui.element import Element
from pydantic import JsonValue

from siseon.console.api import ApiFailure, Problem
from siseon.console.live.events_part import row
from siseon.console.live.known import Alarm, AlarmEvent
from siseon.console.live.saying import (
    LATCHED,
    TO_ACKNOWLEDGE,
    alarm_kind,
    alarm_state,
    at,
    priority,
    value_of,
)
from siseon.console.live.watching import Watched
from siseon.console.pages.live import link_to
from siseon.console.parts.basic import Badge, Table, button, card, empty, error_panel, link, loading
from siseon.console.parts.dom import set_attribute, set_class, tag
from siseon.console.parts.failure import MESSAGES
from siseon.console.parts.fields import SelectField, TextField, fields
from siseon.console.view import Page, View
from siseon.console.words.alarms import AlarmsWords

SHELVES_S = (900.0, 3600.0, 28_800.0, 86_400.0)
LONGEST_NAME = 100
RANKS = {name: rank for rank, name in enumerate(("critical", "high", "medium", "low"))}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which of them are seen."""

    name: Callable[[AlarmsWords], str]
    takes: Callable[[Alarm], bool]


FILTERS = (
    Filter(lambda words: words.filter_attention, lambda one: one.state in TO_ACKNOWLEDGE),
    Filter(lambda words: words.filter_active, lambda one: one.active and one.shelved_until is None),
    Filter(lambda words: words.filter_shelved, lambda one: one.shelved_until is not None),
    Filter(lambda words: words.filter_all, lambda _: True),
)


async def build(view: View) -> None:
    """Make the page."""
    words = view.words.alarms
    with tag("div", "page-head"):
        tag("h1", "", words.title)
    with tag("div") as waiting:
        loading(view.words.every_page)
    with tag("div", "hidden") as content:
        alarms = AlarmList(view)
        with card(words.events, "after"):
            heads = (words.at, words.alarm, words.what, words.value, words.who)
            log = Table(words.events, heads, numbers=(3,), none=words.events_none)

    def show(news: Watched | Problem) -> None:
        waiting.clear()
        set_class(content, "hidden", isinstance(news, Problem))
        if isinstance(news, Problem):
            with waiting:
                error_panel(view.words.every_page, news, view.feeds.streams.ask_again)
        else:
            alarms.show(news.alarms)

    def show_log(news: tuple[AlarmEvent, ...] | Problem) -> None:
        if not isinstance(news, Problem):
            log.show([row(one, view.words) for one in news])

    view.follow(view.feeds.streams, show)
    view.follow(view.feeds.alarm_events, show_log)


class AlarmList:
    """Those that are seen, with what can be done; made again only where something has changed."""

    def __init__(self, view: View) -> None:
        self._view, self._words = view, view.words.alarms
        self._all: tuple[Alarm, ...] = ()
        self._filter = 0
        self._seen: list[Alarm] = []
        self._rows: dict[str, tuple[Alarm, Element]] = {}
        """By id, as they are shown."""
        self._nothing_told: str | None = None
        words = self._words
        with card(classes="alarm-card"):
            with tag("div", "alarm-head"):
                with tag("div", "choices", role="group", aria_label=words.filter):
                    self._buttons = [self._choice(place) for place in range(len(FILTERS))]
                with fields():
                    by = unquote(view.request.cookies.get("siseon_by", ""))[:LONGEST_NAME]
                    self._by = TextField(
                        words.by, by, note=words.by_hint, maxlength=LONGEST_NAME, data_keep="by"
                    )
                    names = (words.minutes_15, words.hour_1, words.hours_8, words.day_1)
                    self._shelf = SelectField(words.shelve_for, names, 1)
                self._shelf.element.classes("short")
            self._told = tag("div", role="status")
            self._nothing = tag("div", role="status")
            self._everything = button(
                words.acknowledge_all, lambda: self._acknowledge(self._seen), symbol="ok"
            )
            self._list = tag("ul", "rows alarms", aria_label=words.title)
        self._mark()

    def _choice(self, place: int) -> Element:
        made = tag("button", "choice", FILTERS[place].name(self._words), type="button")

        def choose() -> None:
            self._filter = place
            self._mark()
            self.show(self._all)

        made.on("click", choose, [])
        return made

    def _mark(self) -> None:
        for place, made in enumerate(self._buttons):
            set_attribute(made, "aria-pressed", "true" if place == self._filter else "false")

    def show(self, alarms: tuple[Alarm, ...]) -> None:
        """How they stand now."""
        self._all = alarms
        seen = sorted(
            (one for one in alarms if FILTERS[self._filter].takes(one)),
            key=lambda one: (one.state not in TO_ACKNOWLEDGE, RANKS.get(one.rule.priority, 9), one.id),
        )
        words = self._words
        to_do = sum(one.state in TO_ACKNOWLEDGE for one in seen)
        set_class(self._everything, "hidden", to_do < 2)
        self._seen = seen
        if (now := "none" if not alarms else "" if seen else "well") != self._nothing_told:
            self._nothing_told = now
            self._nothing.clear()
            with self._nothing:
                if now == "none":
                    empty(words.none, words.none_more, "bell")
                elif now == "well":
                    empty(words.all_well, words.all_well_more, "ok")
        for gone in self._rows.keys() - {one.id for one in seen}:
            self._rows.pop(gone)[1].delete()
        with self._list:
            for place, one in enumerate(seen):
                self._show_row(place, one)

    def _show_row(self, place: int, alarm: Alarm) -> None:
        """Made again only where it has changed: who is at another one with the keyboard stays there."""
        before, row = self._rows.get(alarm.id, (None, None))
        if row is None:
            row = tag("li")
        if self._list.default_slot.children.index(row) != place:
            row.move(target_index=place)
        if before != alarm:
            row.clear()
            row.classes(replace=f"row alarm {alarm_state(alarm.state, self._words)[0]}")
            with row:
                self._row(alarm)
            self._rows[alarm.id] = alarm, row

    def _row(self, alarm: Alarm) -> None:
        words, rule = self._words, alarm.rule
        with tag("div", "row-text"):
            with tag("strong"):
                link(alarm.stream, link_to(alarm.stream))
            tag("span", "", f"{rule.tag}: {alarm_kind(rule, words)}")
            facts = [priority(rule.priority, words), f"{words.since} {at(alarm.changed_at)}"]
            if alarm.shelved_until is not None:
                facts.append(words.until.format(at=at(alarm.shelved_until)))
            done_by = alarm.shelved_by if alarm.shelved_until is not None else alarm.acknowledged_by
            if done_by:
                facts.append(words.done_by.format(by=done_by))
            tag("span", "dim small", " · ".join(facts))
            if alarm.warning:
                tag("span", "small warn-text", alarm.warning, lang=MESSAGES)
        tag("span", "alarm-value", value_of(alarm, self._view.words.live) if alarm.value is not None else "")
        Badge(*alarm_state(alarm.state, words))
        with tag("div", "row-actions"):
            self._deeds(alarm)

    def _deeds(self, alarm: Alarm) -> None:
        words = self._words
        if alarm.state in TO_ACKNOWLEDGE:
            name = words.acknowledge_of.format(alarm=alarm.id)
            button(words.acknowledge, lambda: self._acknowledge([alarm]), kind="primary", aria_label=name)
        if alarm.state in LATCHED:
            name = words.reset_of.format(alarm=alarm.id)
            button(words.reset, lambda: self._do([alarm], "reset"), aria_label=name)
        if alarm.shelved_until is not None:
            name = words.unshelve_of.format(alarm=alarm.id)
            button(words.unshelve, lambda: self._do([alarm], "unshelve"), aria_label=name)
        else:
            name = words.shelve_of.format(alarm=alarm.id)
            button(words.shelve, lambda: self._shelve(alarm), aria_label=name)

    async def _acknowledge(self, alarms: list[Alarm]) -> None:
        await self._do([one for one in alarms if one.state in TO_ACKNOWLEDGE], "acknowledge")

    async def _shelve(self, alarm: Alarm) -> None:
        await self._do([alarm], "shelve", seconds=SHELVES_S[self._shelf.value])

    async def _do(self, alarms: list[Alarm], deed: str, **more: JsonValue) -> None:
        """One after the other; the first that cannot be done is told."""
        by = self._by.value.strip()
        if not by:
            self._by.refuse(self._words.by_needed)
            return
        self._by.refuse("")
        self._told.clear()
        try:
            for one in alarms:
                await self._view.api.ask(
                    "POST", f"/v1/alarms/{quote(one.id, safe='')}/{deed}", json={"by": by, **more}
                )
        except ApiFailure as failure:
            with self._told:
                error_panel(self._view.words.every_page, failure.problem)
        await self._view.feeds.streams.ask_again()
        await self._view.feeds.alarm_events.ask_again()


ALARMS = Page("/alarms", lambda words: words.alarms.title, build, "bell")
