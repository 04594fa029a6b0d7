"""From the detector's probability map to the corners of lines.

Method: "Real-time Scene Text Detection with Differentiable Binarization", Liao et al., arXiv 1911.08947. The
constants are those of PP-OCR's deployment configuration, and the rounding to whole pixels is its too: the
recogniser's answer hangs on single pixels of its input, so anything else would read other texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pyclipper
from numpy.typing import NDArray

from siseon.contracts import Frame, Polygon

PIXEL_THRESHOLD = 0.3
"""Probability from which a pixel belongs to text."""
BOX_THRESHOLD = 0.5
"""Mean probability inside a region from which it is a line."""
UNCLIP_RATIO = 1.6
"""The network sees shrunken lines: they grow by area × ratio / perimeter."""
MIN_MAP_SIDE = 3
"""Pixels of the map; smaller regions are noise."""
MIN_SIDE = 4
"""Pixels of the picture; smaller quadrilaterals hold no character."""
MAX_REGIONS = 1000

Quad = NDArray[np.float32]
"""(4, 2) float32 corners."""
Rectangle = tuple[Sequence[float], Sequence[float], float]
"""OpenCV's rotated rectangle: centre, size, angle in degrees."""


def find_lines(probability: NDArray[np.float32], frame: Frame, picture: Frame) -> list[Polygon]:
    """The lines in one (H, W) float32 map whose pixels are those of ``frame``.

    Returns:
        Quadrilaterals in ``picture``, an ancestor of the frame, on whole pixels inside it, clockwise from top
        left; in no order.
    """
    lines = []
    for region in _regions(probability):
        corners = clockwise(np.round(frame.map_points(region, picture)))
        corners = np.clip(corners, 0, [picture.width - 1, picture.height - 1])
        if min(_length(corners[0], corners[1]), _length(corners[0], corners[3])) >= MIN_SIDE:
            lines.append(Polygon(corners.astype(np.float32), picture))
    return lines


def _regions(probability: NDArray[np.float32]) -> list[Quad]:
    """Corners of the regions in pixels of the map, grown to whole lines, in no order."""
    bitmap = cv2.dilate((probability > PIXEL_THRESHOLD).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(bitmap, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    regions = []
    for contour in contours[:MAX_REGIONS]:
        rectangle = cv2.minAreaRect(contour)
        if min(rectangle[1]) < MIN_MAP_SIDE or _mean_inside(probability, _corners(rectangle)) < BOX_THRESHOLD:
            continue
        grown = _grow(rectangle)
        if grown is not None:
            regions.append(grown)
    return regions


def _mean_inside(probability: NDArray[np.float32], corners: Quad) -> float:
    height, width = probability.shape
    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, [width - 1, height - 1])
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, [width - 1, height - 1])
    mask = np.zeros((high[1] - low[1] + 1, high[0] - low[0] + 1), np.uint8)
    cv2.fillPoly(mask, [(corners - low).astype(np.int32)], 1)
    return float(cv2.mean(probability[low[1] : high[1] + 1, low[0] : high[0] + 1], mask)[0])


def _grow(rectangle: Rectangle) -> Quad | None:
    """The region grown back to the whole line; None when it stays too small."""
    width, height = rectangle[1]
    distance = width * height * UNCLIP_RATIO / (2 * (width + height))
    offset = pyclipper.PyclipperOffset()
    offset.AddPath(cv2.boxPoints(rectangle), pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    paths = offset.Execute(distance)
    if not paths:
        return None
    grown = cv2.minAreaRect(np.array(paths[0], np.int32))
    if min(grown[1]) < MIN_MAP_SIDE + 2:
        return None
    return _corners(grown)


def _corners(rectangle: Rectangle) -> Quad:
    return np.asarray(cv2.boxPoints(rectangle), dtype=np.float32)


def clockwise(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Top left, top right, bottom right, bottom left: by x, then by y within each half."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    left, right = left[np.argsort(left[:, 1], kind="stable")], right[np.argsort(right[:, 1], kind="stable")]
    return np.stack([left[0], right[0], right[1], left[1]])


def _length(start: NDArray[np.float64], end: NDArray[np.float64]) -> int:
    return int(np.linalg.norm(start - end))
