"""The regions of a page as a list; the chosen one opens and is changed in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from nicegui.element import Element

from siseon.console.parts.basic import button, empty, hold
from siseon.console.parts.dom import set_attribute, set_class, set_text, tag
from siseon.console.parts.fields import AreaField, TextField
from siseon.console.parts.numbers import count
from siseon.console.translations.draft import Draft, Placed
from siseon.console.translations.known import Region
from siseon.console.words import Words

DOUBTFUL = 0.8
"""Of a confidence: below it a person had better look."""
PAGE = 50
"""Rows at once: a page of a newspaper has a thousand regions, and all of them together hold up everybody's pages."""
MOST_SHOWN = 400
"""Characters of a text in a row; its form has all of it."""
MOST_TEXT = 5_000
"""Characters of a translation, as the service takes them."""
LARGEST_SIZE = 2000
"""Pixels of letters, as the service takes them."""
FARTHEST = 1_000_000.0
"""Pixels from the picture's corner: no picture is as large."""
EVERY, NOT_TRANSLATED, DOUBTS = range(3)


@dataclass(frozen=True, slots=True)
class Row:
    """What changes of a row."""

    item: Element
    opener: Element
    said: Element
    mark: Element
    form: Element


class Listing:
    """Of one page. It changes the draft and tells of it."""

    def __init__(self, words: Words, chosen: Callable[[int], object], changed: Callable[[], object]) -> None:
        """``chosen``: a row was; ``changed``: the draft was."""
        self._words, self._choose, self._changed = words.translation, chosen, changed
        self._shown = words.oil.shown
        self._draft: Draft | None = None
        self._among: list[int] = []
        """Numbers of the regions that are wanted, on all pages of the list."""
        self._first = 0
        self._rows: dict[int, Row] = {}
        self._open = -1
        self._numbers: list[TextField] = []
        self._size_field: TextField
        self._element = tag("ol", "regions")
        with tag("div", "actions turning hidden") as self._turning:
            self._before = button(words.oil.previous, lambda: self._turn(-PAGE))
            self._after = button(words.oil.next, lambda: self._turn(PAGE))
            self._where = tag("span", "dim small", "", role="status")

    def show(self, draft: Draft, which: int = EVERY) -> None:
        """All rows anew, with none open."""
        self._draft = draft
        stands = len(draft.page.regions)
        self._among = [
            number
            for number, region in enumerate(draft.regions)
            if number >= stands or _is_among(region, which)
        ]
        self._first = min(self._first, max(0, len(self._among) - 1) // PAGE * PAGE)
        self._draw()

    def _draw(self) -> None:
        """The rows of one page of the list."""
        draft, words, many = self._draft, self._words, len(self._among)
        if draft is None:
            return
        self._open = -1
        self._rows.clear()
        self._element.clear()
        page = self._among[self._first : self._first + PAGE]
        with self._element:
            for number in page:
                self._rows[number] = self._row(number, draft.regions[number])
        set_class(self._turning, "hidden", many <= PAGE)
        hold(self._before, self._first == 0)
        hold(self._after, self._first + PAGE >= many)
        shown = {
            "first": count(self._first + 1),
            "last": count(self._first + len(page)),
            "total": count(many),
        }
        set_text(self._where, self._shown.format(**shown))
        if self._rows:
            return
        with self._element, tag("li"):
            if draft.regions:
                tag("p", "state", words.none_such)
            else:
                empty(words.no_regions, words.no_regions_more)

    def _turn(self, by: int) -> None:
        first = self._first + by
        if 0 <= first < len(self._among):
            self._first = first
            self._draw()

    def open(self, number: int) -> None:
        """Open the form of a region, and close the other; that of a region that is not wanted stays away."""
        if number not in self._rows and number in self._among:
            self._first = self._among.index(number) // PAGE * PAGE
            self._draw()
        for each in {self._open, number} & set(self._rows):
            row, here = self._rows[each], each == number
            set_class(row.item, "chosen", here)
            set_attribute(row.opener, "aria-expanded", "true" if here else "false")
            row.form.clear()
            set_class(row.form, "hidden", not here)
        self._open = number
        self._numbers = []
        if number in self._rows:
            with self._rows[number].form:
                self._form(number)

    def refresh(self, number: int) -> None:
        """Say what has become of one."""
        if self._draft is None or number not in self._rows or number >= len(self._draft.regions):
            return
        row, region = self._rows[number], self._draft.regions[number]
        said, why = self._said(region)
        set_text(row.said, said)
        set_class(row.said, "why", why)
        set_text(row.mark, self._words.changed if self._draft.is_changed(number) else "")

    def _said(self, region: Region) -> tuple[str, bool]:
        """What stands there, and whether that is a reason rather than a text."""
        if region.translated is not None:
            return region.translated[:MOST_SHOWN], False
        if region.why_not is None:
            return self._words.left_out, True
        return getattr(self._words, region.why_not, region.why_not)[:MOST_SHOWN], True

    def _row(self, number: int, region: Region) -> Row:
        words = self._words
        with tag("li", "region", data_region=number) as item:
            with tag("button", "region-row", type="button", aria_expanded="false") as opener:
                tag("span", "region-number", str(number + 1))
                tag("span", "region-text", region.text[:MOST_SHOWN] or words.nothing_read, dir="auto")
                if region.text:
                    sure = words.confidence.format(percent=round(region.score * 100))
                    tag("span", "region-score low" if region.score < DOUBTFUL else "region-score", sure)
                else:
                    tag("span")
                text, why = self._said(region)
                said = tag("span", "region-said why" if why else "region-said", text, dir="auto")
                changed = self._draft is not None and self._draft.is_changed(number)
                mark = tag("span", "region-mark", words.changed if changed else "")
            form = tag("div", "region-form hidden")
        opener.on("click", lambda: self._choose(-1 if self._open == number else number), [])
        return Row(item, opener, said, mark, form)

    def _form(self, number: int) -> None:
        draft, words = self._draft, self._words
        if draft is None:
            return
        region = draft.regions[number]
        if region.text:
            with tag("div"):
                tag("div", "dim small", words.original)
                tag("p", "", region.text, dir="auto")
        AreaField(
            words.translation,
            region.translated or "",
            rows=3,
            changed=lambda text: self._say(number, text),
            dir="auto",
            maxlength=MOST_TEXT,
            placeholder=words.original_stays,
        )
        with tag("div", "numbers"):
            placed = Placed.of(region)
            names = (words.left, words.top, words.width, words.height)
            values = (placed.x, placed.y, placed.width, placed.height)
            for at, (name, value) in enumerate(zip(names, values, strict=True)):
                changed = partial(self._place, number, at)
                begin = f"{round(value, 1):g}"
                self._numbers.append(TextField(name, begin, kind="number", step="any", changed=changed))
            size = region.style.get("size")
            self._size_field = TextField(
                words.size,
                placeholder=f"{size:.4g}" if isinstance(size, int | float) else None,
                kind="number",
                least=1,
                most=LARGEST_SIZE,
                step="any",
                note=words.size_note,
                changed=lambda text: self._size(number, text),
            )
        with tag("div", "fields actions"):
            if number >= len(draft.page.regions):
                button(words.remove, lambda: self._remove(number), symbol="trash")
            elif region.translated is None:
                button(words.put_back, lambda: self._again(number, self._text_of(number)))
            else:
                button(words.leave_out, lambda: self._again(number, ""))
            if number < len(draft.page.regions):
                button(words.reset, lambda: self._reset(number), kind="quiet")

    def _text_of(self, number: int) -> str:
        """What to begin with where a text is put back: the translation that stands there, or the original's text."""
        if self._draft is None:
            return ""
        stands = self._draft.page.regions[number]
        return stands.translated or stands.text

    def _say(self, number: int, text: str) -> None:
        if self._draft is not None:
            self._draft.say(number, text[:MOST_TEXT])
            self._tell(number)

    def _again(self, number: int, text: str) -> None:
        self._say(number, text)
        self.open(number)

    def _place(self, number: int, at: int, _: str) -> None:
        """A number of its place was typed; ``at``: which of them."""
        if self._draft is None:
            return
        values = [_within(field.number) for field in self._numbers]
        self._numbers[at].refuse(self._words.no_number if values[at] is None else "")
        left, top, width, height = values
        if left is None or top is None or width is None or height is None:
            return
        angle = Placed.of(self._draft.regions[number]).angle
        self._draft.place(number, Placed(left, top, width, height, angle))
        self._tell(number)

    def _size(self, number: int, text: str) -> None:
        size = self._size_field.number
        fits = not text.strip() or (size is not None and 0 < size <= LARGEST_SIZE)
        self._size_field.refuse("" if fits else self._words.no_size)
        if self._draft is not None and fits:
            self._draft.size(number, size)
            self._tell(number)

    def _reset(self, number: int) -> None:
        if self._draft is not None:
            self._draft.regions[number] = self._draft.page.regions[number]
            self._tell(number)
            self.open(number)

    def _remove(self, number: int) -> None:
        if self._draft is not None:
            self._draft.remove(number)
            self._choose(-1)
            self.show(self._draft)
            self._changed()

    def _tell(self, number: int) -> None:
        self.refresh(number)
        self._changed()


def _within(value: float | None) -> float | None:
    return None if value is None or abs(value) > FARTHEST else value


def _is_among(region: Region, which: int) -> bool:
    if which == NOT_TRANSLATED:
        return region.translated is None
    return which != DOUBTS or region.score < DOUBTFUL
