"""The colours in which classes are shown, in masks and over pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import SEA_CLASSES, SeaClass
from siseon.applications.oilspill.sea.seen import NONE

COLOURS: dict[SeaClass, tuple[int, int, int]] = {
    "sea": (0, 60, 120),
    "sheen": (200, 200, 200),
    "rainbow": (230, 60, 230),
    "metallic": (120, 120, 170),
    "discontinuous": (120, 80, 20),
    "true_colour": (30, 30, 30),
    "emulsion": (255, 128, 0),
    "ship": (255, 255, 255),
    "land": (0, 140, 0),
    "glint": (255, 240, 60),
}
"""RGB."""
NOTHING = (0, 0, 0)
"""Of pixels without a class."""
BLEND = 0.5
"""Share of a class's colour over the picture."""


def _table() -> NDArray[np.uint8]:
    table = np.zeros((NONE + 1, 3), np.uint8)
    table[: len(SEA_CLASSES)] = [COLOURS[name] for name in SEA_CLASSES]
    table[NONE] = NOTHING
    return table


PALETTE = _table()
"""(256, 3) uint8 RGB, by the number of a class map."""


def coloured(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB of a class map (H, W)."""
    return PALETTE[classes]


def blended(
    pixels: NDArray[np.uint8], classes: NDArray[np.uint8], oil: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """The picture (H, W, 3) with the colours of its oil laid over it."""
    out = pixels.copy()
    mixed = pixels[oil] * (1 - BLEND) + PALETTE[classes[oil]] * BLEND
    out[oil] = mixed.round().astype(np.uint8)
    return out
