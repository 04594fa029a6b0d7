"""Which of two figures of a target is right, by the line of sight to it: a witness for frames whose turret slews.

How exactly range, height and positions agree is seen in the frames around. Where that is closely, a misread half of a
position is told by the length of the line alone, unless the line runs across what was misread.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import median

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata
from siseon.applications.oilspill.position.checks import OTHER_HALF, height_above_target
from siseon.applications.oilspill.position.clock import Moments
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.refusing import CAMERA, TARGET

BEARING_DEGREES = 0.5
"""Of a bearing that is written in whole degrees."""
ROUNDING_M = 15.0
"""Of the positions of camera and target together, written to 0.01', and of the range."""
MOST_M = 35.0
"""Farther off across the line of sight than this, from 2.3 km on, a bearing does not choose among readings that are as
near each other; it is a witness where what they differ by is more."""
AROUND_S = 10.0
LEAST_AROUND, MOST_AROUND = 6, 10
"""Frames within those seconds whose lines of sight tell how exactly theirs is known; the most on each side."""
TIMES, LEAST_M = 4.0, 2.0
"""Standard deviations of those by which another may be off their middle, and metres at least."""
NORMAL = 1.4826
"""Standard deviations of a median one, where errors are normal."""
CLEAR = 0.85
"""Share of the probability of all that lie there, that the taken one must have."""


Target = tuple[Fact, Fact]


@dataclass(frozen=True, slots=True)
class Line:
    """From a camera to its target, as range, height and bearing tell it."""

    camera: tuple[float, float]
    ground_m: float
    north: float
    """With ``east`` its direction, of length 1."""
    east: float

    def off(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Metres of a target beside the line and beyond its end."""
        north, east = metres_between(*self.camera, latitude, longitude)
        beside = north * self.east - east * self.north
        return beside, north * self.north + east * self.east - self.ground_m


@dataclass(frozen=True, slots=True)
class Usual:
    """How far beyond the ends of their lines the targets around are."""

    ahead_m: float
    spread_m: float
    """Standard deviation, by the median one."""

    @property
    def most_m(self) -> float:
        """By which another may be off the middle."""
        return max(TIMES * self.spread_m, LEAST_M)

    def likelihood(self, ahead_m: float) -> float:
        """1 in the middle, 0 beyond what may be."""
        off = abs(ahead_m - self.ahead_m)
        return (
            math.exp(-((off / max(self.spread_m, LEAST_M / TIMES)) ** 2) / 2) if off <= self.most_m else 0.0
        )


def sighted(frame: Metadata, usual: Usual | None = None) -> Metadata:
    """With the one target of those that were read that lies where bearing, range and height say."""
    known = [frame.facts[name].source for name in TARGET if name in frame.facts]
    if (len(known) == len(TARGET) and "interpolated" not in known) or (line := _line(frame)) is None:
        return frame
    across = line.ground_m * math.radians(BEARING_DEGREES) + ROUNDING_M
    read = {
        (latitude, longitude): share * other
        for (latitude, share), (longitude, other) in product(
            _read(frame, TARGET[0]).items(), _read(frame, TARGET[1]).items()
        )
    }
    found = {}
    for target, share in read.items():
        beside, ahead = line.off(target[0].value, target[1].value)
        fit = usual.likelihood(ahead) if usual is not None else float(abs(ahead) <= min(across, MOST_M))
        if abs(beside) <= across and fit > 0:
            found[target] = share * fit
    best = max(found, key=lambda target: found[target], default=None)
    if best is None or (len(found) > 1 and found[best] < CLEAR * sum(found.values())):
        return frame
    told = usual is not None and _is_told(line, frame, usual.most_m)
    if not told and (len(found) > 1 or (across > MOST_M and _has_neighbours(best, read, 2 * across))):
        return frame
    kept = tuple(one for one in frame.refused if one.name not in TARGET)
    facts = {**frame.facts, **dict(zip(TARGET, best, strict=True))}
    return frame.model_copy(update={"facts": facts, "refused": kept})


def usual_lines(frames: Sequence[Metadata], moments: Moments) -> list[Usual | None]:
    """How exactly the lines of sight around each frame are known; None where too few tell."""
    known = []
    for index, (frame, moment) in enumerate(zip(frames, moments, strict=True)):
        latitude, longitude = (frame.facts.get(name) for name in TARGET)
        if moment is None or latitude is None or longitude is None or latitude.source == "interpolated":
            continue
        if (line := _line(frame)) is not None:
            known.append((index, moment, line.off(latitude.value, longitude.value)[1]))
    return [_usual(known, index, moment) for index, moment in enumerate(moments)]


def _usual(known: Sequence[tuple[int, float, float]], index: int, moment: float | None) -> Usual | None:
    """By the frames around one; ``known``: number, moment and metres beyond the end of its line of each."""
    if moment is None:
        return None
    at = bisect_left(known, (index,))
    around = [
        off
        for _, there, off in known[max(0, at - MOST_AROUND) : at + MOST_AROUND]
        if abs(there - moment) <= AROUND_S
    ]
    if len(around) < LEAST_AROUND:
        return None
    middle = median(around)
    return Usual(middle, NORMAL * median(abs(off - middle) for off in around))


def _line(frame: Metadata) -> Line | None:
    latitude, longitude = (frame.value(name) for name in CAMERA)
    slant, bearing = frame.value("slant_range_m"), frame.value("sight_bearing")
    height = height_above_target(frame)
    if latitude is None or longitude is None or slant is None or bearing is None:
        return None
    if height is None or abs(height) >= slant:
        return None
    ground, where = math.sqrt(slant**2 - height**2), math.radians(bearing)
    return Line((latitude, longitude), ground, math.cos(where), math.sin(where))


def _is_told(line: Line, frame: Metadata, most_m: float) -> bool:
    """Whether each half that is not known, misread by what must not be, would end the line elsewhere."""
    sure = {one.name for one in frame.refused if one.detail == OTHER_HALF}
    return all(
        MOST_M * abs(part) > most_m
        for name, part in zip(TARGET, (line.north, line.east), strict=True)
        if name not in sure and (name not in frame.facts or frame.facts[name].source == "interpolated")
    )


def _has_neighbours(one: Target, read: Iterable[Target], near_m: float) -> bool:
    """Whether it was read as something else that is near: then it may be a third, which nobody read."""
    here = one[0].value, one[1].value
    return any(
        other != one and math.hypot(*metres_between(*here, other[0].value, other[1].value)) <= near_m
        for other in read
    )


def _read(frame: Metadata, name: FactName) -> dict[Fact, float]:
    """What one half of a position was read as, and how probable each is; alike where that is not known."""
    if name in frame.facts and frame.facts[name].source != "interpolated":
        return {frame.facts[name]: 1.0}
    return {
        Fact(value=value, source=one.source, text=one.text): share
        for one in frame.refused if one.name == name
        for value, share in zip(one.candidates, one.shares or (1.0,) * len(one.candidates), strict=True)
    }  # fmt: skip
