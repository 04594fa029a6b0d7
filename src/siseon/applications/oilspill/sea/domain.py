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
ROWS = 256
"""Of a picture in which it is looked for pixels that equal those beside and below them."""
DRAWN = 0.75
"""Share of such pixels from which a picture was drawn, not taken: signs, documents, screens. A sign of the examples has
0.89; of the photos that were looked at a coded grey sea under haze has most, 0.52."""
SURFACE = 0.85
"""Probability of open water and of oil together, from which a pixel is surely the sea's surface."""
LEAST_SURFACE = 0.1
"""Share of a picture's pixels that must surely be that. Chosen on drawn scenes and drawn clutter alone
(``benchmarks/oilspill/rule.py``). Oil counts as well: a film that covers all water would be refused else, just where
it is seen best."""


def colourless(pixels: NDArray[np.uint8]) -> bool:
    """Whether (H, W, 3) pixels are radar's, a thermal camera's or otherwise grey: oil cannot be told there.

    A thermal picture in false colours is not noticed.
    """
    scale = min(1.0, SIDE / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    spread = small.max(axis=2).astype(int) - small.min(axis=2)
    return bool(np.percentile(spread, COLOURED) < LEAST_COLOUR)


def drawn(pixels: NDArray[np.uint8]) -> bool:
    """Whether (H, W, 3) pixels are mostly of flat colours, which no photo of water has."""
    height = pixels.shape[0]
    if height < 2 or pixels.shape[1] < 2:
        return True
    rows = np.unique(np.linspace(0, height - 2, min(height - 1, ROWS)).astype(int))
    here, below = pixels[rows], pixels[rows + 1]
    same = (here[:, 1:] == here[:, :-1]) & (here[:, :-1] == below[:, :-1])
    return bool((same[..., 0] & same[..., 1] & same[..., 2]).mean() >= DRAWN)
