"""Where a picture is blank, nothing is written: its margins are not shown to the detector.

A block of pixels is blank where it and its neighbours hold a single colour, but for the noise of a JPEG: the test sees
the whole contrast of a letter whatever its size and however blurred it is, and is far below what can be read.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

BLOCK = 8
"""Pixels of a side."""
CONTRAST = 6
"""Grey levels, in any channel, between the darkest and the brightest pixel of a block and its neighbours: up to so many
it is blank."""
AROUND = 32
"""Pixels of blank ground that are left around what is written: the detector looks at what stands beside a letter."""
SHARE_AROUND = 0.25
"""The same over the shorter side of what is written, if that is more: large letters need more."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels."""


def written_part(pixels: NDArray[np.uint8]) -> Box | None:
    """The part of (H, W, 3) uint8 pixels outside of which all is blank, with some ground around it; None: all is."""
    kernel = np.ones((3, 3), np.uint8)
    bright, dark = (
        cv2.dilate(_blocks(pixels, np.maximum), kernel),
        cv2.erode(_blocks(pixels, np.minimum), kernel),
    )
    busy = np.asarray(cv2.subtract(bright, dark)).max(axis=2) > CONTRAST
    rows, columns = np.flatnonzero(busy.any(axis=1)), np.flatnonzero(busy.any(axis=0))
    if not len(rows):
        return None
    height, width = pixels.shape[:2]
    left, right = int(columns[0]) * BLOCK, min(width, (int(columns[-1]) + 1) * BLOCK)
    top, bottom = int(rows[0]) * BLOCK, min(height, (int(rows[-1]) + 1) * BLOCK)
    around = max(AROUND, round(SHARE_AROUND * min(right - left, bottom - top)))
    return (
        max(0, left - around),
        max(0, top - around),
        min(width, right + around),
        min(height, bottom + around),
    )


def _blocks(pixels: NDArray[np.uint8], most: np.ufunc) -> NDArray[np.uint8]:
    """(H / 8, W / 8, 3): the extreme of each block, rounded up at the right and the bottom."""
    width = pixels.shape[1]
    bands = pixels[: len(pixels) // BLOCK * BLOCK].reshape(-1, BLOCK, width, 3)
    rows = most.reduce(bands, axis=1)  # four times as fast as ``reduceat``
    if len(pixels) % BLOCK:
        rows = np.concatenate([rows, most.reduce(pixels[len(rows) * BLOCK :], axis=0)[None]])
    return np.asarray(most.reduceat(rows, np.arange(0, width, BLOCK), axis=1), np.uint8)
