"""Grain and the noise of JPEG taken out of what a ground is painted from, so that it does not smear into the hole."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Denoising = Literal["none", "bilateral", "non-local-means"]
BILATERAL = (5, 30.0, 5.0)
"""Diameter in pixels, deviation of colours (of 255), deviation of places in pixels: edges above about 60 stay."""
NON_LOCAL = (3.0, 3.0, 5, 15)
"""Strength on luma and on colour (of 255), sides of the patch and of the window searched, in pixels."""
MAX_SEARCHED = 1 << 20
"""Pixels that non-local means takes at most, about three seconds on one core; larger ones get the bilateral filter."""

Pixels = NDArray[np.uint8]


def denoised(patch: Pixels, method: Denoising) -> Pixels:
    """An (H, W, 3) uint8 patch without its noise, its edges kept.

    Bilateral: Tomasi and Manduchi, "Bilateral Filtering for Gray and Color Images", 1998. Non-local means: Buades,
    Coll, Morel, "A non-local algorithm for image denoising", 2005; hundreds of times slower.
    """
    if method == "none":
        return patch
    if (
        method == "non-local-means"
        and patch.shape[0] * patch.shape[1] <= MAX_SEARCHED
        and min(patch.shape[:2]) > 1
    ):
        return np.asarray(cv2.fastNlMeansDenoisingColored(patch, None, *NON_LOCAL), np.uint8)
    return np.asarray(cv2.bilateralFilter(patch, *BILATERAL), np.uint8)
