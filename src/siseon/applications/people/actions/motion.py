"""How fast somebody goes, and where to, from the way of the box; in heights of the body a second.

On the plane of the camera's stretch: a camera that turns does not make people walk. Towards the camera and away from it
a box hardly moves, but it grows or shrinks while its feet go down or up; then the change of its height tells the speed,
for a lens of the angle that is assumed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.actions.body import EDGE, Values, rising
from siseon.applications.people.series import Series

AROUND_MS = 500
"""Boxes this long before and after a second tell its speed too: steps sway."""
LEAST_BOXES = 3
LEAST_MS = 600
TALL_MS = 2_000
TALLEST = 90.0
"""Percentile of the heights of boxes this long before and after a second that is the body's: who bends, or walks out of
the picture, is not smaller."""
FOCAL = 1.0
"""Assumed, in widths of the picture: 53 degrees from side to side."""
NEARING = (0.12, 0.3)
"""Heights a second: a slow walk is 0.4."""
AHEAD = (0.7, 0.9)
"""Cosine of the angle between where one goes and where the other is."""
FEET_MOVE = 0.02
"""Heights a second by which feet go down where a box that grows comes nearer, and is not of raised arms."""


def whole(way: Series, size: tuple[int, int]) -> NDArray[np.bool_]:
    """(N,): whether the box does not touch the edge of the picture; ``size``: its width and height, pixels."""
    sides = np.array(size * 2)
    inside = (way.boxes > EDGE * sides) & (way.boxes < (1 - EDGE) * sides)
    return np.array(inside.all(axis=1), bool)


def statures(way: Series, ticks: NDArray[np.int64], tick_ms: int, inside: NDArray[np.bool_]) -> Values:
    """(T,) pixels of the body in each second that starts at ``ticks``: of whole boxes, or of the tallest around."""
    found = np.empty(len(ticks))
    for at, tick in enumerate(ticks):
        rows = slice(*np.searchsorted(way.t_ms, [tick - AROUND_MS, tick + tick_ms + AROUND_MS]))
        if inside[rows].any():
            found[at] = np.median(way.heights[rows][inside[rows]])
        else:
            rows = slice(*np.searchsorted(way.t_ms, [tick - TALL_MS, tick + tick_ms + TALL_MS]))
            found[at] = np.percentile(way.heights[rows], TALLEST)
    return found


def velocities(
    way: Series, ticks: NDArray[np.int64], tick_ms: int, tall: Values, inside: NDArray[np.bool_], width: int
) -> tuple[NDArray[np.complex128], Values]:
    """(T,) across the picture (x + iy) and (T,) speed with depth, of each second that starts at ``ticks``.

    NaN where the boxes are too few, or the camera's motion is not known. ``tall``: (T,) ``statures``; ``width``: of the
    picture, pixels.
    """
    across = np.full(len(ticks), np.nan + 1j * np.nan, np.complex128)
    speeds = np.full(len(ticks), np.nan)
    for at, tick in enumerate(ticks):
        rows = slice(*np.searchsorted(way.t_ms, [tick - AROUND_MS, tick + tick_ms + AROUND_MS]))
        times, stretch = way.t_ms[rows] / 1000.0, way.stretch[rows]
        if not _enough(times) or stretch[0] < 0 or (stretch != stretch[0]).any():
            continue
        across[at] = _slope(times, way.feet[rows]) / tall[at]
        sinking = across[at].imag
        deep = 0.0
        if _enough(times[inside[rows]]):  # the height of a box that is cut off says nothing
            heights = np.log(way.heights[rows][inside[rows]]).astype(np.complex128)
            growth = _slope(times[inside[rows]], heights).real
            if growth * sinking > 0 and abs(sinking) >= FEET_MOVE:
                deep = growth * FOCAL * width / tall[at]
        speeds[at] = np.hypot(across[at].real, max(abs(deep), abs(sinking)))
    return across, speeds


def approach(
    one: Series,
    other: Series,
    ticks: NDArray[np.int64],
    tick_ms: int,
    tall: Values,
    across: NDArray[np.complex128],
) -> Values:
    """(T,): the one goes towards the other, and comes nearer.

    ``tall``, ``across``: the one's (T,) ``statures`` and velocities. Both boxes are taken from the same pictures, so
    that their distance needs no camera.
    """
    _, at_one, at_other = np.intersect1d(one.t_ms, other.t_ms, assume_unique=True, return_indices=True)
    found = np.full(len(ticks), np.nan)
    times, way = one.t_ms[at_one], other.feet[at_other] - one.feet[at_one]
    low, high = np.searchsorted(times, ticks - AROUND_MS), np.searchsorted(times, ticks + tick_ms + AROUND_MS)
    known = np.flatnonzero((high - low >= LEAST_BOXES) & ~np.isnan(across))
    if not len(known):
        return found
    # All seconds at once: of forty people there are 1,560 pairs.
    edges, count = np.stack([low[known], high[known]], axis=1).ravel(), (high - low)[known]

    def total(values: NDArray[np.generic]) -> NDArray[np.complex128]:
        """(K,) over the boxes of each second and around it."""
        return np.add.reduceat(np.append(values, 0).astype(np.complex128), edges)[::2]

    seconds, far = times / 1000.0, np.abs(way)
    middle = total(seconds).real / count
    spread = total(seconds**2).real - count * middle**2
    slope = (total(seconds * far).real - middle * total(far).real) / spread
    ahead, going = total(way) / count, across[known]
    own = (going * np.conj(ahead)).real / np.maximum(np.abs(ahead), 1e-6)
    straight = own / np.maximum(np.abs(going), 1e-6)
    closing = -slope / tall[known]
    found[known] = rising(np.minimum(closing, own), *NEARING) * rising(straight, *AHEAD)
    return found


def _enough(times: Values) -> bool:
    return len(times) >= LEAST_BOXES and bool(times[-1] - times[0] >= LEAST_MS / 1000.0)


def _slope(times: Values, values: NDArray[np.complex128]) -> complex:
    """Least squares, a second."""
    centred = times - times.mean()
    return complex((centred * values).sum() / (centred**2).sum())
