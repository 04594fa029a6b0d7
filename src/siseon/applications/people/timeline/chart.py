"""Charts of the report as SVG: who did what when, and the radar of indicators."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from siseon.applications.people.contracts import POSTURES, Person, Timeline
from siseon.applications.people.timeline.indicators import Scored
from siseon.applications.people.timeline.names import called, phrase
from siseon.applications.people.timeline.palette import ACTIONS, PRESENT

WIDTH, LEFT, RIGHT, ROW, TOP = 960, 130, 16, 34, 8
"""Pixels of the drawing."""
MOST_PEOPLE = 30
MOST_LETTERS = 16
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400)
"""Between two marks of time; of them the first with at most ``MOST_MARKS``."""
MOST_MARKS = 12
RADAR, RADIUS, HIGHEST = 380, 130, 10


def strips(timeline: Timeline) -> str:
    """An ``svg``: a row per person, postures as a band, all else as thin bars above it. Without people it is empty."""
    people = timeline.people[:MOST_PEOPLE]
    if not people:
        return ""
    rows = {person.id: TOP + at * ROW for at, person in enumerate(people)}
    scale = (WIDTH - LEFT - RIGHT) / max(timeline.duration_ms, 1)
    names = {person.id: person for person in timeline.people}
    parts = [_label(person, rows[person.id]) for person in people]
    for person in people:
        y, name = rows[person.id] + 14, called(person)
        parts += [_bar(span.from_ms, span.to_ms, y, 12, PRESENT, scale, name) for span in person.appearances]
    for one in timeline.actions:
        if one.person in rows:
            held = one.action in POSTURES
            y = rows[one.person] + (14 if held else 6)
            text = f"{phrase(one, names)}, {clock(one.from_ms)} to {clock(one.to_ms)}"
            end = min(one.to_ms, timeline.duration_ms)
            parts.append(_bar(one.from_ms, end, y, 12 if held else 5, ACTIONS[one.action], scale, text))
    height = TOP + len(people) * ROW + 26
    parts.append(_marks(timeline.duration_ms, height, scale))
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Who did what when">{"".join(parts)}</svg>'


def radar(scores: Sequence[Scored], average: Mapping[str, float]) -> str:
    """An ``svg``: a spoke per indicator from 0 to 10; ``average``: of others, by name, drawn as a dashed line."""
    count = len(scores)
    if count < 3 or all(one.score is None for one in scores):
        return ""
    rings = "".join(
        f'<polygon class="ring" points="{_points([level] * count)}"/>' for level in range(2, HIGHEST + 1, 2)
    )
    labels = ""
    for at, one in enumerate(scores):
        x, y = _spoke(at, count, HIGHEST + 1.4)
        told = "not known" if one.score is None else str(one.score)
        labels += f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(one.name)}: {told}</text>'
    own = f'<polygon class="own" points="{_points([one.score or 0 for one in scores])}"/>'
    others = ""
    if all(one.name in average for one in scores):
        others = f'<polygon class="others" points="{_points([average[one.name] for one in scores])}"/>'
    return (
        f'<svg class="radar" viewBox="0 0 {RADAR + 120} {RADAR}" role="img" aria-label="Indicators">'
        f"{rings}{others}{own}{labels}</svg>"
    )


def clock(t_ms: int) -> str:
    """Hours are told only where there are some."""
    seconds = t_ms // 1000
    hours = f"{seconds // 3600}:" if seconds >= 3600 else ""
    return f"{hours}{seconds // 60 % 60:02}:{seconds % 60:02}"


def _label(person: Person, y: int) -> str:
    name = called(person)
    shown = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"
    return f'<text x="{LEFT - 10}" y="{y + 24}" text-anchor="end">{escape(shown)}</text>'


def _bar(from_ms: int, to_ms: int, y: int, height: int, colour: str, scale: float, text: str) -> str:
    x, width = LEFT + from_ms * scale, max((to_ms - from_ms) * scale, 1.0)
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" fill="{colour}">'
        f"<title>{escape(text)}</title></rect>"
    )


def _marks(duration_ms: int, height: int, scale: float) -> str:
    seconds = max(duration_ms / 1000, 1)
    step = next((one for one in STEPS_S if seconds / one <= MOST_MARKS), STEPS_S[-1])
    return "".join(
        f'<path class="mark" d="M{LEFT + at * 1000 * scale:.1f} {TOP}V{height - 22}"/>'
        f'<text x="{LEFT + at * 1000 * scale:.1f}" y="{height - 7}" text-anchor="middle">{clock(at * 1000)}</text>'
        for at in range(0, int(seconds) + 1, step)
    )


def _spoke(at: int, count: int, level: float) -> tuple[float, float]:
    angle = 2 * math.pi * at / count
    far = RADIUS * level / HIGHEST
    return (RADAR + 120) / 2 + far * math.sin(angle), RADAR / 2 + 10 - far * math.cos(angle)


def _points(levels: Sequence[float]) -> str:
    places = (_spoke(at, len(levels), level) for at, level in enumerate(levels))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
