"""The alarm rules of a stream: how each stands, a form for another one, and out with it."""

from __future__ import annotations

from urllib.parse import quote

from pydantic import JsonValue

from siseon.console.api import ApiFailure
from siseon.console.live.known import Alarm, Rule, Stream
from siseon.console.live.saying import alarm_kind, alarm_state, priority
from siseon.console.parts.basic import Badge, button, card, error_panel
from siseon.console.parts.dom import set_class, tag
from siseon.console.parts.fields import SelectField, TextField, fields
from siseon.console.view import View

KINDS = ("high", "high_high", "low", "low_low", "rate_of_change", "stale")
PRIORITIES = ("low", "medium", "high", "critical")
STALE = "stale"
TAG = "reading"
"""That of a stream's first instrument."""


class RulesPart:
    """Changed in place."""

    def __init__(self, view: View, name: str) -> None:
        self._view, self._name = view, name
        self._words, alarms = view.words.stream, view.words.alarms
        self._stream: Stream | None = None
        self._shown: tuple[tuple[str, str, str, str], ...] | None = None
        with card(self._words.rules):
            self._list = tag("div")
            with fields():
                kinds = [getattr(alarms, f"kind_{kind}") for kind in KINDS]
                self._kind = SelectField(self._words.rule_kind, kinds, changed=self._chose)
                self._limit = TextField(self._words.rule_limit, kind="number", step="any")
                self._seconds = TextField(self._words.rule_seconds, "60", kind="number", least=1, step="any")
                names = [getattr(alarms, f"priority_{each}") for each in PRIORITIES]
                self._priority = SelectField(alarms.priority, names, 1)
                button(self._words.rule_add, self._add)
            self._told = tag("div", role="status")
        for field in (self._limit, self._seconds, self._priority):
            field.element.classes("short")
        self._chose()

    def _chose(self) -> None:
        is_stale = KINDS[self._kind.value] == STALE
        set_class(self._limit.element, "hidden", is_stale)
        set_class(self._seconds.element, "hidden", not is_stale)

    def show(self, stream: Stream, alarms: list[Alarm]) -> None:
        """How they stand."""
        self._stream = stream
        states = {(one.rule.tag, one.rule.kind): one.state for one in alarms}
        words = self._view.words.alarms
        rows = []
        for stated in stream.rules:
            rule = Rule.model_validate(stated)
            state = states.get((rule.tag, rule.kind), "normal")
            rows.append((rule.tag, rule.kind, f"{rule.tag}: {alarm_kind(rule, words)}", state))
        if tuple(rows) == self._shown:
            return
        self._shown = tuple(rows)
        self._list.clear()
        with self._list:
            if not rows:
                tag("p", "dim", self._words.rules_none)
                return
            with tag("ul", "rows"):
                for (of_tag, kind, text, state), stated in zip(rows, stream.rules, strict=True):
                    with tag("li", "row"):
                        with tag("div", "row-text"):
                            tag("strong", "", text)
                            tag("span", "dim small", priority(str(stated.get("priority", "")), words))
                        Badge(*alarm_state(state, words))
                        self._out(of_tag, kind)

    def _out(self, of_tag: str, kind: str) -> None:
        name = getattr(self._view.words.alarms, f"kind_{kind}", kind)
        button("", lambda: self._remove(of_tag, kind), kind="quiet", symbol="trash",
               aria_label=self._words.rule_remove.format(kind=name))  # fmt: skip

    async def _add(self) -> None:
        if self._stream is None:
            return
        kind = KINDS[self._kind.value]
        field = self._seconds if kind == STALE else self._limit
        if field.number is None:
            field.refuse(self._words.rule_number)
            return
        field.refuse("")
        rule: dict[str, JsonValue] = {
            "tag": self._stream.measured[0].tag if self._stream.measured else TAG,
            "kind": kind,
            "priority": PRIORITIES[self._priority.value],
            "after_s" if kind == STALE else "limit": field.number,
        }
        await self._keep([*self._stream.rules, rule])

    async def _remove(self, of_tag: str, kind: str) -> None:
        if self._stream is not None:
            await self._keep(
                [one for one in self._stream.rules if (one.get("tag"), one.get("kind")) != (of_tag, kind)]
            )

    async def _keep(self, rules: list[dict[str, JsonValue]]) -> None:
        self._told.clear()
        try:
            await self._view.api.ask(
                "PATCH", f"/v1/streams/{quote(self._name, safe='')}", json={"options": {"alarms": [*rules]}}
            )
        except ApiFailure as failure:
            with self._told:
                error_panel(self._view.words.every_page, failure.problem)
        await self._view.feeds.streams.ask_again()
