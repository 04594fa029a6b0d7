"""The history of a stream: a chart of a span that is chosen, and the whole of it as a table to download."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from siseon.console.api import ApiFailure
from siseon.console.live.known import Stream
from siseon.console.live.spans import moment, path_of, read_span
from siseon.console.parts.basic import card, error_panel, link
from siseon.console.parts.dom import set_attribute, set_class, set_text, tag
from siseon.console.parts.timechart import TimeChart
from siseon.console.paths import API
from siseon.console.view import View

LENGTHS = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
)
LIMITS = ("high_high", "high", "low", "low_low")


class HistoryPart:
    """Changed in place; ``load`` reads it."""

    def __init__(self, view: View, stream: Stream) -> None:
        self._view, self._name = view, stream.name
        is_new = datetime.now(UTC) - stream.created_at < LENGTHS[1]
        self._length = LENGTHS[0 if is_new else 1]
        self._limits: tuple[tuple[str, float], ...] = ()
        words = self._words = view.words.stream
        with card(words.history, "wide"):
            with tag("div", "history-head"):
                self._choices(
                    (words.span_quarter, words.span_hour, words.span_day, words.span_week, words.span_month)
                )
                self._csv = link(words.csv, "#", "button", symbol="download", download="")
            self._chart = TimeChart(words.history, words.history_none)
            self._note = tag("p", "dim small hidden", "")
            self._failed = tag("div")
        if stream.options.get("history", ...) is None:
            set_text(self._note, words.history_off)
            set_class(self._note, "hidden", False)
        self.limited(stream)

    def _choices(self, names: tuple[str, ...]) -> None:
        self._buttons = []
        with tag("div", "choices", role="group", aria_label=self._words.span):
            for place, name in enumerate(names):
                made = tag("button", "choice", name, type="button", aria_pressed="false")
                made.on("click", lambda _, place=place: self._choose(place), [])
                self._buttons.append(made)
        set_attribute(self._buttons[LENGTHS.index(self._length)], "aria-pressed", "true")

    async def _choose(self, place: int) -> None:
        self._length = LENGTHS[place]
        for number, made in enumerate(self._buttons):
            set_attribute(made, "aria-pressed", "true" if number == place else "false")
        await self.load()

    def limited(self, stream: Stream) -> None:
        """Draw other limits from the next time on."""
        words = self._view.words.alarms
        self._limits = tuple(
            (str(getattr(words, f"kind_{rule['kind']}")), float(limit))
            for rule in stream.rules
            if rule.get("kind") in LIMITS and isinstance(limit := rule.get("limit"), int | float)
        )

    async def load(self) -> None:
        """Read it, and draw it."""
        now = datetime.now(UTC).replace(microsecond=0)
        set_attribute(
            self._csv, "href", f"{API}{path_of(self._name)}?format=csv&from={moment(now - self._length)}"
        )
        try:
            span = await read_span(self._view.api, self._name, self._length, now)
        except ApiFailure as failure:
            self._failed.clear()
            with self._failed:
                error_panel(self._view.words.every_page, failure.problem, self.load)
            return
        self._failed.clear()
        self._chart.show(span, self._limits)
        if span.cut:
            set_text(self._note, self._words.history_cut.format(count=f"{span.cut:,}"))
        set_class(self._note, "hidden", not (span.cut or self._note_is_of_options()))

    def _note_is_of_options(self) -> bool:
        return getattr(self._note, "text", "") == self._words.history_off
