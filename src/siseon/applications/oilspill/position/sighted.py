"""Which of two figures of a target is right, by the line of sight to it: a witness for frames whose turret slews."""

from __future__ import annotations

import math
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
"""Farther off than this nothing is believed: with it a bearing decides to 2.3 km."""


def sighted(frame: Metadata) -> Metadata:
    """With the one target of those that were read that lies where bearing, range and height say."""
    camera = [frame.value(name) for name in CAMERA]
    slant, bearing = frame.value("slant_range_m"), frame.value("sight_bearing")
    height = height_above_target(frame)
    if all(name in frame.facts for name in TARGET) or None in camera:
        return frame
    if slant is None or bearing is None or height is None or height >= slant:
        return frame
    ground = math.sqrt(slant**2 - height**2)
    most = ground * math.radians(BEARING_DEGREES) + ROUNDING_M
    if most > MOST_M:
        return frame
    north, east = ground * math.cos(math.radians(bearing)), ground * math.sin(math.radians(bearing))
    found = []
    for latitude, longitude in set(product(*(_read(frame, name) for name in TARGET))):
        there = metres_between(camera[0] or 0.0, camera[1] or 0.0, latitude.value, longitude.value)
        if math.hypot(there[0] - north, there[1] - east) <= most:
            found.append((latitude, longitude))
    if len(found) != 1:
        return frame
    kept = tuple(one for one in frame.refused if one.name not in TARGET)
    facts = {**frame.facts, **dict(zip(TARGET, found[0], strict=True))}
    return frame.model_copy(update={"facts": facts, "refused": kept})


def _read(frame: Metadata, name: FactName) -> set[Fact]:
    """What one half of a position was read as."""
    if name in frame.facts:
        return {frame.facts[name]}
    return {
        Fact(value=value, source=one.source, text=one.text)
        for one in frame.refused if one.name == name
        for value in one.candidates
    }  # fmt: skip
