"""A flight laid flat: what is drawn of it, in metres, within bounds that a browser draws at once.

The largest slicks are drawn, and frames picked evenly; what is left out is counted. Outlines are as fine as the map can
be looked at, and coarser where there are too many corners.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siseon.console.oil.graticule import Line, graticule
from siseon.console.oil.known import Flight, Places
from siseon.console.oil.plane import Metres, Plane

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SLICKS, MOST_FRAMES = 2000, 1000
MOST_CORNERS = 60_000
"""Of all slicks together: about 700 kB for the browser."""
FINEST = 1 / 40_000
"""Of the map's longer side, by which an outline may be off."""
LEAST_OFF_M = 0.05
LEAST_SIDE_M = 20.0
FAR = 3.0
"""Longer sides of the map: a camera that is farther from its middle is not drawn."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A slick or a frame on the map."""

    number: int
    """In the flight's slicks or frames, from 0."""
    path: str
    """Of SVG: numbers alone."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom."""
    camera: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is drawn; metres, x to the right and y down."""

    box: tuple[float, float, float, float]
    slicks: tuple[Shape, ...]
    frames: tuple[Shape, ...]
    course: str
    """Path through the cameras, in order of time."""
    levels: tuple[tuple[Line, ...], ...]
    slicks_left_out: int
    frames_left_out: int


def sheet_of(flight: Flight, plane: Plane | None = None) -> Sheet | None:
    """The map; None where nothing has a place. Blocks.

    ``plane``: that it is laid on, where that is not the one about its middle.

    Raises:
        DependencyMissing: pyproj is not installed.
    """
    placed = [number for number, (_, rings) in enumerate(flight.frames) if rings]
    step = max(1, math.ceil(len(placed) / MOST_FRAMES))
    frames = [(number, flight.frames[number][1]) for number in placed[::step]]
    slicks = [(number, rings) for number, (_, rings) in enumerate(flight.slicks) if rings]
    rings = [ring for _, of_one in (*frames, *slicks) for ring in of_one]
    if not rings:
        return None
    plane = plane or Plane.about(np.concatenate(rings))
    flat_frames = list(_flat(plane, frames))
    flat_slicks = list(_flat(plane, slicks))
    every = [ring for _, of_one in (*flat_frames, *flat_slicks) for ring in of_one]
    if not every:
        return None
    box = _box(every)
    side = max(box[2] - box[0], box[3] - box[1], LEAST_SIDE_M)
    drawn, off = _simpler(flat_slicks[:MOST_SLICKS], max(side * FINEST, LEAST_OFF_M))
    places = max(0, -math.floor(math.log10(off)))
    cameras = _cameras(plane, flight, [number for number, _ in flat_frames], box, side)
    course = [
        cameras[number]
        for number in _by_time(flight, [number for number, _ in flat_frames if number in cameras])
    ]
    return Sheet(
        box,
        tuple(_shape(number, of_one, places) for number, of_one in drawn),
        tuple(_shape(number, of_one, places, cameras.get(number)) for number, of_one in flat_frames),
        _path(np.array(course), places) if len(course) > 1 else "",
        graticule(plane, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), side, places),
        len(flight.slicks) - len(drawn),
        len(placed) - len(flat_frames),
    )


def _by_time(flight: Flight, numbers: list[int]) -> list[int]:
    """As frames were taken, where all say when; else as they are."""
    times = [flight.frames[number][0].time for number in numbers]
    known = [at for at in times if at is not None]
    return (
        [number for _, number in sorted(zip(known, numbers, strict=True))]
        if len(known) == len(times)
        else numbers
    )


Flat = tuple[int, list[Metres]]


def _flat(plane: Plane, things: Iterable[tuple[int, Sequence[Places]]]) -> Iterable[Flat]:
    """Those that lie on the map whole."""
    for number, rings in things:
        metres = [plane.metres(ring) for ring in rings]
        if all(np.isfinite(ring).all() for ring in metres):
            yield number, metres


def _simpler(slicks: Sequence[Flat], off: float) -> tuple[list[Flat], float]:
    """Outlines that leave their own by at most ``off`` metres, which is raised until there are few enough corners; the
    smallest slicks are left out where that does not help.
    """
    for _ in range(6):
        made = [(number, [_approximate(ring, off) for ring in rings]) for number, rings in slicks]
        if sum(len(ring) for _, rings in made for ring in rings) <= MOST_CORNERS:
            break
        off *= 2
    many = np.cumsum([sum(map(len, rings)) for _, rings in made])
    return [one for one, so_far in zip(made, many, strict=True) if so_far <= MOST_CORNERS], off


def _approximate(ring: Metres, off: float) -> Metres:
    import cv2

    # About its own corner: float32 has no room for metres far from the middle.
    least = ring.min(axis=0)
    found: NDArray[np.float64] = cv2.approxPolyDP((ring - least).astype(np.float32), off, closed=True)[
        :, 0, :
    ]
    return found.astype(np.float64) + least if len(found) >= 3 else ring[:: max(1, len(ring) // 4)][:4]


def _cameras(
    plane: Plane, flight: Flight, numbers: Sequence[int], box: tuple[float, float, float, float], side: float
) -> dict[int, tuple[float, float]]:
    """Where cameras were, by the number of the frame."""
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
    found = {}
    for number in numbers:
        frame = flight.frames[number][0]
        if frame.camera_longitude is None or frame.camera_latitude is None or abs(frame.camera_latitude) > 90:
            continue
        (at,) = plane.metres(np.array([[frame.camera_longitude, frame.camera_latitude]]))
        if np.isfinite(at).all() and float(np.abs(at - middle).max()) <= FAR * side:
            found[number] = (float(at[0]), float(at[1]))
    return found


def _shape(
    number: int, rings: Sequence[Metres], places: int, camera: tuple[float, float] | None = None
) -> Shape:
    rounded = None if camera is None else (round(camera[0], places), round(camera[1], places))
    return Shape(number, "".join(_path(ring, places) + "Z" for ring in rings), _box(rings), rounded)


def _path(points: Metres, places: int) -> str:
    return "M" + "L".join(f"{x:.{places}f} {y:.{places}f}" for x, y in points.tolist())


def _box(rings: Sequence[Metres]) -> tuple[float, float, float, float]:
    corners = np.concatenate([np.stack([ring.min(axis=0), ring.max(axis=0)]) for ring in rings])
    (left, top), (right, bottom) = corners.min(axis=0).round(2), corners.max(axis=0).round(2)
    return float(left), float(top), float(right), float(bottom)
