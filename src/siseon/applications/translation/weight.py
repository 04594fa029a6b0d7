"""How heavy letters are, measured in the picture."""

from __future__ import annotations

from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.translation.contracts import Script
from siseon.applications.translation.mask import Strokes

BOLD = MappingProxyType({"han": 0.072, "japanese": 0.072, "hangul": 0.068})
"""Width of a stroke in line heights from which letters are bold, by script: between regular and bold type of the
families in ``fonts`` at 16 to 80 pixels."""
BOLD_LETTERS, LETTERS_SOFT = 0.115, 0.8
"""The same of scripts whose letters stand apart, in heights of the letters themselves, and pixels by which soft edges
widen a stroke: regular type has 0.08 to 0.115, bold type 0.15 to 0.2, whatever room a line was given."""
TALL_LETTERS = 75
"""Percentile of the heights of connected strokes, which is that of letters rather than of dots and accents."""
LEAST_LETTER = 0.3
"""Of the highest connected stroke; lower ones are dots, accents and noise."""
SOFT = 0.6
"""Pixels by which soft edges widen a stroke."""

Pixels = NDArray[np.uint8]


def is_bold(original: Pixels, ground: Pixels, strokes: Strokes, script: Script) -> bool:
    """Whether letters are heavy.

    The width of a stroke is twice its area over its edge. Pixels are ink when they differ from the ground by half as
    much as the inmost ones.

    Args:
        original: (h, w, 3) uint8, the patch of ``strokes``.
        ground: the same without letters.
        strokes: where they stand.
        script: of the letters.
    """
    off = cv2.absdiff(original, ground).max(axis=2)
    inked = off[strokes.mask]
    if not len(inked):
        return False
    ink = strokes.mask & (off > np.percentile(inked, 90) / 2)
    inner = cv2.erode(ink.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))).astype(bool)
    edge = int(ink.sum()) - int(inner.sum())
    if not edge:
        return False
    width = 2 * int(ink.sum()) / edge
    if script in BOLD:
        return width > BOLD[script] * strokes.height + SOFT
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    tall = float(np.percentile(heights[heights > heights.max() * LEAST_LETTER], TALL_LETTERS))
    return width > BOLD_LETTERS * tall + LETTERS_SOFT
