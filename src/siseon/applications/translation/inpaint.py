"""Grounds without their letters: known ones are filled, others inpainted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.translation.denoise import Denoising, denoised
from siseon.applications.translation.mask import Strokes
from siseon.applications.translation.patches import fill_by_patches

Method = Literal["telea", "navier-stokes", "patches", "network"]
"""``network``: not done here, see ``by_network``."""
RADIUS = 3
"""Pixels around a masked one that Telea's and the Navier-Stokes method look at."""
_FLAGS = {"telea": cv2.INPAINT_TELEA, "navier-stokes": cv2.INPAINT_NS}

Pixels = NDArray[np.uint8]


def erase(
    pixels: Pixels, strokes: Sequence[Strokes], method: Method, *, denoising: Denoising = "none"
) -> Pixels:
    """A copy of the picture in which the pixels of strokes, and no others, have the colours of their ground.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        strokes: of its regions.
        method: for textured grounds; ``network`` leaves them as they are.
        denoising: of what these are painted from.
    """
    out = pixels.copy()
    for one in strokes:
        patch = out[one.place]
        if one.plane is not None:
            filled = one.plane.colours(*one.mask.shape).round().astype(np.uint8)
        elif method == "network":
            continue
        else:
            filled = inpaint(denoised(np.ascontiguousarray(patch), denoising), one.mask, method)
        patch[one.mask] = filled[one.mask]
    return out


def inpaint(patch: Pixels, mask: NDArray[np.bool_], method: Method) -> Pixels:
    """The patch with its masked pixels painted anew from the others; unchanged where none or all are masked."""
    if not mask.any() or mask.all():
        return patch
    if method == "patches":
        return fill_by_patches(patch, mask)
    return np.asarray(cv2.inpaint(patch, mask.astype(np.uint8), RADIUS, _FLAGS[method]), np.uint8)
