"""A flat sheet on which an instrument is drawn from the front, and the pens for it.

All pens take shares of the sheet's smaller side, so that a drawing is the same at every size; sheets are drawn near
the size at which they are seen, since drawing large and shrinking costs more than all else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Colour = tuple[int, int, int]
Point = tuple[float, float]

SHIFT = 4
"""Bits of a pixel that OpenCV's pens keep."""
STROKES = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)
PRINTED = len(STROKES)
"""Number of the font that comes with Pillow; those before it are OpenCV's."""
HERSHEY_HEIGHT = 21.0
"""Pixels of a capital at scale 1."""


@dataclass(eq=False)
class Sheet:
    """Colours (H, W, 3) and coverage (H, W), both uint8."""

    pixels: Pixels
    cover: Pixels

    @classmethod
    def blank(cls, width: int, height: int) -> Sheet:
        """Covers nothing yet."""
        return cls(np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8))

    @property
    def unit(self) -> int:
        """Pixels of the smaller side."""
        return min(self.pixels.shape[:2])

    @property
    def middle(self) -> Point:
        """In shares of the unit."""
        height, width = self.cover.shape
        return width / self.unit / 2, height / self.unit / 2

    def polygon(self, points: Sequence[Point] | Floats, colour: Colour, *, solid: bool = False) -> None:
        """Filled; ``solid`` extends what the sheet covers."""
        fixed = np.round(np.asarray(points, np.float64) * self.unit * (1 << SHIFT)).astype(np.int32)
        cv2.fillPoly(self.pixels, [fixed], colour, cv2.LINE_AA, SHIFT)
        if solid:
            cv2.fillPoly(self.cover, [fixed], (255,), cv2.LINE_AA, SHIFT)

    def rectangle(
        self, x: float, y: float, wide: float, high: float, colour: Colour, *, solid: bool = False
    ) -> None:
        """Filled, from its upper left corner."""
        self.polygon([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)], colour, solid=solid)

    def disc(self, at: Point, radius: float, colour: Colour, *, solid: bool = False) -> None:
        """Filled."""
        self._circle(at, radius, colour, -1, solid)

    def ring(self, at: Point, radius: float, thick: float, colour: Colour, *, solid: bool = False) -> None:
        """A circle's line."""
        self._circle(at, radius, colour, max(1, round(thick * self.unit)), solid)

    def arc(self, at: Point, radius: float, start: float, end: float, thick: float, colour: Colour) -> None:
        """Part of a circle's line, in degrees clockwise from the top."""
        angles = np.radians(np.linspace(start, end, 24))
        points = np.stack([at[0] + radius * np.sin(angles), at[1] - radius * np.cos(angles)], axis=1)
        fixed = np.round(points * self.unit * (1 << SHIFT)).astype(np.int32)
        cv2.polylines(
            self.pixels, [fixed], False, colour, max(1, round(thick * self.unit)), cv2.LINE_AA, SHIFT
        )

    def bar(self, start: Point, end: Point, first: float, last: float, colour: Colour) -> None:
        """A bar that is ``first`` wide where it starts and ``last`` where it ends."""
        a, b = np.array(start), np.array(end)
        along = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
        across = np.array([-along[1], along[0]]) / 2
        self.polygon(
            np.array([a + across * first, b + across * last, b - across * last, a - across * first]), colour
        )

    def write(
        self, text: str, at: Point, high: float, colour: Colour, *, font: int = PRINTED, bold: float = 1.0
    ) -> None:
        """Text around a point; ``high`` is that of a digit."""
        pixels = high * self.unit
        if pixels < 3 or not text:
            return
        x, y = at[0] * self.unit, at[1] * self.unit
        if font < PRINTED:
            scale, thick = pixels / HERSHEY_HEIGHT, max(1, round(pixels * 0.11 * bold))
            (wide, tall), _ = cv2.getTextSize(text, STROKES[font], scale, thick)
            corner = round(x - wide / 2), round(y + tall / 2)
            cv2.putText(self.pixels, text, corner, STROKES[font], scale, colour, thick, cv2.LINE_AA)
            return
        mask = _printed(text, max(4, round(pixels / 0.72)), bold > 1.2)
        left, top = round(x - mask.shape[1] / 2), round(y - mask.shape[0] / 2)
        blend(self.pixels, colour, mask, left, top)

    def _circle(self, at: Point, radius: float, colour: Colour, thick: int, solid: bool) -> None:
        scale = self.unit * (1 << SHIFT)
        centre, size = (round(at[0] * scale), round(at[1] * scale)), max(1, round(radius * scale))
        cv2.circle(self.pixels, centre, size, colour, thick, cv2.LINE_AA, SHIFT)
        if solid:
            cv2.circle(self.cover, centre, size, (255,), thick, cv2.LINE_AA, SHIFT)


def polar(at: Point, angle: float, radius: float) -> Point:
    """The point at degrees clockwise from the top."""
    turn = np.radians(angle)
    return at[0] + radius * float(np.sin(turn)), at[1] - radius * float(np.cos(turn))


def blend(pixels: Pixels, colour: Colour | Pixels, mask: Pixels, left: int, top: int) -> None:
    """Put a colour, or an equally large picture, where a mask says, as far as it lies in the picture."""
    height, width = mask.shape
    x1, y1 = max(left, 0), max(top, 0)
    x2, y2 = min(left + width, pixels.shape[1]), min(top + height, pixels.shape[0])
    if x1 >= x2 or y1 >= y2:
        return
    inside = slice(y1 - top, y2 - top), slice(x1 - left, x2 - left)
    share = (mask[inside].astype(np.float32) / 255)[..., None]
    ink = np.array(colour, np.float32) if isinstance(colour, tuple) else colour[inside].astype(np.float32)
    area = pixels[y1:y2, x1:x2]
    area[:] = area + (ink - area) * share + 0.5


@lru_cache(maxsize=4096)
def _printed(text: str, size: int, bold: bool) -> Pixels:
    font, stroke = _font(size), max(1, size // 16) if bold else 0
    left, top, right, bottom = font.getbbox(text, stroke_width=stroke)
    picture = Image.new("L", (max(1, int(right - left) + 2), max(1, int(bottom - top) + 2)))
    ImageDraw.Draw(picture).text((1 - left, 1 - top), text, 255, font=font, stroke_width=stroke)
    return np.array(picture)


@lru_cache(maxsize=128)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("this Pillow was built without FreeType")
    return font
