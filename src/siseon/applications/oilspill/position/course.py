"""How steadily one figure changes over a flight, and so what it can be between two frames.

An aircraft has inertia, and so has what its turret looks at most of the time: between two moments a few seconds apart a
figure is nearly on a line. How nearly is bounded by what aircraft can do, and by how the figure went in the frames
around: one that has been smooth is.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from types import MappingProxyType

from siseon.applications.oilspill.contracts import FactName, Metadata
from siseon.applications.oilspill.position.clock import Moments
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.refusing import CAMERA, TARGET
from siseon.applications.oilspill.position.trend import Trend, trend

REACH_S = 10.0
"""Neighbours farther away in time say nothing about the line between."""
TINY = 1e-6
"""Metres or degrees: of floats."""
AROUND = 6
"""Known frames before and after, by which it is told how smooth a figure is."""
LEAST_STEPS = 4
"""Figures off the line that tell a step: one misread makes three."""
LEAST_AROUND = 5
"""Fewer do not tell it."""
TIMES = 4.0
"""Their median acceleration that a figure may have: that of one misread among them does not count."""


@dataclass(frozen=True, slots=True)
class Slack:
    """How far a figure may be off the line between its neighbours."""

    rounding: float
    """Of how coarsely it may be written, where too few frames tell."""
    least: float
    """Beside what its course shows; one step in which it is written, if that is more."""
    acceleration: float
    """Of the figure, per second squared; the most that can be."""
    most: float
    """Beyond which neighbours cannot decide."""
    circle: bool = False
    """Degrees of a direction."""
    wilful: bool = False
    """Moved by somebody's hand, not by an aircraft: only its course around tells how far."""


SLACKS = MappingProxyType[FactName, Slack](
    {
        "latitude": Slack(20.0, 3.0, 15.0, 50.0),
        "longitude": Slack(20.0, 3.0, 15.0, 50.0),
        "altitude_m": Slack(3.0, 0.5, 10.0, 30.0),
        "platform_heading": Slack(2.0, 0.5, 6.0, 15.0, circle=True),
        "target_latitude": Slack(20.0, 3.0, 50.0, 25.0, wilful=True),
        "target_longitude": Slack(20.0, 3.0, 50.0, 25.0, wilful=True),
        "sight_bearing": Slack(2.0, 0.5, 5.0, 5.0, circle=True, wilful=True),
        "slant_range_m": Slack(3.0, 1.0, 50.0, 50.0, wilful=True),
    }
)
"""Metres and degrees. Of coordinates the rounding is that of 0.01' around (18 m), the acceleration that of a turn with
one and a half times the earth's pull."""


DEGREES = (
    1 / 600,
    1 / 3600,
    1 / 6000,
    1e-3,
    1e-4,
    1 / 36_000,
    1 / 60_000,
    1e-5,
    1 / 360_000,
    1 / 600_000,
    1e-6,
)
"""In which coordinates are written, degrees: decimals of degrees, minutes and seconds."""
LENGTHS = (1.0, 0.3048, 0.1)
"""In which lengths are, metres."""
LEAST_DIFFERENT = 3
"""Figures that tell such a step."""
NEARLY = 1e-3
"""Steps by which a written figure may be off a whole number of them: of floats."""


def _is_whole(steps: float) -> bool:
    return abs(steps - round(steps)) <= NEARLY


class Course:
    """One figure of the frames that have it."""

    def __init__(self, name: FactName, frames: Sequence[Metadata], moments: Moments, apart: float) -> None:
        """``apart``: seconds by which moments may be off."""
        self.name, self.slack, self.apart = name, SLACKS[name], apart
        self.known = [
            (index, moment, value)
            for index, (frame, moment) in enumerate(zip(frames, moments, strict=True))
            if moment is not None and (value := frame.value(name)) is not None
        ]
        self._bends = [self._bend(at) for at in range(len(self.known))]
        self._step = self._written_step()

    def off(self, index: int, moment: float, value: float, *, ends: bool = False) -> float | None:
        """How far a value of the frame ``index`` is beyond what it may be off the line between its neighbours: at most
        0 where it fits; None where they do not tell.

        ``ends``: that of the first and last frames is off the line through the two nearest.
        """
        if (line := self._line(index, moment, ends=ends)) is None:
            return None
        expected, allowed = line
        return self._distance(value, expected) - allowed

    def fits(self, index: int, moment: float, value: float) -> float:
        """How well a value of the frame lies there: 1 where the figures around say that it is, 0 farther from the line
        between its neighbours than it may be or where those do not tell."""
        if (line := self._line(index, moment, ends=True)) is None:
            return 0.0
        expected, allowed = line
        share = self._distance(value, expected) / allowed
        if share > 1:
            return 0.0
        if (told := self._trend(index, moment)) is None:
            return math.exp(-2 * share**2)
        return told.likelihood(expected + self._apart(value, expected))

    def _trend(self, index: int, moment: float) -> Trend | None:
        """Of the figures around."""
        at = bisect_left(self.known, (index,))
        around = [
            (there, value)
            for _, there, value in self.known[max(0, at - AROUND) : at + AROUND]
            if abs(there - moment) <= REACH_S
        ]
        if not around:
            return None
        first = around[0][1]
        moments = [there for there, _ in around]
        values = [first + self._apart(value, first) for _, value in around]
        scale = self._distance(1.0, 0.0)
        return trend(moments, values, moment, max(self._step / scale, TINY / scale))

    def _line(self, index: int, moment: float, *, ends: bool) -> tuple[float, float] | None:
        """What the figure would be there by its neighbours, and how far it may be off that."""
        at = bisect_left(self.known, (index,))
        behind = at + (at < len(self.known) and self.known[at][0] == index)
        around = self.known[max(0, at - 1) : at] + self.known[behind : behind + 1]
        beyond = len(around) == 1 and ends
        if beyond:
            around = self.known[behind : behind + 2] if at == 0 else self.known[max(0, at - 2) : at]
        if len(around) != 2 or any(abs(moment - there) > REACH_S for _, there, _ in around):
            return None
        before, after = around
        (_, first, one), (_, last, other) = before, after
        spans = abs((moment - first) * (last - moment)) / 2
        if (usual := self._usual(at)) is not None:
            allowed = max(self.slack.least, self._step) + min(self.slack.acceleration, usual) * spans
        elif self.slack.wilful:
            return None
        else:
            moved = self._distance(one, other) / max(last - first, 1.0) * self.apart / 2
            allowed = max(self.slack.rounding, self._step) + self.slack.acceleration * spans + moved
        if allowed > self.slack.most:
            return None
        if beyond:  # a line that goes on beyond rounded figures is off by twice as much as one between them
            allowed = min(allowed + self._step, self.slack.most)
        return self._between(before, after, moment), allowed

    def breaks_off(self, index: int) -> float | None:
        """How far the first or last figure is off the line through the two next to it, where the next one is on the
        line of those further in: so it is this one, not the next. None where that cannot be told."""
        if len(self.known) < LEAST_AROUND or index not in (self.known[0][0], self.known[-1][0]):
            return None
        end = 0 if index == self.known[0][0] else len(self.known) - 1
        kept, bend = self.known.pop(end), self._bends.pop(end)
        next_to_it = self.off(*self.known[0 if end == 0 else -1], ends=True)
        self.known.insert(end, kept)
        self._bends.insert(end, bend)
        if next_to_it is None or next_to_it > 0:
            return None
        return self.off(*kept, ends=True)

    def is_spike(self, index: int) -> bool:
        """Whether the figure of a frame is farther from both its neighbours than they are from each other."""
        at = bisect_left(self.known, (index,))
        if not 0 < at < len(self.known) - 1:
            return False
        (_, _, before), (_, _, value), (_, _, after) = self.known[at - 1 : at + 2]
        apart = self._distance(before, after)
        return min(self._distance(value, before), self._distance(value, after)) > apart

    def without(self, index: int) -> None:
        """Take the figure of a frame out of those that are known."""
        at = bisect_left(self.known, (index,))
        del self.known[at], self._bends[at]

    def _written_step(self) -> float:
        """In which it is written, at least: rounded figures are off the line between rounded ones by multiples of half
        of it. One misread among smooth ones is off it too, with its neighbours, but not a third of all."""
        offs = [self._from_line(at) for at in range(len(self.known))]
        found = sorted(off for off in offs if off is not None and off > TINY)
        place = max(LEAST_STEPS, len(offs) // 3) - 1
        return max(2 * found[place] if place < len(found) else 0.0, self._way_of_writing())

    def _way_of_writing(self) -> float:
        """The coarsest of usual steps in which all of its figures can be; 0 where too few differ."""
        ways = DEGREES if self.name in (*CAMERA, *TARGET) else (1.0, 0.1) if self.slack.circle else LENGTHS
        values = {value for _, _, value in self.known}
        if len(values) < LEAST_DIFFERENT:
            return 1.0 if self.slack.circle and all(value.is_integer() for value in values) else 0.0
        step = next((way for way in ways if all(_is_whole(value / way) for value in values)), 0.0)
        return step * self._distance(1.0, 0.0)

    def _usual(self, at: int) -> float | None:
        """What it may bend there by its course in the frames around, which has its clock's errors in it already."""
        around = [one for one in self._bends[max(0, at - AROUND) : at + AROUND] if one is not None]
        return TIMES * median(around) if len(around) >= LEAST_AROUND else None

    def _bend(self, at: int) -> float | None:
        """Of a known figure between its neighbours, per second squared."""
        if not 0 < at < len(self.known) - 1:
            return None
        (_, first, _), (_, moment, _), (_, last, _) = self.known[at - 1 : at + 2]
        spans = (moment - first) * (last - moment) / 2
        off = self._from_line(at)
        return None if spans <= 0 or last - first > 2 * REACH_S or off is None else off / spans

    def _from_line(self, at: int) -> float | None:
        """How far a known figure is off the line between its neighbours."""
        if not 0 < at < len(self.known) - 1:
            return None
        before, (_, moment, value), after = self.known[at - 1 : at + 2]
        return self._distance(value, self._between(before, after, moment))

    def _between(self, before: Known, after: Known, moment: float) -> float:
        (_, first, one), (_, last, other) = before, after
        share = (moment - first) / (last - first) if last > first else 0.5
        return one + share * self._apart(other, one)

    def _apart(self, value: float, other: float) -> float:
        """By which a value is more than another one, the short way round."""
        circle = self.slack.circle or self.name.endswith("longitude")
        return (value - other + 180) % 360 - 180 if circle else value - other

    def _distance(self, one: float, other: float) -> float:
        """Metres of coordinates and lengths, degrees of directions; of a longitude at the equator, never too short."""
        if self.name in (CAMERA[0], TARGET[0]):
            return abs(metres_between(one, 0.0, other, 0.0)[0])
        if self.name in (CAMERA[1], TARGET[1]):
            return abs(metres_between(0.0, one, 0.0, other)[1])
        return abs((one - other + 180) % 360 - 180) if self.slack.circle else abs(one - other)


Known = tuple[int, float, float]
"""Number of a frame, its moment, its figure."""
