"""Looks without a network: the colours of six bands of a person from hair to shoes, and how broad the person is.

Each band of a crop, its middle counting most, has a histogram of hues, for what is coloured, and of greys, for what is
not; a pixel counts for the two bins it lies between, so that light that changes a little moves little. Roots of shares
(Hellinger's distance) keep a large wall of one colour from drowning the rest. It tells clothes, not people: two in the
same uniform are one to it, and light of another colour makes two of one.
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
BANDS = ((0, 14), (14, 28), (28, 44), (44, 62), (62, 80), (80, 96))
"""Rows: hair and face, shoulders, chest, hips, legs, feet."""
WEIGHTS = (0.6, 1.0, 1.0, 1.0, 1.0, 0.5)
"""Of the bands: hair and shoes tell less, and a box misses them first."""
HUES, GREYS = 24, 16
PALE, COLOURED = 20.0, 50.0
"""Of 255: chroma (saturation × brightness) up to which a pixel is grey, and from which it has a hue."""
SPREAD = (0.06, 0.24, 0.4, 0.24, 0.06)
"""Over neighbouring bins: a light that is a tenth darker moves a grey by up to one and a half of them."""
MIDDLE = 0.22
"""Of the width: standard deviation of the columns' weights."""
BROAD = 0.1
"""Share of the vector's length that the form has."""
FORMS = (0.2, 0.35, 0.5, 0.7)
"""Width by height of the forms that a person is between."""
FORM_APART = 0.3
"""Of their logarithms."""
DIMENSIONS = len(BANDS) * (HUES + GREYS) + len(FORMS)

Values = NDArray[np.float64]


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


def _vector(crop: Image) -> NDArray[np.float32]:
    small = cv2.resize(crop.pixels, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    # OpenCV's hues are 0 to 179.
    hue, saturation, value = cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2HSV).astype(np.float64))
    across = np.exp(-(((np.arange(WIDTH) + 0.5) / WIDTH - 0.5) ** 2) / (2 * MIDDLE**2))
    weights = np.broadcast_to(across, (HEIGHT, WIDTH))
    coloured = np.clip((saturation * value / 255 - PALE) / (COLOURED - PALE), 0, 1)
    places = np.stack([hue / 180 * HUES, value / 255 * (GREYS - 1)])
    shares = np.stack([weights * coloured, weights * (1 - coloured)])
    parts = []
    for (top, bottom), weight in zip(BANDS, WEIGHTS, strict=True):
        hues, greys = places[:, top:bottom]
        of_hues, of_greys = shares[:, top:bottom]
        counts = np.concatenate(
            [_counted(hues, of_hues, HUES, around=True), _counted(greys, of_greys, GREYS, around=False)]
        )
        parts.append(weight * np.sqrt(counts / counts.sum()))
    near = np.exp(-(((np.log(crop.width / crop.height) - np.log(FORMS)) / FORM_APART) ** 2)) + 1e-6
    vector = np.concatenate([_unit(np.concatenate(parts)) * np.sqrt(1 - BROAD**2), _unit(near) * BROAD])
    return vector.astype(np.float32)


def _counted(places: Values, weights: Values, bins: int, *, around: bool) -> Values:
    """(bins,) how much lies at each, between two at both. ``around``: the last is beside the first."""
    low = np.floor(places).astype(np.int64)
    beyond = places - low
    high = (low + 1) % bins if around else np.minimum(low + 1, bins - 1)
    low = low % bins if around else np.minimum(low, bins - 1)
    counts = np.bincount(low.ravel(), (weights * (1 - beyond)).ravel(), minlength=bins) + np.bincount(
        high.ravel(), (weights * beyond).ravel(), minlength=bins
    )
    width = len(SPREAD) // 2
    padded = np.pad(counts, width, mode="wrap" if around else "constant")
    return np.asarray(np.convolve(padded, SPREAD, mode="valid"))


def _unit(vector: Values) -> Values:
    return np.asarray(vector / np.linalg.norm(vector))
