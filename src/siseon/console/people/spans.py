"""From a timeline to what is drawn of it: the people of one page, within a window of time, a bounded number of spans.

Where more happens than could be told apart on a screen, each piece of time shows what lasts longest in it, and that
it was shortened is said.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from siseon.console.people.known import Person, Timeline

PAGE = 20
"""People at once."""
MOST = 120
"""Spans of a lane."""
MOST_WORDS = 60
"""For what is done, that a legend explains: there are 20, unless a file is none of ours."""
POSTURES = frozenset({"stand", "sit", "lie", "bend", "walk", "run"})
"""Of these one at a time; the others may be done beside them."""
LOOK_MS = 500
"""For which an expression stands: two are told a second."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one millisecond to another; ``what``: nothing, where somebody is only seen."""

    from_ms: int
    to_ms: int
    what: str = ""
    partner: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What is drawn of one person."""

    person: Person
    seen: tuple[Span, ...]
    postures: tuple[Span, ...]
    beside: tuple[Span, ...]
    faces: tuple[Span, ...]
    shortened: bool


class Lanes:
    """The spans of a timeline, by person."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline.model_copy(update={"actions": (), "expressions": ()})
        """Without what is in the lanes: of three hours that is a lot."""
        self.people = {person.id: person for person in timeline.people}
        postures: defaultdict[int, list[Span]] = defaultdict(list)
        beside: defaultdict[int, list[Span]] = defaultdict(list)
        faces: defaultdict[int, list[Span]] = defaultdict(list)
        for one in timeline.actions:
            spans = postures if one.action in POSTURES else beside
            spans[one.person].append(Span(one.from_ms, one.to_ms, one.action, one.partner))
        for face in timeline.expressions:
            end = min(face.t_ms + LOOK_MS, timeline.duration_ms)
            _joined(faces[face.person], Span(face.t_ms, end, face.expression))
        self._lanes = {
            person.id: [
                Lane([Span(*each) for each in person.appearances]),
                *(Lane(spans[person.id]) for spans in (postures, beside, faces)),
            ]
            for person in timeline.people
        }
        self._whole = {person.id: self._row(person, self._all) for person in timeline.people}
        """What is looked at first, made beside the event loop: of three hours it takes a second."""
        actions = {one.action for one in timeline.actions}
        looks = {one.expression for one in timeline.expressions}
        words = [*sorted(actions, key=lambda word: (word not in POSTURES, word)), *sorted(looks)]
        self.words = words[:MOST_WORDS]
        """All actions that occur, and all expressions, each once."""

    @property
    def _all(self) -> tuple[int, int]:
        return window_of(0, 0, self.timeline.duration_ms)

    def row(self, person: Person, window: tuple[int, int]) -> Row:
        """One person within a window of time."""
        return self._whole[person.id] if window == self._all else self._row(person, window)

    def _row(self, person: Person, window: tuple[int, int]) -> Row:
        lanes = [lane.within(window) for lane in self._lanes[person.id]]
        seen, postures, beside, faces = (bounded(lane, window) for lane in lanes)
        shortened = any(len(lane) > MOST for lane in lanes)
        return Row(person, seen, postures, beside, faces, shortened)


class Lane:
    """Spans by their beginning: what lies in a window is found without looking at all others."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans, key=lambda one: one.from_ms)
        self._begins = [one.from_ms for one in self._spans]
        self._latest = list(accumulate((one.to_ms for one in self._spans), max))
        """The last end of a span and of all before it."""

    def within(self, window: tuple[int, int]) -> list[Span]:
        """What of them lies in a window."""
        low, high = window
        first, end = bisect_left(self._latest, low), bisect_right(self._begins, high)
        return [
            Span(max(one.from_ms, low), min(one.to_ms, high), one.what, one.partner)
            for one in self._spans[first:end]
            if one.to_ms >= low
        ]


def bounded(spans: Sequence[Span], window: tuple[int, int]) -> tuple[Span, ...]:
    """At most ``MOST``: of more, each piece of the window shows what lasts longest in it."""
    if len(spans) <= MOST:
        return tuple(spans)
    low, high = window
    width = max(1, high - low) / MOST
    longest: dict[int, tuple[float, Span]] = {}
    for one in spans:
        for piece in range(
            int((one.from_ms - low) / width), min(MOST - 1, int((one.to_ms - low) / width)) + 1
        ):
            begin, end = low + piece * width, low + (piece + 1) * width
            lasts = min(one.to_ms, end) - max(one.from_ms, begin)
            if piece not in longest or lasts > longest[piece][0]:
                longest[piece] = (lasts, one)
    drawn: list[Span] = []
    for piece in sorted(longest):
        one = longest[piece][1]
        begin, end = int(low + piece * width), int(low + (piece + 1) * width)
        _joined(drawn, Span(begin, end, one.what, one.partner))
    return tuple(drawn)


def window_of(at_ms: int, width_ms: int, duration_ms: int) -> tuple[int, int]:
    """A part of the video with this moment in it: parts lie side by side, so that it stands still while it plays."""
    if width_ms <= 0 or width_ms >= duration_ms:
        return 0, max(1, duration_ms)
    begin = min(at_ms, duration_ms - 1) // width_ms * width_ms
    return begin, min(begin + width_ms, duration_ms)


def clock(at_ms: int, *, exactly: bool = False) -> str:
    """``1:02:03``; ``0:02.4`` exactly."""
    seconds = at_ms // 1000
    text = f"{seconds // 60 % 60}:{seconds % 60:02}"
    if seconds >= 3600:
        text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{at_ms % 1000 // 100}" if exactly else text


def _joined(spans: list[Span], one: Span) -> None:
    """Add a span; one that goes on with the last becomes one with it."""
    last = spans[-1] if spans else None
    if last and last.to_ms + 1 >= one.from_ms and (last.what, last.partner) == (one.what, one.partner):
        spans[-1] = Span(last.from_ms, max(last.to_ms, one.to_ms), one.what, one.partner)
    else:
        spans.append(one)
