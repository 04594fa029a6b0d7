"""The pixels of a field as readers see them: the same text in several ways, so that one misreading is not believed.

Burned-in text is hard where the view behind it is as bright as it is. What makes it readable again for one frame makes
it worse for another; a figure is believed where ways agree.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.position.overlay.template import Region
from siseon.contracts import Image

FLAT_SCALE = 2.0
"""Enlargement before contrast is made even."""
CONTRAST, TILES = 3.0, (2, 2)
"""Of the local equalisation (CLAHE)."""
NARROWER = 0.85
"""A stretch that puts letters elsewhere in the recogniser's steps."""
SMOOTH_SCALE, SMOOTH_SIGMA = 2.0, 2.0
"""Enlargement, and the spread of the blur after it: dots and lost lines become strokes, noise goes."""


def cut(image: Image, region: Region) -> Image:
    """The field itself, at least one pixel each way."""
    left, top, right, bottom = region
    x1, y1 = min(int(left * image.width), image.width - 1), min(int(top * image.height), image.height - 1)
    x2, y2 = round(right * image.width), round(bottom * image.height)
    return image.crop(x1, y1, max(x1 + 1, x2), max(y1 + 1, y2))


def flat(field: Image) -> Image:
    """Grey, enlarged, of even contrast."""
    grey = cv2.cvtColor(field.pixels, cv2.COLOR_RGB2GRAY)
    large = cv2.resize(grey, None, fx=FLAT_SCALE, fy=FLAT_SCALE, interpolation=cv2.INTER_CUBIC)
    return _image(cv2.createCLAHE(CONTRAST, TILES).apply(large), field)


def narrow(field: Image) -> Image:
    """Squeezed."""
    size = (max(1, round(field.width * NARROWER)), field.height)
    return _image(cv2.resize(field.pixels, size, interpolation=cv2.INTER_AREA), field)


def smooth(field: Image) -> Image:
    """Enlarged and blurred."""
    return _smooth(field, 1.0)


def smooth_and_narrow(field: Image) -> Image:
    """Enlarged, squeezed and blurred."""
    return _smooth(field, NARROWER)


def _smooth(field: Image, by: float) -> Image:
    scale = SMOOTH_SCALE
    large = cv2.resize(field.pixels, None, fx=scale * by, fy=scale, interpolation=cv2.INTER_CUBIC)
    return _image(cv2.GaussianBlur(large, (0, 0), SMOOTH_SIGMA), field)


def _image(pixels: NDArray[np.generic], field: Image) -> Image:
    """As an image of its own: nothing maps back from a text."""
    return Image.from_array(np.asarray(pixels, np.uint8), field.source)
