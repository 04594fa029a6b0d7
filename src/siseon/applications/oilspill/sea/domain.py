"""Whether a picture is one of the sea in colour at all; what is not is said so, never segmented."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 192
"""Pixels of the longer side at which colours are looked at: single pixels' noise is gone."""
LEAST_COLOUR = 8
"""Of 255: difference between the strongest and the weakest channel that 1 of 20 pixels of a colour picture has.
The dullest of the 30 photos that were looked at, grey sea under clouds, has 32; radar and thermal pictures have 0."""
COLOURED = 95
"""Percentile at which ``LEAST_COLOUR`` is asked for: a few coloured signs over a thermal picture are not its own."""
WATER = 0.6
"""Probability from which a pixel is surely open water."""
LEAST_WATER = 0.22
"""Share of a picture's pixels that must be surely open water: what oil is, can be said only beside water. Of the photos
with oil the one with the least, a rainbow that fills it, has 0.25; of indoors and streets most have 0.2 at most."""


def colourless(pixels: NDArray[np.uint8]) -> bool:
    """Whether (H, W, 3) pixels are radar's, a thermal camera's or otherwise grey: oil cannot be told there.

    A thermal picture in false colours is not noticed.
    """
    scale = min(1.0, SIDE / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    spread = small.max(axis=2).astype(int) - small.min(axis=2)
    return bool(np.percentile(spread, COLOURED) < LEAST_COLOUR)
