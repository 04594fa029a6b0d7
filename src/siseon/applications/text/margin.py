"""Strips: pictures of a single line cut out of something larger, which the detector sees only with a margin."""

from __future__ import annotations

import numpy as np

from siseon.contracts import Image

STRIP_ASPECT = 8
"""Width over height from which a picture is a strip."""
STRIP_HEIGHT = 30
"""Pixels of height up to which a picture is a strip whatever its width."""


def margin(width: int, height: int) -> int:
    """Rows to add above and as many below a picture; 0 when it is not a strip."""
    if height > STRIP_HEIGHT and width / height <= STRIP_ASPECT:
        return 0
    return abs(max(width // STRIP_ASPECT, STRIP_HEIGHT) * 2 - height) // 2


def with_margin(image: Image) -> Image:
    """A strip with black rows above and below, its frame a child of the image's; others as they are."""
    rows = margin(image.width, image.height)
    if not rows:
        return image
    pixels = np.zeros((image.height + 2 * rows, image.width, 3), np.uint8)
    pixels[rows : rows + image.height] = image.pixels
    shift = np.array([[1, 0, 0], [0, 1, -rows], [0, 0, 1]], np.float64)
    frame = image.frame.warp(shift, pixels.shape[1], pixels.shape[0], kind="margin")
    return Image(pixels, frame, image.source)
