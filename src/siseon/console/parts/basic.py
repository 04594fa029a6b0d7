"""Cards, figures, badges, buttons, tables, and the states of every part of a page: loading, empty, failed."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from nicegui.element import Element

from siseon.console.api import Problem
from siseon.console.parts.dom import Attribute, set_attribute, set_text, tag
from siseon.console.parts.failure import message, original
from siseon.console.parts.icons import Icon, icon, set_icon
from siseon.console.words.every_page import EveryPageWords

Tone = Literal["ok", "warn", "bad", "info", "off", "wait"]
"""What a state means; each has a colour and an icon of its own, so that none is told by its colour alone."""
Clicked = Callable[[], object] | Callable[[], Awaitable[object]]


def card(title: str | None = None, classes: str = "", *, level: int = 2, **attributes: Attribute) -> Element:
    """A bordered part of a page with its heading; use it with ``with``."""
    made = tag("section", f"card {classes}", **attributes)
    if title is not None:
        with made:
            heading = tag(f"h{level}", "card-title", title)
            heading.props["id"] = f"t{heading.id}"
            made.props["aria-labelledby"] = f"t{heading.id}"
    return made


class Stat:
    """One figure with its name, and a line under it. It is changed in place."""

    def __init__(self, name: str, value: str = "–", note: str = "") -> None:
        with tag("div", "stat") as self.element:
            tag("div", "stat-name", name)
            self._value = tag("div", "stat-value", value)
            self._note = tag("div", "stat-note", note)

    def show(self, value: str, note: str = "") -> None:
        """Say another value."""
        set_text(self._value, value)
        set_text(self._note, note)


class Badge:
    """A state in a word, with an icon and a colour. It is changed in place."""

    def __init__(self, tone: Tone, text: str) -> None:
        self._tone = tone
        with tag("span", f"badge {tone}") as self.element:
            self._icon = icon(tone)
            self._text = tag("span", "", text)

    def show(self, tone: Tone, text: str) -> None:
        """Say another state."""
        if tone != self._tone:
            self.element.classes(remove=self._tone, add=tone)
            set_icon(self._icon, tone)
            self._tone = tone
        set_text(self._text, text)


def button(
    text: str,
    clicked: Clicked | None = None,
    *,
    kind: Literal["plain", "primary", "danger", "quiet"] = "plain",
    symbol: Icon | None = None,
    **attributes: Attribute,
) -> Element:
    """A button that says what it does."""
    with tag("button", f"button {kind}", type="button", **attributes) as made:
        if symbol is not None:
            icon(symbol)
        tag("span", "", text)
    if clicked is not None:
        made.on("click", clicked, [])
    return made


def hold(made: Element, held: bool) -> None:
    """Say that a button does nothing now, or does something again. It is not disabled: a browser would take the focus
    from it, and whoever goes by keys would have to begin at the top of the page.
    """
    set_attribute(made, "aria-disabled", "true" if held else None)


def link(
    text: str, target: str, classes: str = "", *, symbol: Icon | None = None, **attributes: Attribute
) -> Element:
    """A link within this site."""
    with tag("a", classes, href=target, **attributes) as made:
        if symbol is not None:
            icon(symbol)
        tag("span", "", text)
    return made


def loading(words: EveryPageWords, text: str | None = None) -> Element:
    """Something is on its way."""
    with tag("div", "state", role="status") as made:
        tag("span", "spinner", aria_hidden="true")
        tag("p", "", text or words.loading)
    return made


def empty(title: str, more: str = "", symbol: Icon = "info") -> Element:
    """There is nothing yet: say what would be here, and how it comes."""
    with tag("div", "state empty") as made:
        icon(symbol, "large")
        tag("p", "state-title", title)
        if more:
            tag("p", "dim", more)
    return made


def error_panel(words: EveryPageWords, problem: Problem, again: Clicked | None = None) -> Element:
    """A failure with all that helps: code, message, hint, trace, and a button where trying again may help."""
    with tag("div", "error-panel", role="alert") as made:
        with tag("div", "error-head"):
            icon("bad")
            tag("strong", "", words.failures.title(problem.code) or words.failed)
            tag("code", "", problem.code)
        message(words, problem.detail, ours=problem.ours)
        advice = words.failures.advice(problem.code, problem.hint)
        with tag("dl", "facts"):
            if advice:
                tag("dt", "", words.hint)
                tag("dd", "", advice)
            if problem.trace_id:
                tag("dt", "", words.trace)
                tag("dd", "", problem.trace_id)
        if problem.retryable:
            tag("p", "dim", words.retryable)
        if not problem.ours:
            original(words, problem.code, problem.detail, problem.hint)
        if again is not None:
            button(words.try_again, again, symbol="refresh")
    return made


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to another page."""

    text: str
    target: str


Cell = str | tuple[Tone, str] | Link


class Table:
    """Rows of text under heads; only what has changed is sent again."""

    def __init__(self, name: str, heads: Sequence[str], numbers: Sequence[int] = (), none: str = "") -> None:
        """``name``: for screen readers; ``numbers``: columns that are aligned to the right; ``none``: without rows."""
        self._heads, self._numbers, self._none = heads, frozenset(numbers), none
        self._shown: Sequence[Sequence[Cell]] | None = None
        self._rows: list[_Row] = []
        self._nothing: Element | None = None
        with (
            tag("div", "table-frame", tabindex=0, role="region", aria_label=name) as self.element,
            tag("table"),
        ):
            tag("caption", "only-read", name)
            with tag("thead"), tag("tr"):
                for place, head in enumerate(heads):
                    tag("th", "number" if place in self._numbers else "", head, scope="col")
            self._body = tag("tbody")

    def show(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Show these rows; a cell is a text, a state with its tone, or a link."""
        if rows == self._shown:
            return
        self._shown = rows
        self._say_nothing(not rows)
        with self._body:
            self._rows = self._drawn(rows)
        order = [*(row.element for row in self._rows), *([self._nothing] if self._nothing else ())]
        if self._body.default_slot.children != order:
            self._body.default_slot.children[:] = order
            self._body.update()

    def _drawn(self, rows: Sequence[Sequence[Cell]]) -> list[_Row]:
        """A row that was there stays as it is, wherever it is now; the others are changed to what is new."""
        before: defaultdict[tuple[Cell, ...], deque[_Row]] = defaultdict(deque)
        for row in self._rows:
            before[row.cells].append(row)
        wanted = [tuple(cells) for cells in rows]
        kept = [before[cells].popleft() if before[cells] else None for cells in wanted]
        spare = deque(row for same in before.values() for row in same)
        drawn = []
        for cells, was in zip(wanted, kept, strict=True):
            row = was or (spare.popleft() if spare else _Row(self._numbers))
            row.show(cells)
            drawn.append(row)
        for gone in spare:
            gone.element.delete()
        return drawn

    def _say_nothing(self, nothing: bool) -> None:
        if nothing and self._nothing is None:
            with self._body, tag("tr") as self._nothing:
                tag("td", "dim", self._none, colspan=len(self._heads))
        elif not nothing and self._nothing is not None:
            self._nothing.delete()
            self._nothing = None


class _Row:
    """Of a table; changed in place, so that a day of changes makes no elements."""

    def __init__(self, numbers: frozenset[int]) -> None:
        self.element = tag("tr")
        self.cells: tuple[Cell, ...] = ()
        self._numbers = numbers
        self._change: list[Callable[[Any], None]] = []

    def show(self, cells: tuple[Cell, ...]) -> None:
        """Show these."""
        if cells == self.cells:
            return
        if [type(cell) for cell in cells] != [type(cell) for cell in self.cells]:
            self.element.clear()
            with self.element:
                classes = ("number" if place in self._numbers else "" for place in range(len(cells)))
                self._change = [_cell(*each) for each in zip(cells, classes, strict=True)]
        else:
            for change, before, cell in zip(self._change, self.cells, cells, strict=True):
                if cell != before:
                    change(cell)
        self.cells = cells


def _cell(cell: Cell, classes: str) -> Callable[[Any], None]:
    """Draw it; what comes back shows another one of its kind in its place."""
    if isinstance(cell, str):
        return partial(set_text, tag("td", classes, cell))
    with tag("td", classes):
        if not isinstance(cell, Link):
            badge = Badge(*cell)
            return lambda state: badge.show(*state)
        with tag("a", href=cell.target) as made:
            text = tag("span", "", cell.text)

    def lead(other: Link) -> None:
        set_attribute(made, "href", other.target)
        set_text(text, other.text)

    return lead
