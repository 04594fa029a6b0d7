"""From four corners in a picture to the strip that the recogniser takes.

Its height is fixed; its width follows from the corners, up to a bound beyond which it is squeezed. What is left of the
width is filled with the last column. The training generator uses the same function.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

HEIGHT, WIDTH = 32, 160
FINE = 2
"""Times its height at which a display is taken from the picture before it is made small, so that no line is lost."""


def strip_of(pixels: Pixels, corners: Floats) -> Pixels:
    """(HEIGHT, WIDTH, 3) uint8 of (H, W, 3); see ``straightened``."""
    return filled(straightened(pixels, corners))


def filled(seen: Pixels) -> Pixels:
    """(HEIGHT, WIDTH, 3) of (HEIGHT, W, 3)."""
    return np.asarray(
        cv2.copyMakeBorder(seen, 0, 0, 0, WIDTH - seen.shape[1], cv2.BORDER_REPLICATE), np.uint8
    )


def straightened(pixels: Pixels, corners: Floats) -> Pixels:
    """(HEIGHT, W, 3) uint8 of what is between four corners of (H, W, 3); black where they are beside the picture.

    Args:
        pixels: the picture.
        corners: (4, 2) in pixels: top left, top right, bottom right, bottom left as it is read.
    """
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    along, down = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    wide = int(np.clip(round(HEIGHT * along / max(down, 1e-6)), 4, WIDTH))
    fine = FINE if down > 1.3 * HEIGHT else 1
    x, y = np.floor(corners.min(axis=0)).astype(int) - 2
    x2, y2 = np.ceil(corners.max(axis=0)).astype(int) + 3
    x, y = max(0, x), max(0, y)
    part = pixels[y:y2, x:x2]
    if 0 in part.shape:
        return np.zeros((HEIGHT, wide, 3), np.uint8)
    shrink = min(1.0, fine * HEIGHT / down)
    if shrink < 0.8:
        size = max(1, round(part.shape[1] * shrink)), max(1, round(part.shape[0] * shrink))
        scale = np.array(size) / (part.shape[1], part.shape[0])
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    else:
        scale = np.ones(2)
    source = ((corners - (x, y)) * scale - 0.5).astype(np.float32)
    end = np.array([(0, 0), (wide, 0), (wide, HEIGHT), (0, HEIGHT)], np.float32) * fine - 0.5
    matrix = cv2.getPerspectiveTransform(source, end)
    seen = cv2.warpPerspective(
        part, matrix, (wide * fine, HEIGHT * fine), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if fine > 1:
        seen = cv2.resize(seen, (wide, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(seen, np.uint8)
