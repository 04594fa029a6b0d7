"""Facts that a frame lacks, from those before and after it. Every filled value says ``interpolated``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import MappingProxyType

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata
from siseon.applications.oilspill.position.clock import Moments
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.outliers import ROUNDING_M, SPEED_MPS
from siseon.applications.oilspill.position.refusing import CAMERA, PAIRS, TARGET

FAR_S, NEAR_S = 10.0, 2.0
"""Seconds between the frames that a gap is filled from; and from the nearest one, where there is none on the other side
and its figure is held."""
HOLD_S = 1.0
"""The same of what moves; the aircraft itself is not held, but moved on."""
MOVING: frozenset[FactName] = frozenset((*CAMERA, *TARGET, "slant_range_m", "sight_bearing"))
CIRCLES: frozenset[FactName] = frozenset(("platform_heading", "sensor_azimuth", "sight_bearing"))
SETTINGS: frozenset[FactName] = frozenset(("hfov", "vfov"))
"""Held, not drawn a line between: a zoom has steps."""
GAPS = MappingProxyType[FactName, float](
    {
        "latitude": FAR_S,
        "longitude": FAR_S,
        "altitude_m": FAR_S,
        "height_m": FAR_S,
        "ellipsoid_height_m": FAR_S,
        "platform_heading": FAR_S / 2,
        "platform_pitch": NEAR_S,
        "platform_roll": NEAR_S,
        "sensor_azimuth": NEAR_S,
        "sensor_elevation": NEAR_S,
        "sensor_roll": NEAR_S,
        "hfov": NEAR_S,
        "vfov": NEAR_S,
        "slant_range_m": NEAR_S,
        "target_latitude": NEAR_S,
        "target_longitude": NEAR_S,
        "target_elevation_m": FAR_S,
        "target_width_m": NEAR_S,
        "sight_bearing": NEAR_S,
    }
)
"""Longest gap of each, seconds between the frames on both sides: what turns quickly is soon unknown."""
SAME = 1e-6
"""Of settings: nothing has changed between."""


def filled(frames: Sequence[Metadata], moments: Moments, apart: float) -> tuple[Metadata, ...]:
    """With what lies in short gaps; positions only whole, those of the camera only between two that one aircraft can
    have been at. Frames of unknown time are left as they are, except that their time lies between those of their
    neighbours.

    Args:
        frames: in order.
        moments: seconds, None where they are not known.
        apart: seconds by which those may be off (a clock that shows whole ones).
    """
    found: list[dict[FactName, Fact]] = [{} for _ in frames]
    for name, most in GAPS.items():
        for index, value in _values(frames, moments, name, most, apart).items():
            found[index][name] = Fact(value=value, source="interpolated")
    is_timed = any("time" in frame.facts for frame in frames)
    for index, (frame, moment) in enumerate(zip(frames, moments, strict=True)):
        if is_timed and "time" not in frame.facts and moment is not None:
            found[index]["time"] = Fact(value=moment, source="interpolated")
    return tuple(_with(frame, facts) for frame, facts in zip(frames, found, strict=True))


def _with(frame: Metadata, facts: dict[FactName, Fact]) -> Metadata:
    for pair in PAIRS:
        if any(name not in facts for name in pair):
            facts = {name: fact for name, fact in facts.items() if name not in pair}
    return frame.model_copy(update={"facts": {**frame.facts, **facts}}) if facts else frame


def _values(
    frames: Sequence[Metadata], moments: Moments, name: FactName, most: float, apart: float
) -> dict[int, float]:
    """By the frames that lack it."""
    timed = [(index, moment) for index, moment in enumerate(moments) if moment is not None]
    known = [
        (index, moment, value) for index, moment in timed if (value := frames[index].value(name)) is not None
    ]
    out: dict[int, float] = {}
    at = 0
    for index, moment in timed:
        while at < len(known) and known[at][0] <= index:
            at += 1
        if at and known[at - 1][0] == index:
            continue
        before = known[at - 1] if at else None
        after = known[at] if at < len(known) else None
        if name in CAMERA and before is not None and after is not None:
            seconds = after[1] - before[1] + apart
            if not _one_aircraft(frames[before[0]], frames[after[0]], seconds):
                continue
        value = _value(name, moment, before, after, most)
        if value is not None and name in CAMERA and (before is None or after is None):
            value = _onward(name, moment, known[at - 2 : at] if after is None else known[at : at + 2], value)
        if value is not None:
            out[index] = value
    return out


def _one_aircraft(before: Metadata, after: Metadata, seconds: float) -> bool:
    """Whether it can have come from the one place to the other."""
    here, there = ([frame.value(name) for name in CAMERA] for frame in (before, after))
    match (*here, *there):
        case (float(a), float(b), float(c), float(d)):
            return math.hypot(*metres_between(a, b, c, d)) <= SPEED_MPS * seconds + ROUNDING_M
        case _:
            return False


Known = tuple[int, float, float]


def _value(
    name: FactName, moment: float, before: Known | None, after: Known | None, most: float
) -> float | None:
    if before is not None and after is not None:
        if after[1] - before[1] > most:
            return None
        return _between(name, moment, before, after)
    only = before or after
    hold = HOLD_S if name in MOVING else NEAR_S
    return only[2] if only is not None and abs(moment - only[1]) <= hold else None


def _onward(name: FactName, moment: float, nearest: Sequence[Known], held: float) -> float:
    """Before the first or behind the last place an aircraft was on the line through the two next to it."""
    if len(nearest) < 2 or not 0 < nearest[1][1] - nearest[0][1] <= FAR_S:
        return held
    value = _between(name, moment, nearest[0], nearest[1])
    return held if value is None else value


def _between(name: FactName, moment: float, before: Known, after: Known) -> float | None:
    step = after[2] - before[2]
    if name in SETTINGS:
        return before[2] if abs(step) <= SAME * abs(before[2]) else None
    share = (moment - before[1]) / (after[1] - before[1]) if after[1] > before[1] else 0.5
    if name in CIRCLES:
        return (before[2] + share * ((step + 180) % 360 - 180)) % 360
    if name.endswith("longitude"):
        return (before[2] + share * ((step + 180) % 360 - 180) + 180) % 360 - 180
    return before[2] + share * step
