"""The video with a lane for each person below it: a page of people at a time, all of the video or a part of it."""

from __future__ import annotations

from collections.abc import Callable

from siseon.console.parts.basic import button
from siseon.console.parts.cast import Cast
from siseon.console.parts.dom import set_class, set_text, tag
from siseon.console.parts.fields import SelectField, TextField, fields
from siseon.console.parts.numbers import span
from siseon.console.people.known import Person
from siseon.console.people.spans import PAGE, Lanes, window_of
from siseon.console.people.telling import called, drawn
from siseon.console.words import Words

WIDTHS_S = (600, 60, 10)
"""Parts of the video that can be looked at instead of all of it."""


class TimelinePart:
    """Changed in place; ``chosen`` is told of a click on somebody, ``at`` of where the video is."""

    def __init__(self, words: Words, chosen: Callable[[int], object], at: Callable[[int], object]) -> None:
        self._words, self._own = words, words.people
        self._told_at = at
        self._lanes: Lanes | None = None
        self._at_ms = self._first = 0
        self._found: list[Person] = []
        self._widths: tuple[int, ...] = (0,)
        self._window = (0, 1)
        own = self._own
        shown = {"video": own.video, "no_video": own.no_video, "broken": own.broken, "time": own.time}
        self._cast = Cast(
            {**shown, "of": own.time_of, "names": dict(own.told.names)}, chosen=chosen, at=self._moved
        )
        self._shortened = tag("p", "dim small hidden", own.shortened)
        self._legend = tag("ul", "legend-list", aria_label=own.legend)
        with fields("cast-tools"):
            self._width_place = tag("div")
            with tag("div") as self._find_place:
                self._find = TextField(own.find, kind="search", changed=lambda _: self._from_the_first())
            with tag("div", "actions cast-pages"):
                self._before = button(words.jobs.before, lambda: self._turn(-PAGE))
                self._shown = tag("span", "dim small", "")
                self._after = button(words.jobs.after, lambda: self._turn(PAGE))

    def show(self, lanes: Lanes, video: str) -> None:
        """Another timeline; ``video``: its address, empty without one."""
        self._lanes = lanes
        own, duration_ms = self._own, lanes.timeline.duration_ms
        widths = (0, *(each * 1000 for each in WIDTHS_S if each * 1000 * 1.5 < duration_ms))
        if widths != self._widths or not self._width_place.default_slot.children:
            self._widths = widths
            self._width_place.clear()
            set_class(self._width_place, "hidden", len(widths) == 1)
            names = [span(each / 1000, self._words.every_page) if each else own.whole for each in widths]
            with self._width_place:
                self._width = SelectField(own.window, names, changed=self._draw)
        self._legend.clear()
        with self._legend:
            names_of = dict(own.told.names)
            for word, text in [("", own.seen), *((each, names_of.get(each, each)) for each in lanes.words)]:
                with tag("li"):
                    known = f"act-{word}" if word in names_of else "cast-seen"
                    tag("span", f"swatch {known}", aria_hidden="true")
                    tag("span", "", text)
        self._cast.play(video)
        self._search()

    def choose(self, person: int) -> None:
        """Mark one of them, on the page where they are."""
        numbers = [each.id for each in self._found]
        if person in numbers and numbers.index(person) // PAGE * PAGE != self._first:
            self._first = numbers.index(person) // PAGE * PAGE
            self._draw()
        self._cast.choose(person)

    def _moved(self, at_ms: int) -> None:
        self._at_ms = at_ms
        if not self._window[0] <= at_ms <= self._window[1] or at_ms == self._window[1]:
            self._draw()
        self._told_at(at_ms)

    def _from_the_first(self) -> None:
        self._first = 0
        self._search()

    def _turn(self, by: int) -> None:
        self._first = max(0, self._first + by)
        self._draw()

    def _search(self) -> None:
        if self._lanes is None:
            return
        people, asked = self._lanes.timeline.people, self._find.value.strip().casefold()
        self._found = [
            one for one in people if asked in (str(one.id), "") or asked in called(one, self._own).casefold()
        ]
        self._first = min(self._first, max(0, len(self._found) - 1) // PAGE * PAGE)
        set_class(self._find_place, "hidden", len(people) <= PAGE)
        self._draw()

    def _draw(self) -> None:
        if self._lanes is None:
            return
        duration_ms = self._lanes.timeline.duration_ms
        self._window = window_of(self._at_ms, self._widths[self._width.value], duration_ms)
        page = self._found[self._first : self._first + PAGE]
        rows = [self._lanes.row(person, self._window) for person in page]
        set_class(self._shortened, "hidden", not any(row.shortened for row in rows))
        self._cast.show(
            [drawn(row, self._lanes.people, self._own) for row in rows], self._window, max(1, duration_ms)
        )
        last, total = self._first + len(page), len(self._found)
        text = self._own.shown.format(first=self._first + 1, last=last, total=total)
        set_text(self._shown, text if total else self._own.none_found)
        set_class(self._shown, "hidden", total <= PAGE and bool(total))
        set_class(self._before, "hidden", self._first == 0)
        set_class(self._after, "hidden", last >= total)
