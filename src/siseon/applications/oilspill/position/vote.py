"""What neighbours in time decide of a frame's figures that readers were not sure of.

Of the figures that a field was taken for, the one that alone lies on the course of the frames before and after is
right; where several do that are near each other, the one that its readings and its place on the course make by far the
likeliest. Nothing is believed by this that nobody read, and nothing that could be more than 50 m off.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata, RefusedFact
from siseon.applications.oilspill.position.clock import Moments
from siseon.applications.oilspill.position.course import REACH_S, SLACKS, Course
from siseon.applications.oilspill.position.outliers import SAME, SETTINGS
from siseon.applications.oilspill.position.refusing import HALF_HOUR_S

CLOCK_S, CLOCK_SHARE = 0.75, 0.1
"""Seconds, and share of what lies between the times around, by which a time may be off the middle: clocks are cut to
whole seconds, frames not taken at quite even steps."""

CLEAR = 0.85
"""Share of the probability of all candidates that lie where the neighbours say, that the taken one must have. They are
all near each other, within what the course allows: never more than 50 m."""


def timed(frames: Sequence[Metadata]) -> tuple[Metadata, ...]:
    """With those candidates of refused times that alone lie evenly between the times around."""
    known = _known("time", frames)
    return tuple(
        _chosen(frame, {"time": dict.fromkeys(_times(values, index, known), 1.0)})
        if (values := _candidates(frame, "time"))
        else frame
        for index, frame in enumerate(frames)
    )


def decided(frames: Sequence[Metadata], moments: Moments, apart: float) -> tuple[Metadata, ...]:
    """With those candidates of other refused figures that alone lie where the neighbours say.

    Args:
        frames: in order.
        moments: seconds, None where they are not known.
        apart: seconds by which those may be off (a clock that shows whole ones).
    """
    asked = {one.name for frame in frames for one in frame.refused if one.candidates}
    courses = [Course(name, frames, moments, apart) for name in SLACKS if name in asked]
    settings = {name: _known(name, frames) for name in SETTINGS if name in asked}
    out = []
    for index, (frame, moment) in enumerate(zip(frames, moments, strict=True)):
        fitting: dict[FactName, dict[float, float]] = {}
        for course in courses:
            fitting[course.name] = _on_course(frame, course, index, moment)
        for name, known in settings.items():
            fitting[name] = dict.fromkeys(_standing(_candidates(frame, name), index, known, moments), 1.0)
        out.append(_chosen(frame, fitting))
    return tuple(out)


def _candidates(frame: Metadata, name: FactName) -> list[float]:
    """Of a figure that is not known."""
    if name in frame.facts:
        return []
    return [value for one in frame.refused if one.name == name for value in one.candidates]


def _chosen(frame: Metadata, fitting: Mapping[FactName, Mapping[float, float]]) -> Metadata:
    """With those figures of which one alone fits, or one most likely; ``fitting``: values, and how well they fit."""
    facts = dict(frame.facts)
    for refused in frame.refused:
        value = _likeliest(refused, fitting.get(refused.name, {}))
        if value is not None and refused.name not in facts:
            facts[refused.name] = Fact(value=value, source=refused.source, text=refused.text)
    if len(facts) == len(frame.facts):
        return frame
    kept = tuple(one for one in frame.refused if one.name not in facts or one.name in frame.facts)
    return frame.model_copy(update={"facts": facts, "refused": kept})


def _likeliest(refused: RefusedFact, fitting: Mapping[float, float]) -> float | None:
    """The one that fits; of several the one that is by far the likeliest by its readings, where those are known, and by
    how well it fits."""
    if len(fitting) == 1:
        return next(iter(fitting))
    shares = {
        value: share * fitting[value]
        for value, share in zip(refused.candidates, refused.shares, strict=False)
        if value in fitting
    }
    if not shares:
        return None
    best = max(shares, key=lambda value: shares[value])
    return best if shares[best] >= CLEAR * sum(shares.values()) > 0 else None


def _on_course(frame: Metadata, course: Course, index: int, moment: float | None) -> dict[float, float]:
    """Of a figure's candidates, those that lie where the neighbours say, and how well."""
    if moment is None:
        return {}
    fits = {value: course.fits(index, moment, value) for value in _candidates(frame, course.name)}
    return {value: fit for value, fit in fits.items() if fit > 0}


def _standing(values: Sequence[float], index: int, known: Sequence[Known], moments: Moments) -> list[float]:
    """Of a setting's candidates, those that it has in the frames around."""
    here = moments[index]
    if not values or here is None:
        return []
    around = [
        value
        for other, value in _around(known, index)
        if (there := moments[other]) is not None and abs(there - here) <= REACH_S
    ]
    return [
        value
        for value in values
        if len(around) == 2 and all(math.isclose(value, other, rel_tol=SAME) for other in around)
    ]


def _times(values: Sequence[float], index: int, known: Sequence[Known]) -> list[float]:
    """Of these moments, or clocks of an unknown day and zone, those that lie evenly between the times around."""
    around = _around(known, index)
    if len(around) != 2:
        return []
    (first, before), (last, after) = around
    if abs(after - before) > 2 * REACH_S:
        return []
    expected = before + (after - before) * (index - first) / (last - first)
    moments = [
        value if value >= HALF_HOUR_S
        else value + HALF_HOUR_S * round((expected - value) / HALF_HOUR_S)
        for value in values
    ]  # fmt: skip
    most = CLOCK_S + CLOCK_SHARE * (after - before)
    return [moment for moment in moments if abs(moment - expected) <= most]


Known = tuple[int, float]
"""Number of a frame, and its figure."""


def _known(name: FactName, frames: Sequence[Metadata]) -> list[Known]:
    return [(index, value) for index, frame in enumerate(frames) if (value := frame.value(name)) is not None]


def _around(known: Sequence[Known], index: int) -> list[Known]:
    """The next frames on both sides that have a figure, with it; at an end the two nearest of the other side."""
    at = bisect_left(known, (index,))
    before = list(known[max(0, at - 2) : at])
    behind = at + 1 if at < len(known) and known[at][0] == index else at
    after = list(known[behind : behind + 2])
    return [before[-1], after[0]] if before and after else (before or after)
