"""An instrument cut out of a picture, and enlarged where it is small."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from siseon.contracts import Image

MARGIN = 0.06
"""Of a box's longer side, on all four: a rim that was cut off takes marks with it."""
LEAST_SIDE = 800
"""Pixels of the longer side to which a smaller cut is brought; the reader of text misses numbers of 12 to 20 pixels."""
MOST_ENLARGED = 4.0
"""Times; more shows nothing more."""

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the picture."""


def closer(image: Image, box: Box) -> Image:
    """What is in a box of a picture, with a margin; its frame leads back."""
    margin = MARGIN * max(box[2] - box[0], box[3] - box[1])
    x1, y1 = (int(np.floor(side - margin)) for side in box[:2])
    x2, y2 = (int(np.ceil(side + margin)) for side in box[2:])
    cut = image.crop(x1, y1, x2, y2)
    enlarged = min(LEAST_SIDE / max(cut.width, cut.height), MOST_ENLARGED)
    if enlarged <= 1.0:
        return cut
    width, height = round(cut.width * enlarged), round(cut.height * enlarged)
    pixels = cv2.resize(cut.pixels, (width, height), interpolation=cv2.INTER_CUBIC)
    return replace(cut, pixels=np.asarray(pixels, np.uint8), frame=cut.frame.resize(width, height))
