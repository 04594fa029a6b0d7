"""How a line is shown to Tesseract: dark on light, evenly lit, in letters of the size that its models were trained on.

No one way suits all lines: noise goes with a blur, thin strokes go with it too. So there are several, tried in turn
until a model is sure.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Image

BORDER = 8
"""Pixels of ground around a line."""
STROKE = 0.65
"""Line heights; what is wider is ground, whose unevenness is taken out."""
GROUND_BLUR = 0.2
"""Deviation, in line heights."""
FARTHEST = 99.5
"""Percentile of the distances from the ground that is full ink."""
MAX_WIDTH = 4000


class Look(NamedTuple):
    """One way to show a line."""

    height: int
    """Pixels to which lines are scaled, ascenders and edge with them."""
    blur: float
    """Deviation in pixels of that height; without any, noise is read as accents."""
    by_colour: bool = False
    """Grey is how far a pixel is from the ground along the line's main axis of colours, not how bright it is."""
    within_rim: bool = False
    """By colour, and letters are on the other side of the ground: what is far from it on this side is their rim."""
    binary: bool = False
    """Two levels only, parted as Otsu does (1979)."""


LOOKS = (
    Look(48, 1.0),
    Look(48, 1.0, by_colour=True),
    Look(36, 0.8),
    Look(64, 1.3, binary=True),
    Look(64, 1.3, by_colour=True, within_rim=True, binary=True),
)
"""Found with other lines and fonts than those in the README."""

Grey = NDArray[np.uint8]


def shown(image: Image, look: Look) -> Grey:
    """(h, w) uint8: the line with a border of its ground."""
    grey = (
        _distance(image.pixels, within_rim=look.within_rim)
        if look.by_colour
        else _dark_on_light(image.pixels)
    )
    width = min(MAX_WIDTH, max(1, round(image.width * look.height / image.height)))
    how = cv2.INTER_AREA if image.height > look.height else cv2.INTER_CUBIC
    even = _evenly_lit(np.asarray(cv2.resize(grey, (width, look.height), interpolation=how), np.uint8))
    even = np.asarray(cv2.GaussianBlur(even, (0, 0), look.blur), np.uint8)
    if look.binary:
        even = np.asarray(cv2.threshold(even, 0, 255, cv2.THRESH_OTSU)[1], np.uint8)
    edge, ground = (BORDER,) * 4, int(np.median(even))
    return np.asarray(cv2.copyMakeBorder(even, *edge, cv2.BORDER_CONSTANT, value=ground), np.uint8)


def _dark_on_light(pixels: NDArray[np.uint8]) -> Grey:
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    # The ground is most of a line.
    return 255 - grey if float(np.median(grey)) < (int(grey.min()) + int(grey.max())) / 2 else grey


def _distance(pixels: NDArray[np.uint8], *, within_rim: bool) -> Grey:
    """From the ground, 255, to the ink: red on a green as bright is seen, and a shadow on the other side is not."""
    offset = pixels.reshape(-1, 3).astype(np.float32)
    offset -= np.median(offset, axis=0)
    axis = np.linalg.eigh(offset.T @ offset)[1][:, -1]
    along = offset @ axis
    few = float((along**3).sum()) > 0  # pixels are far on the side of the ink, or of its rim
    if few == within_rim:
        along = -along
    full = max(1.0, float(np.percentile(along, FARTHEST)))
    return np.asarray(255 - np.clip(along / full, 0, 1) * 255, np.uint8).reshape(pixels.shape[:2])


def _evenly_lit(line: Grey) -> Grey:
    """Dark letters on a ground that is white everywhere: divided by the ground, which closing finds."""
    stroke = round(STROKE * line.shape[0]) | 1
    closed = cv2.morphologyEx(line, cv2.MORPH_CLOSE, np.ones((stroke, stroke), np.uint8))
    ground = cv2.GaussianBlur(closed, (0, 0), GROUND_BLUR * line.shape[0])
    return np.asarray(cv2.divide(line, ground, scale=255), np.uint8)
