"""Pens that draw a dial from the front: lengths are in radii of its rim, from its middle, x right and y down."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Colour = tuple[int, int, int]

SIDE = 1024
"""Pixels of the drawing."""
RADIUS = 480.0
"""Of them, from the middle of the dial to its rim."""
MIDDLE = (SIDE - 1) / 2
SHIFT = 6
"""Bits of a pixel that OpenCV's pens keep."""


def bar(start: tuple[float, float], end: tuple[float, float], width: float) -> Floats:
    """(4, 2) corners of a line of that width."""
    first, last = np.array(start), np.array(end)
    along = (last - first) / np.linalg.norm(last - first)
    across = np.array([-along[1], along[0]]) * width / 2
    return np.array([first + across, last + across, last - across, first - across])


def write(
    pen: ImageDraw.ImageDraw, text: str, at: tuple[float, float], size: float, ink: Colour, bold: int
) -> None:
    """A text around a point; ``bold``: pixels that its lines are broader by on each side."""
    font = ImageFont.load_default(size * RADIUS)
    place = MIDDLE + at[0] * RADIUS, MIDDLE + at[1] * RADIUS
    pen.text(place, text, fill=ink, font=font, anchor="mm", stroke_width=bold)


def polygon(canvas: Pixels, outline: Floats, colour: Colour) -> None:
    """Fill (N, 2) corners."""
    points = np.round((MIDDLE + outline * RADIUS) * (1 << SHIFT)).astype(np.int32)
    cv2.fillPoly(canvas, [points], colour, cv2.LINE_AA, SHIFT)


def fixed(point: tuple[float, ...]) -> tuple[int, int]:
    """As OpenCV's pens take a point."""
    x, y = (round((MIDDLE + value * RADIUS) * (1 << SHIFT)) for value in point)
    return x, y


def length(radii: float) -> int:
    """As they take a length."""
    return round(radii * RADIUS * (1 << SHIFT))


def thick(radii: float) -> int:
    """As they take the width of a line."""
    return round(radii * RADIUS)
