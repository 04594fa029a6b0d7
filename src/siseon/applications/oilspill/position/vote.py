"""What neighbours in time say about a frame's facts.

An aircraft has inertia: between two moments a few seconds apart its position is nearly on a line. So a position that is
off that line was misread, and of two figures that readers disagree on the one that lies on it is right. Nothing is
believed by this that could be more than ``MOST_SLACK_M`` off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata
from siseon.applications.oilspill.position.clock import Moments
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.refusing import CAMERA, refuse

ACCELERATION = 15.0
"""Metres per second squared, of a turn with one and a half times the earth's pull."""
ROUNDING_M = 20.0
"""Of a coordinate and those around it, each written to 0.01'."""
MOST_SLACK_M = 50.0
REACH_S = 10.0
"""Neighbours farther away in time say nothing about the line between."""
SPEED_MPS = 350.0
"""No aircraft that looks at the sea is faster."""
MEASURED = ("klv", "exif", "xmp", "sidecar", "stated")
"""Sources that are not read from pixels; their positions are not judged by their neighbours."""


@dataclass(frozen=True, slots=True)
class Slack:
    """How far a figure may be off the line between its neighbours."""

    rounding: float
    acceleration: float
    most: float
    """Beyond which neighbours cannot decide."""
    circle: bool = False
    """Degrees of a direction."""


SLACKS = MappingProxyType[FactName, Slack](
    {
        "altitude_m": Slack(3.0, 10.0, 30.0),
        "platform_heading": Slack(2.0, 6.0, 15.0, circle=True),
    }
)
"""Besides the camera's position, whose slack is in metres. What a turret points at may jump: nothing about the target
is decided."""


def continuous(frames: Sequence[Metadata], moments: Moments, apart: float) -> tuple[Metadata, ...]:
    """Without positions of the camera that it cannot have come to and gone from; the farthest off goes first.

    Args:
        frames: in order.
        moments: seconds, None where they are not known.
        apart: seconds by which those may be off (a clock that shows whole ones).
    """
    places = [_place(frame) if moments[index] is not None else None for index, frame in enumerate(frames)]
    known = [index for index, place in enumerate(places) if place is not None]
    out = list(frames)
    off = {index: _off(places, moments, known, at, apart) for at, index in enumerate(known)}
    while off:
        worst = max(off, key=lambda index: off[index])
        if off[worst] <= 0:
            break
        at = known.index(worst)
        if frames[worst].facts[CAMERA[0]].source in MEASURED:
            off[worst] = 0.0
            continue
        detail = (
            f"{off[worst]:.0f} m farther from its place between the frames before and after than it can be"
        )
        out[worst] = refuse(out[worst], CAMERA, "impossible_speed", detail)
        del off[worst]
        known.remove(worst)
        for near in range(max(0, at - 1), min(len(known), at + 1)):
            off[known[near]] = _off(places, moments, known, near, apart)
    return tuple(out)


def decided(frames: Sequence[Metadata], moments: Moments, apart: float) -> tuple[Metadata, ...]:
    """With those candidates of unsure figures that alone lie where the neighbours say."""
    return tuple(_decided(frames, moments, index, apart) for index in range(len(frames)))


def _decided(frames: Sequence[Metadata], moments: Moments, index: int, apart: float) -> Metadata:
    frame = frames[index]
    facts = dict(frame.facts)
    for refused in frame.refused:
        if refused.reason != "unsure" or refused.name in facts or not refused.candidates:
            continue
        near = _neighbours(frames, moments, index, refused.name)
        slack = _slack(refused.name, near, moments[index], apart)
        if near is None or slack is None:
            continue
        expected = _between(near, moments[index] or 0.0, circle=slack.circle)
        fitting = [
            value for value in refused.candidates if _distance(refused.name, value, expected) <= slack.most
        ]
        if len(fitting) == 1:
            facts[refused.name] = Fact(value=fitting[0], source=refused.source, text=refused.text)
    if len(facts) == len(frame.facts):
        return frame
    kept = tuple(one for one in frame.refused if one.name not in facts)
    return frame.model_copy(update={"facts": facts, "refused": kept})


@dataclass(frozen=True, slots=True)
class _Near:
    """A figure before and after, and when."""

    before: tuple[float, float]
    after: tuple[float, float]


def _neighbours(frames: Sequence[Metadata], moments: Moments, index: int, name: FactName) -> _Near | None:
    here = moments[index]
    if here is None:
        return None
    found = []
    for way in (range(index - 1, -1, -1), range(index + 1, len(frames))):
        for other in way:
            there, value = moments[other], frames[other].value(name)
            if there is None or value is None:
                continue
            if abs(there - here) <= REACH_S:
                found.append((there, value))
            break
    return _Near(found[0], found[1]) if len(found) == 2 else None


def _slack(name: FactName, near: _Near | None, here: float | None, apart: float) -> Slack | None:
    """What is left of a fact's slack where these are its neighbours; None where they cannot decide."""
    if near is None or here is None:
        return None
    (first, one), (last, other) = near.before, near.after
    base = Slack(ROUNDING_M, ACCELERATION, MOST_SLACK_M) if name in CAMERA else SLACKS.get(name)
    if base is None:
        return None
    moved = _distance(name, one, other) / max(last - first, 1.0) * apart / 2
    allowed = base.rounding + base.acceleration * (here - first) * (last - here) / 2 + moved
    return Slack(base.rounding, base.acceleration, allowed, base.circle) if allowed <= base.most else None


def _between(near: _Near, here: float, *, circle: bool) -> float:
    (first, one), (last, other) = near.before, near.after
    share = (here - first) / (last - first) if last > first else 0.5
    step = (other - one + 180) % 360 - 180 if circle else other - one
    return (one + share * step) % 360 if circle else one + share * step


def _distance(name: FactName, one: float, other: float) -> float:
    """Metres of coordinates and lengths, degrees of directions. Of a longitude as at the equator: never too short."""
    if name == "latitude":
        return abs(metres_between(one, 0.0, other, 0.0)[0])
    if name == "longitude":
        return abs(metres_between(0.0, one, 0.0, other)[1])
    return abs((one - other + 180) % 360 - 180) if SLACKS[name].circle else abs(one - other)


Place = tuple[float, float]


def _place(frame: Metadata) -> Place | None:
    latitude, longitude = (frame.value(name) for name in CAMERA)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _off(
    places: Sequence[Place | None], moments: Moments, known: Sequence[int], at: int, apart: float
) -> float:
    """Metres beyond what may be between the known places before and after; at most 0 where all is well."""
    around = [known[near] for near in (at - 1, at + 1) if 0 <= near < len(known)]
    index = known[at]
    here, now = places[index], moments[index]
    sides = [
        (place, moment)
        for near in around
        if (place := places[near]) and (moment := moments[near]) is not None
    ]
    if here is None or now is None or not sides:
        return 0.0
    if len(sides) == 2 and all(abs(moment - now) <= REACH_S for _, moment in sides):
        (before, first), (after, last) = sides
        share = (now - first) / (last - first) if last > first else 0.5
        expected = (
            before[0] + share * (after[0] - before[0]),
            before[1] + share * ((after[1] - before[1] + 180) % 360 - 180),
        )
        speed = math.hypot(*metres_between(*before, *after)) / max(last - first, 1.0)
        bend = ACCELERATION * (now - first) * (last - now) / 2
        most = math.sqrt(2) * ROUNDING_M + bend + min(speed, SPEED_MPS) * apart / 2
        return math.hypot(*metres_between(*here, *expected)) - most
    return max(
        math.hypot(*metres_between(*here, *place)) - SPEED_MPS * (abs(moment - now) + apart) - ROUNDING_M
        for place, moment in sides
    )
