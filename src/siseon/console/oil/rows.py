"""A table that is turned page by page, whose rows light up on the map what they stand for, and the other way round."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from nicegui.element import Element

from siseon.console.parts.basic import button, hold
from siseon.console.parts.dom import set_attribute, set_class, set_text, tag
from siseon.console.parts.numbers import count
from siseon.console.words.oil import OilWords

PAGE = 20
"""Rows at once."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the first cell is a button."""

    key: str
    """Of what it stands for on the map."""
    action: str
    """What the button does, for screen readers."""
    cells: tuple[str, ...]
    look: str = ""
    """Shown as a dot before the second cell."""


class Rows:
    """Of slicks or frames."""

    def __init__(
        self,
        name: str,
        heads: Sequence[str],
        numbers: Sequence[int],
        many: int,
        row_of: Callable[[int], Row],
        words: OilWords,
        chosen: Callable[[int], Awaitable[object]],
        none: str,
    ) -> None:
        """``numbers``: columns that are aligned to the right; ``row_of``: makes a row when it is
        shown; ``chosen``: called with the row's number.
        """
        self._many, self._row_of, self._words, self._chosen = many, row_of, words, chosen
        self._numbers = frozenset(numbers)
        self._first = 0
        self._marked: int | None = None
        self._drawn: dict[int, tuple[Element, Element]] = {}
        with tag("div", "table-frame", tabindex=0, role="region", aria_label=name), tag("table", "mapped"):
            tag("caption", "only-read", name)
            with tag("thead"), tag("tr"):
                for place, head in enumerate(heads):
                    tag("th", "number" if place in self._numbers else "", head, scope="col")
            self._body = tag("tbody")
        if not many:
            with self._body, tag("tr"):
                tag("td", "dim", none, colspan=len(heads))
        with tag("div", "actions turning") as self._turning:
            self._before = button(words.previous, lambda: self._turn(-PAGE))
            self._after = button(words.next, lambda: self._turn(PAGE))
            self._where = tag("span", "dim small", "", role="status")
        self._show()

    def mark(self, number: int | None) -> None:
        """Mark this row, on its page; or none."""
        if self._marked in self._drawn:
            self._set(self._marked, False)
        self._marked = number
        if number is None or number >= self._many:
            return
        if number not in self._drawn:
            self._first = number // PAGE * PAGE
            self._show()
        self._set(number, True)

    def _set(self, number: int | None, marked: bool) -> None:
        if number is not None:
            row, opener = self._drawn[number]
            set_class(row, "chosen", marked)
            set_attribute(opener, "aria-pressed", "true" if marked else "false")

    def _turn(self, by: int) -> None:
        self._first = min(max(0, self._first + by), max(0, (self._many - 1) // PAGE * PAGE))
        self._show()

    def _show(self) -> None:
        many = self._many
        last = min(self._first + PAGE, many)
        set_class(self._turning, "hidden", many <= PAGE)
        hold(self._before, self._first == 0)
        hold(self._after, last == many)
        shown = {"first": count(self._first + 1), "last": count(last), "total": count(many)}
        set_text(self._where, self._words.shown.format(**shown))
        if not many:
            return
        self._drawn = {}
        self._body.clear()
        with self._body:
            for number in range(self._first, last):
                self._drawn[number] = self._row(number, self._row_of(number))
        if self._marked in self._drawn:
            self._set(self._marked, True)

    def _row(self, number: int, row: Row) -> tuple[Element, Element]:
        with tag("tr", "", data_mapped=row.key) as drawn:
            for place, cell in enumerate(row.cells):
                with tag("td", "number" if place in self._numbers else ""):
                    if place == 0:
                        choose = partial(self._chosen, number)
                        opener = button(
                            cell, choose, kind="quiet", aria_label=row.action, aria_pressed="false"
                        )
                        continue
                    if place == 1 and row.look:
                        tag("span", f"dot look-{row.look}", aria_hidden="true")
                    tag("span", "", cell)
        return drawn, opener
