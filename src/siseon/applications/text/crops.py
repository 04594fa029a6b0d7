"""The pixels of one line, straightened: text from left to right on a horizontal base."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.text.regions import MIN_SIDE
from siseon.contracts import Image, Polygon

TALL = 1.5
"""Height over width from which a line is taken to be written from top to bottom, and turned."""

CONTRAST = 0.35
DARKEST = 83
"""Grey levels of a turned line: 83 to 172. Figures are in the README beside this file."""


def crop_line(image: Image, polygon: Polygon) -> Image | None:
    """Cut a quadrilateral (clockwise from top left, in any frame of the image's root); None when it is tiny.

    The crop's frame maps back through the perspective. Edge pixels are repeated where the line touches the
    border of the picture. A tall line is turned by a quarter counter-clockwise: its top comes to the left.
    """
    quad = polygon.to(image.frame).points
    width, height = _size(quad)
    if min(width, height) < MIN_SIDE:
        return None
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    to_crop = np.asarray(cv2.getPerspectiveTransform(quad, corners), dtype=np.float64)
    pixels = np.asarray(
        cv2.warpPerspective(
            image.pixels, to_crop, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
        dtype=np.uint8,
    )
    # OpenCV counts from the centre of the first pixel, a frame from its corner: half a pixel apart.
    to_image = _shift(0.5) @ np.linalg.inv(to_crop) @ _shift(-0.5)
    if height >= TALL * width:
        pixels = _softened(np.rot90(pixels))
        to_image = to_image @ np.array([[0, -1, width], [1, 0, 0], [0, 0, 1]], np.float64)
        width, height = height, width
    frame = image.frame.warp(to_image, width, height, kind="line")
    return Image(np.ascontiguousarray(pixels), frame, image.source)


def is_column(polygon: Polygon) -> bool:
    """Whether it is taken to be written from top to bottom."""
    width, height = _size(polygon.points)
    return height >= TALL * width


def _size(quad: NDArray[np.float32]) -> tuple[int, int]:
    """Whole pixels of the longer of two opposite sides."""
    width = max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[3] - quad[2]))
    return int(width), int(max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2])))


def _softened(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Black on white is too hard a contrast for turned columns: the recogniser drops small signs of them (ー っ 、 。),
    surely."""
    return np.asarray(np.rint(pixels * CONTRAST + DARKEST), np.uint8)


def hardened(line: Image) -> Image:
    """A column in its own contrast again, for a second look: in short ones この is taken for リの."""
    pixels = np.clip((line.pixels.astype(np.float32) - DARKEST) / CONTRAST, 0, 255)
    return Image(np.asarray(np.rint(pixels), np.uint8), line.frame, line.source)


def upside_down(image: Image) -> Image:
    """The same line turned by half a turn."""
    matrix = np.array([[-1, 0, image.width], [0, -1, image.height], [0, 0, 1]], np.float64)
    frame = image.frame.warp(matrix, image.width, image.height, kind="half turn")
    return Image(np.ascontiguousarray(image.pixels[::-1, ::-1]), frame, image.source)


def _shift(pixels: float) -> NDArray[np.float64]:
    return np.array([[1, 0, pixels], [0, 1, pixels], [0, 0, 1]], np.float64)
