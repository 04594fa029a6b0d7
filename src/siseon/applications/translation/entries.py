"""Which rows of a block are entries of their own: hours, prices, dishes, points of a list, rows of a table.

Sentences run over rows and are translated as one text; entries stand below one another as closely, and are no
sentence together. What tells them apart is written: a value at the end of one and a fresh start of the next, names of
days, clock times, bullets and numbers in front. Without such a sign rows stay together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

WIDER = 0.25
"""Row heights by which the gap below a heading is wider than those between entries, at least."""
LIST = 4
"""Rows from which a list without values or bullets is taken for one; of three, chance begins all with capitals."""
NARROW = 0.8
"""Of the widest row: a list's row below it has room left, which a sentence would have filled."""
INNER_CAPITALS = 0.2
"""Share of capitals among the words within rows of a list, at most: titles and German nouns have more."""

_UNITS = (
    r"%|‰|[€$£¥₩₽]|°[CF]?|€/\w+|[ap]\.?m\.?|uhr|hrs?|h|min|std|k?m|[cm]m|k?g|m?l|cl|oz|lbs?|eur|usd|gbp|chf|fr|kr|zł|ct|kcal"
    r"|元|円|块|角|起|원|時|时|点|點|分|시|분|руб\.?|₽|р\.?|ч\.?"
)
_CURRENCY = r"[€$£¥￥₩₽]"
_VALUE = re.compile(
    rf"(?:^|[^\w]|[^\W\d_a-z])(?P<value>{_CURRENCY}?\s?\d+(?:[.,:'’/–-]\d+)*\s?(?:{_UNITS})?(?:,-|\.-)?)$",
    re.I,
)
_EXACT = re.compile(rf"\d[.,:]\d|{_CURRENCY}|\d\s?(?:{_UNITS})$", re.I)
LONGEST_VALUE = 64
"""Characters of a value, at most: where one may begin is looked for so far from the end, and no further."""
_LEADER = re.compile(r"[.…·_]{3,}\s*")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}(?!\d|[.:]\d)")
_BULLET = re.compile(r"(?:[•·・▪●○◦‣►▶■□◆◇✓✔★☆*+–—-]\s*)(?=[^\W\d_])")
_NUMBERED = re.compile(r"(?P<number>\d{1,2})(?P<mark>[.)、．]?)\s*(?=[^\W\d_])")

_DAYS = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|(?:mon|tues?|wed|thurs?|thu|fri|sat|sun)\b"
    r"|(?:mon|diens|donners|frei|sams|sonn)tags?\b|mittwochs?\b|sonnabends?\b"
    r"|(?:lun|mar|mercre|jeu|vendre|same)di\b|dimanche\b"
    r"|(?:lunes|martes|miércoles|jueves|viernes|sábados?|domingos?)\b"
    r"|(?:luned|marted|mercoled|gioved|venerd)ì|sabato\b|domenica\b"
    r"|(?:segunda|terça|quarta|quinta|sexta)(?:-feira|s)?\b"
    r"|(?:maan|dins|woens|donder|vrij|zater|zon)dag\b"
    r"|понедельник|вторник|сред[ау]\b|четверг|пятниц|суббот|воскресень"
    r"|(?:周|週|星期|礼拜|禮拜)[一二三四五六日天]|[月火水木金土日]曜|[월화수목금토일]요일",
    re.I,
)
_UNFINISHED = frozenset(
    {"with", "from", "until", "till", "through", "between", "every"}
    | {"avec", "pour", "para", "hasta", "desde", "entre"}
    | {"oder", "sowie", "durch", "nach", "zwischen"}
)
"""Longer words after which a row goes on in the next; those of up to three small letters all do."""
_OPENERS = "\"'“„«‘(（「『¿¡"


class Row(NamedTuple):
    """One row of a block, in pixels along and across the direction of reading."""

    text: str
    start: float
    end: float
    middle: float
    """Across."""
    height: float
    has_value: bool
    """Whether a value stands apart at its end, as in a column of prices."""


def entry_starts(rows: Sequence[Row]) -> list[bool]:
    """For each row whether it begins a text of its own; the first one does.

    Args:
        rows: of one block of horizontal text, from the top.
    """
    starts = [True] + [False] * (len(rows) - 1)
    if len(rows) < 2:
        return starts
    block = _Block(rows)
    for rule in (
        block.by_values,
        block.by_days,
        block.by_clock,
        block.by_bullets,
        block.by_numbers,
        block.by_list,
    ):
        starts = [one or other for one, other in zip(starts, rule(), strict=True)]
    return block.with_headings(starts)


class _Block:
    """Rows, and what is written at their ends."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.width = max(row.end for row in rows) - min(row.start for row in rows)
        self.texts = [_LEADER.sub(" ", row.text).strip() for row in rows]
        letters = "".join(self.texts)
        self.has_small = any(letter.islower() for letter in letters)
        """Whether a capital tells a start: in capitals and in scripts without case none does."""
        self.values = [
            row.has_value or self._ends_with_value(text) for row, text in zip(rows, self.texts, strict=True)
        ]
        self.days = [_DAYS.match(text) is not None for text in self.texts]
        self.worded = [any(letter.isalpha() for letter in text) for text in self.texts]

    def _ends_with_value(self, text: str) -> bool:
        value = _VALUE.search(text, max(0, len(text) - LONGEST_VALUE))
        return value is not None and (self.has_small or _EXACT.search(text) is not None)

    def by_values(self) -> list[bool]:
        """A fresh start below a value, where at least half of the rows end with one."""
        found = [False] * len(self.rows)
        if sum(self.values) < 2 or 2 * sum(self.values) < len(self.rows):
            return found
        if not any(self.worded):
            return [all(self.values)] * len(self.rows)
        if self._is_price_list():
            return [True] * len(self.rows)
        named = False  # whether the entry so far says of what the value is
        for index, row in enumerate(self.rows):
            if index and self.values[index - 1] and named and self.worded[index] and self._fresh(index):
                found[index], named = True, False
            named |= self.worded[index] and (not _only_value(self.texts[index]) or row.has_value)
        return found

    def _is_price_list(self) -> bool:
        """Whether each row is an entry, also the few without a value: "under 6 free"."""
        rows = range(len(self.rows))
        most = 3 * sum(self.values) >= 2 * len(self.rows)
        return (
            most
            and self.has_small
            and all(self.worded)
            and all(self._fresh(i) and not self._goes_on(i) for i in rows)
        )

    def by_days(self) -> list[bool]:
        """A day, where other rows begin with days."""
        if sum(self.days) < 2:
            return [False] * len(self.rows)
        return [
            index > 0 and day and not self._goes_on(index - 1) and not self._goes_on(index)
            for index, day in enumerate(self.days)
        ]

    def by_clock(self) -> list[bool]:
        """A clock time and words, where other rows begin so."""
        timed = [
            _CLOCK.match(text) is not None and worded
            for text, worded in zip(self.texts, self.worded, strict=True)
        ]
        return self._led(timed)

    def by_bullets(self) -> list[bool]:
        """A bullet, where another row has the same."""
        marks = [text[0] if _BULLET.match(text) else "" for text in self.texts]
        counts = Counter(marks)
        return self._led([bool(mark) and counts[mark] > 1 for mark in marks])

    def by_numbers(self) -> list[bool]:
        """1. 2. or 1 2 3 in front."""
        found = [_NUMBERED.match(text) for text in self.texts]
        numbers = [(index, int(one["number"]), one["mark"]) for index, one in enumerate(found) if one]
        rising = all(
            after[1] == before[1] + 1 and after[2] == before[2] for before, after in pairwise(numbers)
        )
        if not rising or len(numbers) < (2 if numbers and numbers[0][2] else 3):
            return [False] * len(self.rows)
        return self._led([one is not None for one in found])

    def by_list(self) -> list[bool]:
        """Short rows that all begin with capitals and go on in small letters."""
        none = [False] * len(self.rows)
        if len(self.rows) < LIST or not all(text[:1].isupper() for text in self.texts):
            return none
        inner = [word for text in self.texts for word in text.split()[1:] if word[0].isalpha()]
        if len(inner) < len(self.rows) / 2 or sum(word[0].isupper() for word in inner) > INNER_CAPITALS * len(
            inner
        ):
            return none
        if any(self._goes_on(index) or self.texts[index][-1] in ".!?" for index in range(len(self.rows))):
            return none
        widest = max(row.end - row.start for row in self.rows)
        narrow = [index for index, row in enumerate(self.rows[:-1]) if row.end - row.start <= NARROW * widest]
        if 2 * len(narrow) < len(self.rows) - 1 or not all(self._had_room(index) for index in narrow):
            return none
        return [True] * len(self.rows)

    def with_headings(self, starts: list[bool]) -> list[bool]:
        """What stands above the first entry and is no part of it is apart, too."""
        first = next((index for index in range(1, len(self.rows)) if starts[index]), 0)
        above = first - 2  # the row between is the first entry
        if above >= 0 and (self.values[first - 1] or self.days[first - 1]) and self._fresh(first - 1):
            gaps = [self._gap(index) for index in range(first - 1, len(self.rows) - 1)]
            wider = self._gap(above) >= max(gaps) + WIDER * self.rows[first].height
            if not self._goes_on(above) and (wider or self._had_room(above)):
                return [start or index == first - 1 for index, start in enumerate(starts)]
        return starts

    def _led(self, led: Sequence[bool]) -> list[bool]:
        if sum(led) < 2:
            return [False] * len(led)
        return [one and index > 0 and not self._goes_on(index - 1) for index, one in enumerate(led)]

    def _fresh(self, index: int) -> bool:
        """Whether a row may begin a text: not with a small letter, nor with a sign that goes on."""
        text = self.texts[index].lstrip(_OPENERS)
        return bool(text) and (text[0].isalnum() or bool(re.match(_CURRENCY, text))) and not text[0].islower()

    def _goes_on(self, index: int) -> bool:
        """Whether the next row must be read with this one."""
        text = self.texts[index]
        if not text or self.values[index]:
            return False
        if text[-1] in ",-–&+(/、，":
            return True
        last = text.split()[-1]
        return last.isalpha() and last.islower() and (len(last) <= 3 or last in _UNFINISHED)

    def _had_room(self, index: int) -> bool:
        """Whether the first word of the next row would have stood in this one, within the block's width."""
        mine, other = self.rows[index], self.rows[index + 1]
        word = other.text.split()[0] if other.text.split() else ""
        needed = (other.end - other.start) * (len(word) + 1) / max(1, len(other.text))
        return mine.end - mine.start + needed <= self.width

    def _gap(self, index: int) -> float:
        mine, other = self.rows[index], self.rows[index + 1]
        return other.middle - mine.middle - (other.height + mine.height) / 2


def is_value(text: str) -> bool:
    """Whether a text is nothing but a value: a price, a time or a span of times, a measure."""
    return bool(text.strip()) and _only_value(_LEADER.sub("", text).strip())


def _only_value(text: str) -> bool:
    rest = re.sub(rf"(?<![^\W\d_])(?:{_UNITS})(?![^\W\d_])", "", text, flags=re.I)
    return any(sign.isdigit() for sign in text) and not any(sign.isalpha() for sign in rest)
