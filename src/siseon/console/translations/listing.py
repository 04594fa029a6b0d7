"""The regions of a page as a list; the chosen one opens and is changed in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nicegui.element import Element

from siseon.console.parts.basic import button, empty
from siseon.console.parts.dom import set_attribute, set_class, set_text, tag
from siseon.console.parts.fields import AreaField, TextField
from siseon.console.translations.draft import Draft, Placed
from siseon.console.translations.known import Region
from siseon.console.words.translation import TranslationWords

DOUBTFUL = 0.8
"""Of a confidence: below it a person had better look."""
MOST_SHOWN = 400
"""Characters of a text in a row; its form has all of it."""
MOST_TEXT = 5_000
"""Characters of a translation, as the service takes them."""
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

    def __init__(
        self, words: TranslationWords, chosen: Callable[[int], object], changed: Callable[[], object]
    ) -> None:
        """``chosen``: a row was; ``changed``: the draft was."""
        self._words, self._choose, self._changed = words, chosen, changed
        self._draft: Draft | None = None
        self._rows: dict[int, Row] = {}
        self._open = -1
        self._numbers: list[TextField] = []
        self._element = tag("ol", "regions")

    def show(self, draft: Draft, which: int = EVERY) -> None:
        """All rows anew, with none open."""
        self._draft, self._open = draft, -1
        self._rows.clear()
        self._element.clear()
        words = self._words
        with self._element:
            for number, region in enumerate(draft.regions):
                if _is_among(region, which):
                    self._rows[number] = self._row(number, region)
        if self._rows:
            return
        with self._element, tag("li"):
            if draft.regions:
                tag("p", "state", words.none_such)
            else:
                empty(words.no_regions, words.no_regions_more)

    def open(self, number: int) -> None:
        """Open the form of a region, and close the other; that of a row that is not shown stays away."""
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
            for name, value in (
                (words.left, placed.x),
                (words.top, placed.y),
                (words.width, placed.width),
                (words.height, placed.height),
            ):
                self._numbers.append(
                    TextField(
                        name,
                        f"{round(value, 1):g}",
                        kind="number",
                        step="any",
                        changed=lambda _: self._place(number),
                    )
                )
            size = region.style.get("size")
            TextField(
                words.size,
                placeholder=f"{size:.4g}" if isinstance(size, int | float) else None,
                kind="number",
                least=1,
                most=2000,
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

    def _place(self, number: int) -> None:
        values = [field.number for field in self._numbers]
        if self._draft is None or len(values) != 4:
            return
        for field, value in zip(self._numbers, values, strict=True):
            field.refuse(self._words.no_number if value is None else "")
        left, top, width, height = values
        if left is None or top is None or width is None or height is None:
            return
        angle = Placed.of(self._draft.regions[number]).angle
        self._draft.place(number, Placed(left, top, width, height, angle))
        self._tell(number)

    def _size(self, number: int, text: str) -> None:
        try:
            size = float(text.replace(",", ".")) if text.strip() else None
        except ValueError:
            return
        if self._draft is not None and (size is None or 0 < size <= 2000):
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


def _is_among(region: Region, which: int) -> bool:
    if which == NOT_TRANSLATED:
        return region.translated is None
    return which != DOUBTS or region.score < DOUBTFUL
