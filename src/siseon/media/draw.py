"""Annotated pictures: boxes with label plates, masks, numbered lines; readable on light and on dark.

Drawn with Pillow. Every stroke is a bright line on a dark one, so that one of the two always contrasts, and
every label stands on a plate of its own colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from siseon.contracts import Image, Mask

# Okabe and Ito's palette (2008), told apart by people with any common colour vision.
PALETTE = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 200, 140),
    (240, 228, 66),
    (213, 94, 0),
    (204, 121, 167),
    (255, 255, 255),
)
DARK = (16, 16, 16)
MASK_OPACITY = 0.45
SMALLEST_FONT, LARGEST_FONT = 11, 40
FONT_PER_SIDE = 1 / 45
"""Font size as a share of the picture's shorter side."""
MAX_LABEL = 32
"""Characters of a label; the rest is in the JSON."""
FONT_FOLDERS = ("/usr/share/fonts", "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
WIDE_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKkr-Regular.otf",
    "DroidSansFallbackFull.ttf",
    "Arial Unicode.ttf",
)

Colour = tuple[int, int, int]
Ring = Sequence[tuple[float, float]]


class Canvas:
    """A copy of a picture to draw on; coordinates are pixels of that picture."""

    def __init__(self, image: Image) -> None:
        self._picture = PillowImage.fromarray(image.pixels)  # copies: the image itself must stay as it is
        self._pen = ImageDraw.Draw(self._picture)
        size = round(min(image.width, image.height) * FONT_PER_SIDE)
        self._size = min(LARGEST_FONT, max(SMALLEST_FONT, size))
        self._stroke = max(1, self._size // 8)
        self._plates: list[tuple[float, float, float, float]] = []

    def mask(self, mask: Mask, colour: Colour) -> None:
        """Tint the pixels inside a mask."""
        self._tint(mask.decode(), colour)

    def box(self, xyxy: Sequence[float], colour: Colour, label: str = "") -> None:
        """A rectangle with a label plate at its top left."""
        x1, y1, x2, y2 = xyxy
        self.ring([(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)], colour)
        if label:
            self.plate(label, (x1, y1), colour)

    def ring(self, points: Ring, colour: Colour) -> None:
        """A closed outline."""
        flat = [(float(x), float(y)) for x, y in points]
        self._pen.line(flat, fill=DARK, width=3 * self._stroke, joint="curve")
        self._pen.line(flat, fill=colour, width=self._stroke, joint="curve")

    def plate(self, label: str, corner: tuple[float, float], colour: Colour) -> None:
        """A label on a plate above ``corner``, moved to stay inside the picture and off other plates."""
        text = label if len(label) <= MAX_LABEL else label[: MAX_LABEL - 1] + "…"
        font = _font(self._size, text)
        if font is None:
            return
        pad = self._stroke + 1
        left, top, right, bottom = self._pen.textbbox((0, 0), text, font=font)
        width, height = right - left + 2 * pad, bottom - top + 2 * pad
        x = min(max(0.0, corner[0]), max(0.0, self._picture.width - width))
        y = min(max(0.0, corner[1] - height), max(0.0, self._picture.height - height))
        while any(_meet((x, y, x + width, y + height), taken) for taken in self._plates):
            y += height
            if y + height > self._picture.height:
                return  # no room: the outline and the JSON say it
        self._plates.append((x, y, x + width, y + height))
        self._pen.rectangle((x, y, x + width, y + height), fill=colour, outline=DARK)
        self._pen.text((x + pad - left, y + pad - top), text, font=font, fill=DARK)

    def image(self) -> Image:
        """The drawing."""
        return Image.from_array(np.asarray(self._picture))

    def _tint(self, inside: NDArray[np.bool_], colour: Colour) -> None:
        alpha = PillowImage.fromarray((inside * np.uint8(255 * MASK_OPACITY)).astype(np.uint8))
        self._picture.paste(colour, mask=alpha)


def colour_of(number: int) -> Colour:
    """The colour for a class or a line."""
    return PALETTE[number % len(PALETTE)]


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _font(size: int, text: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont | None:
    """A font that has the text's letters; None when this machine has none (no boxes in place of letters)."""
    if all(ord(letter) < 0x250 or letter == "…" for letter in text):
        return ImageFont.load_default(size)
    path = _wide_font()
    return None if path is None else ImageFont.truetype(path, size)


@cache
def _wide_font() -> str | None:
    for folder in FONT_FOLDERS:
        for name in WIDE_FONTS:
            found = next(Path(folder).rglob(name), None) if Path(folder).is_dir() else None
            if found is not None:
                return str(found)
    return None
