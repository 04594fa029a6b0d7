"""Charts of the report: who did what when, the radar of indicators, and the shares of expressions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from siseon.applications.paper.drawing import Bar, Drawing, Label, Outline, Point
from siseon.applications.people.contracts import POSTURES, Timeline
from siseon.applications.people.timeline.indicators import Scored
from siseon.applications.people.timeline.names import called, phrase
from siseon.applications.people.timeline.palette import ACTIONS, EXPRESSIONS, PRESENT

WIDTH, LEFT, RIGHT, ROW, TOP = 960, 144, 16, 34, 8
"""Pixels of the drawing."""
BAND, LINE, THIN = 14, 6, 5
"""Of a row: where its band begins, where the bars above it do, and their height."""
MOST_PEOPLE = 30
MOST_LETTERS = 16
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400)
"""Between two marks of time; of them the first with at most ``MOST_MARKS``."""
MOST_MARKS = 12
RADAR, RADIUS, HIGHEST = (500, 340), 120, 10
GREY, OWN, OTHERS = (195, 205, 216), (31, 79, 163), (74, 90, 108)


def strips(timeline: Timeline) -> Drawing:
    """A row per person: postures as a band, all else as thin bars above it."""
    people = timeline.people[:MOST_PEOPLE]
    rows = {person.id: TOP + at * ROW for at, person in enumerate(people)}
    height = TOP + len(people) * ROW + 26
    scale = (WIDTH - LEFT - RIGHT) / max(timeline.duration_ms, 1)
    names = {person.id: person for person in timeline.people}

    def bar(from_ms: int, to_ms: int, y: int, tall: int, colour: tuple[int, int, int], told: str) -> Bar:
        end = min(to_ms, timeline.duration_ms)
        return Bar(LEFT + from_ms * scale, y, max((end - from_ms) * scale, 1.0), tall, colour, told)

    marks: list[Bar | Outline | Label] = []
    for at in _marks(timeline.duration_ms):
        x = LEFT + at * scale
        marks.append(Outline(((x, TOP), (x, height - 22)), GREY, 0.6, is_closed=False))
        marks.append(Label(x, height - 7, clock(at)))
    for person in people:
        y, name = rows[person.id], called(person)
        shown = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"
        marks.append(Label(LEFT - 10, y + 24, shown, "end"))
        marks += [bar(span.from_ms, span.to_ms, y + BAND, 12, PRESENT, name) for span in person.appearances]
    for one in timeline.actions:
        if one.person in rows:
            held = one.action in POSTURES
            told = f"{phrase(one, names)}, {clock(one.from_ms)} to {clock(one.to_ms)}"
            y = rows[one.person] + (BAND if held else LINE)
            marks.append(bar(one.from_ms, one.to_ms, y, 12 if held else THIN, ACTIONS[one.action], told))
    return Drawing("Who did what when", WIDTH, height, tuple(marks))


def radar(scores: Sequence[Scored], average: Mapping[str, float]) -> Drawing | None:
    """A spoke per indicator from 0 to 10; ``average``: of others, by name, is dashed. None: too few are known."""
    count = len(scores)
    if count < 3 or all(one.score is None for one in scores):
        return None
    marks: list[Bar | Outline | Label] = [
        Outline(_ring([level] * count), GREY) for level in range(2, HIGHEST + 1, 2)
    ]
    if all(one.name in average for one in scores):
        marks.append(Outline(_ring([average[one.name] for one in scores]), OTHERS, is_dashed=True))
    marks.append(Outline(_ring([one.score or 0 for one in scores]), OWN, 2, fill=OWN))
    for at, one in enumerate(scores):
        told = "not known" if one.score is None else str(one.score)
        x, y = _spoke(at, count, HIGHEST + 1)
        side = x - RADAR[0] / 2
        marks.append(
            Label(x, y, f"{one.name}: {told}", "middle" if abs(side) < 1 else "start" if side > 0 else "end")
        )
    return Drawing("Indicators", *RADAR, tuple(marks))


def shares(timeline: Timeline, counts: Mapping[int, Mapping[str, int]]) -> Drawing:
    """A bar per person, of the expressions that were told; ``counts``: by person and expression."""
    marks: list[Bar | Outline | Label] = []
    names = {person.id: called(person) for person in timeline.people}
    for row, (id, told) in enumerate(list(counts.items())[:MOST_PEOPLE]):
        x, y, total = float(LEFT), TOP + row * ROW, sum(told.values())
        marks.append(Label(LEFT - 10, y + 16, names[id][:MOST_LETTERS], "end"))
        for name, colour in EXPRESSIONS.items():
            wide = (WIDTH - LEFT - RIGHT) * told.get(name, 0) / total
            if wide:
                marks.append(Bar(x, y, wide, 22, colour, f"{name}: {told[name]} of {total}"))
            x += wide
    return Drawing("Expressions", WIDTH, TOP + min(len(counts), MOST_PEOPLE) * ROW, tuple(marks))


def clock(t_ms: int) -> str:
    """Hours are told only where there are some."""
    seconds = t_ms // 1000
    hours = f"{seconds // 3600}:" if seconds >= 3600 else ""
    return f"{hours}{seconds // 60 % 60:02}:{seconds % 60:02}"


def _marks(duration_ms: int) -> list[int]:
    """Milliseconds."""
    seconds = max(duration_ms // 1000, 1)
    step = next((one for one in STEPS_S if seconds / one <= MOST_MARKS), STEPS_S[-1])
    return [at * 1000 for at in range(0, seconds + 1, step)]


def _spoke(at: int, count: int, level: float) -> Point:
    angle = 2 * math.pi * at / count
    far = RADIUS * level / HIGHEST
    return RADAR[0] / 2 + far * math.sin(angle), RADAR[1] / 2 + 10 - far * math.cos(angle)


def _ring(levels: Sequence[float]) -> tuple[Point, ...]:
    return tuple(_spoke(at, len(levels), level) for at, level in enumerate(levels))
