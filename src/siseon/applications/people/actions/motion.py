"""How fast somebody goes, and where to, from the way of the box; in heights of the body a second.

On the plane of the camera's stretch: a camera that turns does not make people walk. Towards the camera and away from it
a box hardly moves, but it grows or shrinks while its feet go down or up; then the change of its height tells the speed,
for a lens of the angle that is assumed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.actions.body import Values, rising
from siseon.applications.people.series import Series

AROUND_MS = 500
"""Boxes this long before and after a second tell its speed too: steps sway."""
LEAST_BOXES = 3
LEAST_MS = 600
FOCAL = 1.0
"""Assumed, in widths of the picture: 53 degrees from side to side."""
NEARING = (0.12, 0.3)
"""Heights a second: a slow walk is 0.4."""
AHEAD = (0.7, 0.9)
"""Cosine of the angle between where one goes and where the other is."""
FEET_MOVE = 0.02
"""Heights a second by which feet go down where a box that grows comes nearer, and is not of raised arms."""


def velocities(
    way: Series, ticks: NDArray[np.int64], tick_ms: int, width: int
) -> tuple[NDArray[np.complex128], Values]:
    """(T,) across the picture (x + iy) and (T,) speed with depth, of each second that starts at ``ticks``.

    NaN where the boxes are too few, or the camera's motion is not known. ``width``: of the picture, pixels.
    """
    across = np.full(len(ticks), np.nan + 1j * np.nan, np.complex128)
    speeds = np.full(len(ticks), np.nan)
    for at, tick in enumerate(ticks):
        rows = slice(*np.searchsorted(way.t_ms, [tick - AROUND_MS, tick + tick_ms + AROUND_MS]))
        times, stretch = way.t_ms[rows] / 1000.0, way.stretch[rows]
        if len(times) < LEAST_BOXES or times[-1] - times[0] < LEAST_MS / 1000.0:
            continue
        if stretch[0] < 0 or (stretch != stretch[0]).any():
            continue
        tall = float(np.median(way.heights[rows]))
        across[at] = _slope(times, way.feet[rows]) / tall
        growth = _slope(times, np.log(way.heights[rows]).astype(np.complex128)).real
        sinking = across[at].imag
        nearing = growth * sinking > 0 and abs(sinking) >= FEET_MOVE
        deep = growth * FOCAL * width / tall if nearing else 0.0
        speeds[at] = np.hypot(across[at].real, max(abs(deep), abs(sinking)))
    return across, speeds


def approach(
    one: Series, other: Series, ticks: NDArray[np.int64], tick_ms: int, across: NDArray[np.complex128]
) -> Values:
    """(T,): the one goes towards the other, and comes nearer.

    ``across``: the one's (T,) velocities. Both boxes are taken from the same pictures, so that their distance needs no
    camera.
    """
    _, at_one, at_other = np.intersect1d(one.t_ms, other.t_ms, assume_unique=True, return_indices=True)
    found = np.full(len(ticks), np.nan)
    times, way = one.t_ms[at_one], other.feet[at_other] - one.feet[at_one]
    for at, tick in enumerate(ticks):
        rows = slice(*np.searchsorted(times, [tick - AROUND_MS, tick + tick_ms + AROUND_MS]))
        if rows.stop - rows.start < LEAST_BOXES or np.isnan(across[at]):
            continue
        tall = float(np.median(one.heights[at_one[rows]]))
        closing = -_slope(times[rows] / 1000.0, np.abs(way[rows]).astype(np.complex128)).real / tall
        ahead = way[rows].mean()
        own = (across[at] * np.conj(ahead)).real / max(abs(ahead), 1e-6)
        straight = own / max(abs(across[at]), 1e-6)
        found[at] = rising(np.array(min(closing, own)), *NEARING) * rising(np.array(straight), *AHEAD)
    return found


def _slope(times: Values, values: NDArray[np.complex128]) -> complex:
    """Least squares, a second."""
    centred = times - times.mean()
    return complex((centred * values).sum() / (centred**2).sum())
