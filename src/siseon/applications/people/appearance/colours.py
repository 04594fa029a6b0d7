"""Looks without a network: the colours of head, chest, legs and feet, and how broad the person is.

Four bands of a crop, the middle of each counting most, have a histogram each of hues, for what is coloured, and of
greys. Roots of shares (Hellinger's distance) keep a large wall of one colour from drowning the rest. It tells clothes,
not people: two in the same uniform are one to it, and light of another colour makes two of one.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Image
from siseon.engine import Stage
from siseon.engine.machine import cores

DESCRIPTOR = "colours-1"
"""In results: of vectors that may be compared. Another number where the vectors change."""
WIDTH, HEIGHT = 32, 96
"""Pixels that each crop is made to."""
BANDS = ((0, 16), (16, 48), (48, 84), (84, 96))
"""Rows of head, chest and arms, legs, feet."""
WEIGHTS = (0.5, 1.0, 1.0, 0.5)
"""Of the bands: hair and shoes tell less, and a box misses them first."""
HUES, GREYS = 12, 6
COLOURED = 48
"""Of 255: saturation from which a pixel has a hue."""
BRIGHT = 32
"""Of 255: below it there is no colour in it."""
MIDDLE = 0.28
"""Of the width: standard deviation of the columns' weights."""
BROAD = 0.35
"""Share of the vector's length that the form has."""
FORMS = (0.2, 0.35, 0.5, 0.7)
"""Width by height of the forms that a person is between."""


class LookAtColours(Stage[Sequence[Image], NDArray[np.float32]]):
    """Vectors of crops, those of one item together."""

    name = "appearance"
    descriptor = DESCRIPTOR

    def __init__(self) -> None:
        self.replicas = cores()

    def process(self, batch: Sequence[Sequence[Image]]) -> Sequence[NDArray[np.float32]]:
        """(n, d) float32 of unit length for the n crops of each item."""
        return [
            np.stack([_vector(crop) for crop in crops]) if crops else np.empty((0, DIMENSIONS), np.float32)
            for crops in batch
        ]


DIMENSIONS = len(BANDS) * (HUES + GREYS) + len(FORMS)


def _vector(crop: Image) -> NDArray[np.float32]:
    small = cv2.resize(crop.pixels, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    hue, saturation, value = (
        plane.astype(np.int64) for plane in cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2HSV))
    )
    across = np.exp(-(((np.arange(WIDTH) + 0.5) / WIDTH - 0.5) ** 2) / (2 * MIDDLE**2))
    weights = np.broadcast_to(across, (HEIGHT, WIDTH))
    coloured = (saturation >= COLOURED) & (value >= BRIGHT)
    # OpenCV's hues are 0 to 179; those of a pixel without colour go behind them, by its brightness.
    bins = np.where(coloured, hue * HUES // 180, HUES + value * GREYS // 256)
    parts = []
    for (top, bottom), weight in zip(BANDS, WEIGHTS, strict=True):
        counts = np.bincount(bins[top:bottom].ravel(), weights[top:bottom].ravel(), minlength=HUES + GREYS)
        parts.append(weight * np.sqrt(counts / counts.sum()))
    colours = np.concatenate(parts)
    form = crop.width / crop.height
    near = np.exp(-(((np.log(form) - np.log(FORMS)) / 0.3) ** 2)) + 1e-6
    vector = np.concatenate(
        [
            colours / np.linalg.norm(colours) * np.sqrt(1 - BROAD**2),
            near / np.linalg.norm(near) * BROAD,
        ]
    )
    return vector.astype(np.float32)
