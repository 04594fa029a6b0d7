"""A dial unrolled: a row for each radius, a column for each angle, and what stands out from its face."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Polar = NDArray[np.float32]
"""(radii, angles, 3) float32 RGB, 0 to 255; column 0 is the top, angles rise clockwise."""

ANGLES = 720
"""Columns, two a degree: enough to find what is then measured more finely."""
STEP = 360 / ANGLES
"""Degrees."""
NO_MAP = np.empty(0, np.float32)
"""Where OpenCV has x and y of all points in one array."""
SECTORS = 36
AROUND = 4
"""Sectors to each side of one that say what the face looks like there: 90° in all, more than most needles cover."""


def sample(pixels: NDArray[np.uint8], to_picture: Floats, points: Floats) -> Polar:
    """(A, B, 3) float32 colours at (A, B, 2) points of the dial's plane; beyond the picture its edge is repeated."""
    flat = np.asarray(points, np.float32).reshape(1, -1, 2)
    half = np.array(
        [[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]]
    )  # OpenCV counts from the middle of the first pixel
    places = cv2.perspectiveTransform(flat, half @ to_picture).reshape(points.shape)
    return np.asarray(
        cv2.remap(pixels, places, NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def unwrap(pixels: NDArray[np.uint8], to_picture: Floats, radii: Floats) -> Polar:
    """The dial at these radii."""
    angles = np.radians(np.arange(ANGLES) * STEP)
    circle = np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    return sample(pixels, to_picture, radii[:, None, None] * circle)


def face(rings: Polar) -> NDArray[np.float32]:
    """(angles, 3): what the face looks like without needle, marks and letters, by a slow median around it.

    ``rings`` are those that show most of the face.
    """
    sectors = rings.reshape(len(rings), SECTORS, -1, 3).transpose(1, 0, 2, 3).reshape(SECTORS, -1, 3)
    binned = np.median(sectors, axis=1)
    slow = np.median(
        np.stack([np.roll(binned, shift, axis=0) for shift in range(-AROUND, AROUND + 1)]), axis=0
    )
    at = (np.arange(ANGLES) + 0.5) * SECTORS / ANGLES - 0.5
    low, share = np.floor(at).astype(int), (at % 1)[:, None]
    mixed = slow[low % SECTORS] * (1 - share) + slow[(low + 1) % SECTORS] * share
    return np.asarray(mixed, np.float32)
