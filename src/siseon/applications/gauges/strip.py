"""The line of a needle in a strip that was sampled along it, to fractions of a sample."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Single = NDArray[np.float32]
Bools = NDArray[np.bool_]

HIDDEN = 5
"""Rows that a reflection or a joint may hide."""
BEGIN = 0.2
"""Of a needle's length, where its line begins to be looked at: farther in is the hub."""
TOO_WIDE = 1.5
"""Times the needle's width, from which something touches it."""
ROUNDS = 3
OFF_MIDDLE = 0.03
"""Radii of the scale by which a needle's line is expected to miss the middle."""
REWEIGHTED = 4
EDGE = (0.25, 0.75)
"""Cover between which is the edge of a needle."""
EDGES = 2.2
"""Standard deviations of the blur that both edges are broad together: 2.7 for two edges far apart (twice the normal
distribution's quartiles), 1.8 for a line that is all blur."""
SWAY = 0.004
"""Radii by which the middle of a needle is seen beside its line, at least: pixels and noise."""


class Line(NamedTuple):
    """A needle in a strip; lengths are in radii of the scale."""

    offset: float
    """To the side, at the middle of the dial."""
    slope: float
    deviation: float
    """Standard deviation of where it crosses the scale."""
    length: float
    width: float
    evenness: float
    """Share of its way that is covered."""
    blur: float
    """Standard deviation of the blur of its edges."""


def line_in(cover: Single, long: Floats, wide: Floats) -> Line | None:
    """The line of the needle that runs along a strip; None where there is too little of one.

    Args:
        cover: (A, B) float32, 0 to 1: how much of each sample is of the needle.
        long: (A,) where the rows are, in radii of the scale from the middle.
        wide: (B,) where the columns are, to the side of the strip's own line.
    """
    offset, slope, pitch = 0.0, 0.0, float(wide[1] - wide[0])
    rows = np.arange(len(long))
    deviation = length = width = evenness = blur = 0.0
    for _ in range(ROUNDS):
        middle = np.clip(np.round((offset + slope * long - wide[0]) / pitch).astype(int), 2, len(wide) - 3)
        near = np.stack([cover[rows, middle + step] for step in (-2, -1, 0, 1, 2)])
        there = near.max(axis=0) > 0.5
        last = _last(there)
        length = float(long[last])
        inside = _run(cover > 0.25, middle + near.argmax(axis=0) - 2)
        weight = cover * inside
        widths = weight.sum(axis=1)
        used = (
            there
            & (widths > 0)
            & (long > BEGIN * length)
            & (rows <= last)
            & (widths * pitch < 0.7 * (wide[-1] - wide[0]))
        )
        if used.sum() < 8:
            return None
        used &= widths < TOO_WIDE * np.median(widths[used])
        middles = (weight @ wide) / np.maximum(widths, 1e-6)
        offset, slope, deviation = _fitted(long[used], middles[used])
        width = float(np.median(widths[used])) * pitch
        edges = inside & (cover > EDGE[0]) & (cover < EDGE[1])
        blur = float(edges[used].sum(axis=1).mean()) * pitch / EDGES
        evenness = float(there[(long > 0.3) & (rows <= max(last, 0.35 * len(rows)))].mean())
    return Line(offset, slope, deviation, length, width, evenness, blur)


def _last(there: Bools) -> int:
    """The last row of the way from the middle of the strip outwards, over short gaps."""
    begin = int(len(there) * 0.3)
    gaps = np.flatnonzero(~there[begin:])
    for first in gaps:
        if not there[begin + first : begin + first + HIDDEN].any():
            return max(begin, begin + int(first) - 1)
    return len(there) - 1


def _run(inside: Bools, at: NDArray[np.intp]) -> Bools:
    """Of each row the run of columns around ``at`` that are inside, and one more on each side."""
    columns = np.arange(inside.shape[1])
    outside = ~inside
    left = np.where(outside & (columns <= at[:, None]), columns, -1).max(axis=1)
    right = np.where(outside & (columns >= at[:, None]), columns, inside.shape[1]).min(axis=1)
    return np.asarray((columns >= left[:, None]) & (columns <= right[:, None]))


def _fitted(x: Floats, y: Floats) -> tuple[float, float, float]:
    """Offset, slope, and standard deviation at 1 of a line, by least squares with Cauchy weights."""
    weight, scale = np.ones(len(x)), SWAY
    for _ in range(REWEIGHTED):
        # The normal equations of two unknowns, in full: NumPy's general solver takes longer than all the rest.
        weighted = weight * x
        ones, first, second = weight.sum() + (scale / OFF_MIDDLE) ** 2, weighted.sum(), weighted @ x
        right = weight @ y, weighted @ y
        det = ones * second - first * first
        offset = (second * right[0] - first * right[1]) / det
        slope = (ones * right[1] - first * right[0]) / det
        rest = y - offset - slope * x
        scale = max(SWAY, 1.48 * float(np.median(np.abs(rest))))
        weight = 1 / (1 + (rest / (2 * scale)) ** 2)
    at_scale = (second - 2 * first + ones) / det
    return float(offset), float(slope), float(scale * np.sqrt(at_scale))
