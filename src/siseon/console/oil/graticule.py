"""Lines of longitude and latitude over a map, coarse ones for the whole and finer ones to zoom in to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from siseon.console.oil.plane import Plane

Kind = Literal["lon", "lat"]
STEPS = (30.0, *(step * 10.0**power for power in (1, 0, -1, -2, -3, -4, -5) for step in (2, 1, 0.5)))
"""Degrees between lines."""
MOST_LINES = (6, 18, 54)
"""Of a direction over the whole map, from the coarsest level to the finest."""
BEYOND = 1.8
"""Of the map's longer side: a person can move a bit out of it."""
POINTS = 33
"""Of a line: it may be bent."""
SAMPLES = 17
LAST = 89.9
"""Degrees of latitude up to which there are lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """One of them."""

    kind: Kind
    label: str
    points: tuple[tuple[float, float], ...]
    """Metres on the map."""


def graticule(
    plane: Plane, middle: tuple[float, float], side: float, places: int
) -> tuple[tuple[Line, ...], ...]:
    """Levels from coarse to fine, of a map with this middle and longer side in metres; ``places``: decimals."""
    reach = side * BEYOND / 2
    axis = np.linspace(-reach, reach, SAMPLES)
    corners = np.stack(np.meshgrid(axis + middle[0], axis + middle[1]), axis=-1).reshape(-1, 2)
    seen = plane.places(corners)
    seen = seen[np.isfinite(seen).all(axis=1)]
    if not len(seen):
        return ()
    (west, south), (east, north) = seen.min(axis=0), seen.max(axis=0)
    south, north = max(south, -LAST), min(north, LAST)
    ends: dict[Kind, tuple[float, float]] = {"lon": (west, east), "lat": (south, north)}
    across: dict[Kind, tuple[float, float]] = {"lon": (south, north), "lat": (west, east)}
    levels = []
    for most in MOST_LINES:
        level: list[Line] = []
        for kind, (least, last) in ends.items():
            step, degrees = _lines(least, last, most)
            decimals = max(0, -math.floor(math.log10(step) + 1e-9))
            level += [_line(plane, kind, each, across[kind], decimals, places) for each in degrees]
        levels.append(tuple(level))
    return tuple(levels)


def _lines(least: float, last: float, most: int) -> tuple[float, list[float]]:
    """The finest step of which there are at most so many lines between two degrees, and these."""
    fitting = [step for step in STEPS if math.floor(last / step) - math.ceil(least / step) < most]
    step = fitting[-1] if fitting else STEPS[0]
    return step, [number * step for number in range(math.ceil(least / step), math.floor(last / step) + 1)]


def _line(
    plane: Plane,
    kind: Kind,
    at: float,
    ends: tuple[float, float],
    decimals: int,
    places: int,
) -> Line:
    along = np.linspace(*ends, POINTS)
    fixed = np.full(POINTS, at)
    degrees = np.stack([fixed, along] if kind == "lon" else [along, fixed], axis=1)
    metres = plane.metres(degrees)
    points = metres[np.isfinite(metres).all(axis=1)].round(places)
    return Line(kind, label(kind, at, decimals), tuple((float(x), float(y)) for x, y in points))


def label(kind: Kind, degrees: float, decimals: int) -> str:
    """``56.02° N``; longitudes that go on over the antimeridian come back."""
    value = round((degrees + 180) % 360 - 180 if kind == "lon" else degrees, decimals)
    if kind == "lon" and abs(value) == 180:
        return f"{180:.{decimals}f}°"
    letter = ("E" if value > 0 else "W") if kind == "lon" else ("N" if value > 0 else "S")
    return f"{abs(value):.{decimals}f}°{'' if value == 0 else ' ' + letter}"
