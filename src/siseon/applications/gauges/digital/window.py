"""The window of a counter in a picture: its four corners, from the upright box that a detector of instruments gives.

The edges of the window, and those of its drums, lie in one direction; the box around a rectangle that leans so much
tells its sides.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the picture."""

AROUND = 0.15
"""Heights of a box to each side of it that are looked at too: the edges of the window may lie beside it."""
SMOOTH = 0.02
"""Heights of a box: standard deviation of what is smoothed away. Steps of pixels all lie level."""
MOST_LEANING = 12.0
"""Degrees."""
STEP = 0.25
"""Degrees."""
LIKE = 0.75
"""Degrees: standard deviation of edges that lie in one direction."""
LEAST_HIGH = 0.4
"""Heights of a box; that of a rectangle that leans is not told well by the box around it."""


def window_in(pixels: Pixels, box: Box) -> Floats:
    """(4, 2) corners in pixels of (H, W, 3), from the top left, clockwise as it is read."""
    x1, y1, x2, y2 = box
    wide, high = x2 - x1, y2 - y1
    angle = np.radians(leaning(_part(pixels, box)))
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    both = cos**2 - sin**2
    along = (wide * cos - high * abs(sin)) / both / 2
    down = max((high * cos - wide * abs(sin)) / both, LEAST_HIGH * high) / 2
    middle = np.array([(x1 + x2) / 2, (y1 + y2) / 2])
    right, below = np.array([cos, sin]) * along, np.array([-sin, cos]) * down
    return np.array(
        [middle - right - below, middle + right - below, middle + right + below, middle - right + below]
    )


def leaning(part: Pixels) -> float:
    """Degrees clockwise by which most edges of (H, W, 3) that are nearly level lean; 0 where there are none."""
    sharp = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.float32)
    grey = cv2.GaussianBlur(sharp, (0, 0), max(0.8, SMOOTH * part.shape[0]))
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    angles = np.degrees(np.arctan2(-across * np.sign(down), np.abs(down)))
    bins = np.arange(-MOST_LEANING, MOST_LEANING + STEP, STEP)
    found, _ = np.histogram(angles, bins, weights=across**2 + down**2)
    if not found.any():
        return 0.0
    near = np.arange(-3 * LIKE, 3 * LIKE + STEP, STEP)
    found = np.convolve(found, np.exp(-0.5 * (near / LIKE) ** 2), "same")
    return float(bins[found.argmax()] + STEP / 2)


def _part(pixels: Pixels, box: Box) -> Pixels:
    """What is in a box, and around it; at least a pixel."""
    x1, y1, x2, y2 = box
    more = AROUND * (y2 - y1)
    top, left = max(0, int(y1 - more)), max(0, int(x1 - more))
    return pixels[top : max(top, int(y2 + more)) + 1, left : max(left, int(x2 + more)) + 1]
