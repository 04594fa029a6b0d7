"""Whether the marks of a dial go on between the last number and the first: then its scale has no ends.

Of a ring of numbers, as minutes or degrees of a compass, one may not have been seen, and what is left looks like a
scale that ends there. Its marks do not end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.polar import ANGLES, STEP, unwrap

Floats = NDArray[np.float64]

RADII: Floats = np.concatenate([np.linspace(0.6, 0.86, 12), np.linspace(1.14, 1.6, 20)])
"""Of the circle of the numbers, within and around which marks are."""
TOGETHER = 3
"""Of these radii, that marks are at least long."""
MOST_GAP = 3
"""Divisions: where more is left between the ends, no numbers were missed."""
WHOLE = 0.15
"""Divisions by which what is between two numbers of a ring, the last and the first too, may differ from whole ones."""
HALF = 180.0
"""Degrees: of a ring, at least half must have been seen."""
BESIDE = 6.0
"""Degrees to each side of the ends that belong to the marks there."""
LIKE = 0.5
"""Times as much as on the scale, from which there are marks."""


def goes_around(pixels: NDArray[np.uint8], to_picture: Floats, angles: Floats) -> bool:
    """Of a dial in (H, W, 3) uint8 RGB whose numbers stand at ``angles``, in degrees and rising, on the unit circle
    that (3, 3) leads to the picture."""
    gap = 360 - (angles[-1] - angles[0])
    steps = np.append(np.diff(angles), gap)
    divisions = steps * np.round(360 / steps.min()) / 360
    if (
        np.abs(divisions - np.round(divisions)).max() > WHOLE
        or divisions[-1] > MOST_GAP + WHOLE
        or not 4 * BESIDE < gap <= HALF
    ):
        return False
    grey = unwrap(pixels, to_picture, RADII).mean(axis=2)
    edges = np.abs(np.roll(grey, -1, axis=1) - np.roll(grey, 1, axis=1))
    past = (np.arange(ANGLES) * STEP - angles[-1]) % 360
    between = (past > BESIDE) & (past < gap - BESIDE)
    scale = past >= gap
    there, missing = (_of_neighbours(edges[:, columns].mean(axis=1)) for columns in (scale, between))
    marks = int(there.argmax())
    return bool(missing[marks] > LIKE * there[marks])


def _of_neighbours(rings: Floats) -> Floats:
    """The mean of so many together; the numbers' own circle is left out, and what is on its two sides is apart."""
    inner, outer = rings[RADII < 1], rings[RADII > 1]
    weights = np.full(TOGETHER, 1 / TOGETHER)
    return np.concatenate([np.convolve(side, weights, mode="valid") for side in (inner, outer)])
