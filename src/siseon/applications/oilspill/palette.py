"""The colours of classes in masks, maps and files: one table for all."""

from __future__ import annotations

import numpy as np

from siseon.applications.oilspill.contracts import SEA_CLASSES, SeaClass

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
