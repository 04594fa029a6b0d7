"""The marks of a scale, one beside each of its numbers: seen, they tell a scale to a fraction of a degree.

Numbers stand beside their marks within a degree or two. A mark is looked for that near to its number, on a ring
on which all numbers have one, all about as far beside them, and longer than the marks between.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.needle import find_needles
from siseon.applications.gauges.polar import sample
from siseon.applications.gauges.reading import Known

Floats = NDArray[np.float64]

STEP = 0.1
"""Degrees between two columns."""
INSIDE, OUTSIDE = np.arange(0.7, 0.86, 0.0125), np.arange(1.14, 1.66, 0.0125)
"""Radii of the numbers' circle at which marks are looked for: not where the numbers are, whose strokes are alike."""
BAND = 4
"""Rings that are taken together: a mark is longer."""
AROUND = 5.0
"""Degrees to each side that say what the face looks like."""
NEAR = 4.0
"""Degrees beside a number in which its mark is looked for, at most,"""
OF_A_DIVISION = 0.3
"""and of the way to the next number."""
LEAST_CONTRAST = 10.0
"""Levels by which a mark differs from the face."""
WIDEST = 4.0
"""Degrees of a mark: what is wider is a letter."""
LONG = 0.8
"""Radii of the numbers' circle from which a needle may reach the marks."""
COVERED = 6.0
"""Degrees beside a needle in which it, or its shadow, is seen."""
UNLIKE = 1.2
"""Degrees by which a mark stands beside its number unlike the others, at most: else it is of another scale."""
STANDS_OUT = 1.4
"""Times the contrast of all that is as far from its number, from which a mark is none of those between numbers."""
BESIDE = 1.0
"""Degrees beside its number from which a mark must stand out."""


class _Ring(NamedTuple):
    """What is seen at one radius."""

    radius: float
    offsets: Floats
    """Of the mark of each number, in degrees beside it."""
    stands_out: bool


def marked(pixels: NDArray[np.uint8], known: Known) -> Known | None:
    """The dial with its marks where they are seen in (H, W, 3) uint8 RGB; None where they are not, or not for sure.

    ``known`` is a dial whose marks are where its numbers stand.
    """
    angles = np.radians(np.arange(round(360 / STEP)) * STEP)
    circle = np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    if _hidden(pixels, known):
        return None
    found = []
    for rings in (INSIDE, OUTSIDE):
        points = (rings * known.scale_radius)[:, None, None] * circle
        grey = sample(pixels, known.to_picture, points).mean(axis=2)
        bands = np.lib.stride_tricks.sliding_window_view(grey, BAND, axis=0).mean(axis=2)
        radii = np.lib.stride_tricks.sliding_window_view(rings, BAND).mean(axis=1)
        for sign in (1.0, -1.0):
            for radius, seen in zip(radii.tolist(), sign * (_ground(bands) - bands), strict=True):
                ring = _ring(radius, np.asarray(seen, np.float64), known)
                found += [] if ring is None else [ring]
    if not found:
        return None
    best = min(found, key=lambda ring: (not ring.stands_out, float(np.std(ring.offsets))))
    if not best.stands_out and np.abs(best.offsets).max() > BESIDE:
        return None
    radius = best.radius * known.scale_radius
    return replace(known, angles=known.angles + best.offsets, scale_radius=radius, deviation=0.0)


def _hidden(pixels: NDArray[np.uint8], known: Known) -> bool:
    """Whether a needle points at a number, and would be taken for its mark."""
    needles = find_needles(pixels, known.to_picture, known.scale_radius)
    tips = np.array([one.angle for one in needles if one.length >= LONG])
    beside = (known.angles[:, None] - tips + 180) % 360 - 180
    return bool((np.abs(beside) < COVERED).any())


def _ground(bands: NDArray[np.floating]) -> NDArray[np.floating]:
    """What the face looks like around each column."""
    every = round(AROUND / STEP / 10)
    coarse = bands[:, ::every]
    reach = round(AROUND / STEP / every)
    padded = np.pad(coarse, ((0, 0), (reach, reach)), mode="wrap")
    slow = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=1), axis=2)
    return np.repeat(slow, every, axis=1)


def _ring(radius: float, seen: Floats, known: Known) -> _Ring | None:
    """The marks at one radius; None where a number has none, or one unlike the others."""
    near = min(NEAR, OF_A_DIVISION * float(np.diff(known.angles).min()))
    offsets = np.array([_mark(seen, angle, near) for angle in known.angles.tolist()])
    if not (np.abs(offsets - np.median(offsets)) < UNLIKE).all():  # nor where one is NaN
        return None
    return _Ring(radius, offsets, _stands_out(seen, known.angles + offsets, near))


def _mark(seen: Floats, angle: float, near: float) -> float:
    """Degrees from a number to the middle of the mark beside it; NaN where there is none."""
    reach = round(near / STEP)
    first = round(angle / STEP)
    window = seen[(first + np.arange(-reach, reach + 1)) % len(seen)]
    top = int(window.argmax())
    if window[top] < LEAST_CONTRAST or top in (0, 2 * reach):
        return float("nan")
    high = window > window[top] / 2
    left = top - int(np.argmin(high[top::-1])) + 1 if not high[: top + 1].all() else 0
    right = top + int(np.argmin(high[top:])) - 1 if not high[top:].all() else 2 * reach
    if left == 0 or right == 2 * reach or (right - left + 1) * STEP > WIDEST:
        return float("nan")
    across = np.arange(left, right + 1)
    middle = float((across * window[across]).sum() / window[across].sum())
    return (first - reach + middle) * STEP - angle


def _stands_out(seen: Floats, places: Floats, near: float) -> bool:
    """Whether the marks of numbers have more contrast than all else that is near them."""
    reach = round(near / STEP)
    ratios = []
    for place in places.tolist():
        window = seen[(round(place / STEP) + np.arange(-reach, reach + 1)) % len(seen)]
        own = np.abs(np.arange(-reach, reach + 1)) * STEP < near / 2
        ratios.append(window[own].max() / max(float(window[~own].max()), 1.0))
    return bool(np.median(ratios) > STANDS_OUT)
