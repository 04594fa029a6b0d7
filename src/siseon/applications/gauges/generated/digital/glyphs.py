"""Letters of counters and plates: a character's mask, by families."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from siseon.applications.gauges.generated.dial import Split
from siseon.applications.gauges.generated.digital.strokes import stroke_digit

Mask = NDArray[np.uint8]
Glyphs = Callable[[str], Mask]
"""A digit's mask, (H, W) uint8, cut to its ink."""


class Family(NamedTuple):
    """Letters that are alike."""

    name: str
    letters: Callable[[np.random.Generator], Glyphs]


SIZE = 64


def strokes(rng: np.random.Generator) -> Glyphs:
    """Digits that are built anew."""
    seed, thick = int(rng.integers(1 << 30)), float(rng.uniform(0.09, 0.2))

    def glyph(character: str) -> Mask:
        return cropped(stroke_digit(character, np.random.default_rng([seed, ord(character)]), thick))

    return glyph


def plotted(*faces: int) -> Callable[[np.random.Generator], Glyphs]:
    """Of the letters that OpenCV has."""

    def letters(rng: np.random.Generator) -> Glyphs:
        face = faces[int(rng.integers(len(faces)))]
        thick = int(rng.integers(3, 9))
        return lambda character: _plotted(character, face, thick)

    return letters


def pillows(rng: np.random.Generator) -> Glyphs:
    """Of the letters that Pillow has; some bolder."""
    bold = int(rng.integers(0, 3))
    return lambda character: _pillows(character, bold)


def cropped(mask: Mask) -> Mask:
    """Cut to its ink."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


@cache
def _plotted(character: str, face: int, thick: int) -> Mask:
    mask = np.zeros((3 * SIZE, 3 * SIZE), np.uint8)
    cv2.putText(mask, character, (SIZE // 2, 2 * SIZE), face, 2.9, (255,), thick, cv2.LINE_AA)
    return cropped(mask)


@cache
def _pillows(character: str, bold: int) -> Mask:
    picture = Image.new("L", (2 * SIZE, 2 * SIZE))
    font = ImageFont.load_default(1.3 * SIZE)
    ImageDraw.Draw(picture).text((SIZE, SIZE), character, 255, font=font, anchor="mm", stroke_width=bold)
    return cropped(np.array(picture))


GLYPHS: dict[Split, tuple[Family, ...]] = {
    "development": (
        Family("strokes", strokes),
        Family("strokes", strokes),
        Family("Hershey sans", plotted(cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX)),
    ),
    "evaluation": (
        Family("Aileron", pillows),
        Family("Hershey serif", plotted(cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)),
    ),
}
