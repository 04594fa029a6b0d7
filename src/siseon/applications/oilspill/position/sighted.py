"""Which of two figures of a target is right, by the line of sight to it: a witness for frames whose turret slews."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import product

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata
from siseon.applications.oilspill.position.checks import height_above_target
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.refusing import CAMERA, TARGET

BEARING_DEGREES = 0.5
"""Of a bearing that is written in whole degrees."""
ROUNDING_M = 15.0
"""Of the positions of camera and target together, written to 0.01', and of the range."""
MOST_M = 35.0
"""Farther off across the line of sight than this, from 2.3 km on, a bearing does not choose among readings that are as
near each other; it is a witness where what they differ by is more."""


Target = tuple[Fact, Fact]


def sighted(frame: Metadata) -> Metadata:
    """With the one target of those that were read that lies where bearing, range and height say."""
    camera = [frame.value(name) for name in CAMERA]
    slant, bearing = frame.value("slant_range_m"), frame.value("sight_bearing")
    height = height_above_target(frame)
    known = [frame.facts[name].source for name in TARGET if name in frame.facts]
    if None in camera or (len(known) == len(TARGET) and "interpolated" not in known):
        return frame
    if slant is None or bearing is None or height is None or height >= slant:
        return frame
    ground = math.sqrt(slant**2 - height**2)
    across = ground * math.radians(BEARING_DEGREES) + ROUNDING_M
    along_north, along_east = math.cos(math.radians(bearing)), math.sin(math.radians(bearing))
    found = []
    read = set(product(_read(frame, TARGET[0]), _read(frame, TARGET[1])))
    for latitude, longitude in read:
        north, east = metres_between(camera[0] or 0.0, camera[1] or 0.0, latitude.value, longitude.value)
        beside = north * along_east - east * along_north
        ahead = north * along_north + east * along_east - ground
        if abs(beside) <= across and abs(ahead) <= min(across, MOST_M):
            found.append((latitude, longitude))
    if len(found) != 1 or (across > MOST_M and _has_neighbours(found[0], read, 2 * across)):
        return frame
    kept = tuple(one for one in frame.refused if one.name not in TARGET)
    facts = {**frame.facts, **dict(zip(TARGET, found[0], strict=True))}
    return frame.model_copy(update={"facts": facts, "refused": kept})


def _has_neighbours(one: Target, read: Iterable[Target], near_m: float) -> bool:
    """Whether it was read as something else that is near: then it may be a third, which nobody read."""
    here = one[0].value, one[1].value
    return any(
        other != one and math.hypot(*metres_between(*here, other[0].value, other[1].value)) <= near_m
        for other in read
    )


def _read(frame: Metadata, name: FactName) -> set[Fact]:
    """What one half of a position was read as."""
    if name in frame.facts and frame.facts[name].source != "interpolated":
        return {frame.facts[name]}
    return {
        Fact(value=value, source=one.source, text=one.text)
        for one in frame.refused if one.name == name
        for value in one.candidates
    }  # fmt: skip
