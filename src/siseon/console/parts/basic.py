"""Cards, figures, badges, buttons, tables, and the states of every part of a page: loading, empty, failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from nicegui.element import Element

from siseon.console.api import Problem
from siseon.console.parts.dom import Attribute, set_attribute, set_text, tag
from siseon.console.parts.icons import Icon, icon
from siseon.console.words.common import CommonWords

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
        self.element = tag("span", f"badge {tone}")
        self._shown: tuple[Tone, str] | None = None
        self.show(tone, text)

    def show(self, tone: Tone, text: str) -> None:
        """Say another state."""
        if self._shown == (tone, text):
            return
        if self._shown is not None:
            self.element.classes(remove=self._shown[0])
        self._shown = (tone, text)
        self.element.classes(add=tone)
        self.element.clear()
        with self.element:
            icon(tone)
            tag("span", "", text)


def badge(tone: Tone, text: str) -> Element:
    """A state that does not change."""
    return Badge(tone, text).element


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


def loading(words: CommonWords, text: str | None = None) -> Element:
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


def error_panel(words: CommonWords, problem: Problem, again: Clicked | None = None) -> Element:
    """A failure with all that helps: code, message, hint, trace, and a button where trying again may help."""
    with tag("div", "error-panel", role="alert") as made:
        with tag("div", "error-head"):
            icon("bad")
            tag("strong", "", words.failed)
            tag("code", "", problem.code)
        tag("p", "error-message", problem.detail)
        with tag("dl", "facts"):
            facts = [(words.hint, problem.hint), (words.trace, problem.trace_id)]
            for name, value in facts:
                if value:
                    tag("dt", "", name)
                    tag("dd", "", value)
        if problem.retryable:
            tag("p", "dim", words.retryable)
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
    """Rows of text under heads; only a table that has changed is sent again."""

    def __init__(self, name: str, heads: Sequence[str], numbers: Sequence[int] = (), none: str = "") -> None:
        """``name``: for screen readers; ``numbers``: columns that are aligned to the right; ``none``: without rows."""
        self._heads, self._numbers, self._none = heads, frozenset(numbers), none
        self._shown: Sequence[Sequence[Cell]] | None = None
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
        self._body.clear()
        with self._body:
            for row in rows:
                with tag("tr"):
                    for place, cell in enumerate(row):
                        classes = "number" if place in self._numbers else ""
                        if isinstance(cell, str):
                            tag("td", classes, cell)
                            continue
                        with tag("td", classes):
                            if isinstance(cell, Link):
                                link(cell.text, cell.target)
                            else:
                                badge(*cell)
            if not rows:
                with tag("tr"):
                    tag("td", "dim", self._none, colspan=len(self._heads))
