"""Pictures that are dark, as at night or where a film is faded in: made light before anything is sought in them. Eyes
and screens do so, and who can be recognised that way is to be found, and hidden, too."""

from __future__ import annotations

import cv2
import numpy as np

from siseon.contracts import Image

EVERY = 8
"""Pixels from one that is looked at to the next, each way."""
LIGHT, SHARE = 110, 0.01
"""Of 255, and the share of a picture that has it, at least, or it is dark."""
BLACK = 4
"""Below it there is nothing but noise."""
WANTED = 230
"""What the brightest becomes."""


def lit(image: Image) -> Image:
    """The picture, lighter if it is dark."""
    seen = image.pixels[::EVERY, ::EVERY]
    if (seen >= LIGHT).mean() >= SHARE:
        return image
    brightest = float(np.quantile(seen, 1 - SHARE))
    if brightest < BLACK:
        return image
    pixels = cv2.convertScaleAbs(image.pixels, alpha=WANTED / brightest)
    return Image(np.asarray(pixels, np.uint8), image.frame, image.source)
