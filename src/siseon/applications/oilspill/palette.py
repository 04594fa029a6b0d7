"""The colours of classes in masks, maps and files: one table for all."""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from siseon.applications.oilspill.contracts import OIL_CLASSES, SEA_CLASSES, SeaClass

COLOURS: dict[SeaClass, tuple[int, int, int]] = {
    "sea": (24, 62, 110),
    "sheen": (196, 206, 214),
    "rainbow": (214, 92, 190),
    "metallic": (128, 132, 140),
    "discontinuous": (150, 98, 40),
    "true_colour": (52, 30, 16),
    "emulsion": (232, 120, 28),
    "ship": (236, 64, 64),
    "land": (96, 140, 72),
    "glint": (255, 244, 176),
}
"""RGB."""
NOTHING = 255
"""The number of pixels without a class: what an overlay hides, what a map does not show."""
TABLE = np.zeros((256, 3), np.uint8)
"""(256, 3) uint8, RGB by the number of a class; ``TABLE[classes]`` is the coloured mask."""
TABLE[: len(SEA_CLASSES)] = [COLOURS[name] for name in SEA_CLASSES]
TABLE.flags.writeable = False
OIL = np.isin(np.arange(256), [SEA_CLASSES.index(name) for name in OIL_CLASSES])
"""(256,) bool by the number of a class; ``OIL[classes]`` is where oil of any class is."""
OIL.flags.writeable = False
VEIL = 0.55
"""Share of a class's colour over a picture."""


def blended(
    picture: NDArray[np.uint8], classes: NDArray[np.uint8], table: NDArray[np.uint8] = TABLE
) -> NDArray[np.uint8]:
    """(H, W, 3) RGB: the picture, with oil under the colour of its class; ``classes``: (H, W) numbers."""
    out = picture.copy()
    oil = cv2.LUT(classes, OIL.view(np.uint8))
    if oil.any():
        colours = cv2.LUT(cv2.merge([classes] * 3), table[None])  # a quarter of numpy's time
        cv2.copyTo(cv2.addWeighted(colours, VEIL, picture, 1 - VEIL, 0), oil, out)
    return out


def mask_png(classes: NDArray[np.uint8], table: NDArray[np.uint8] = TABLE) -> bytes:
    """(H, W) numbers of classes as a PNG with a palette: seen in their colours, read as their numbers."""
    mask = PillowImage.fromarray(classes)
    mask.putpalette(table.tobytes())
    stream = io.BytesIO()
    mask.save(stream, "png")
    return stream.getvalue()
