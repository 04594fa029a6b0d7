"""Two small detectors for services under review, both right: one by colour, written by hand, one by contours.

Each takes (H, W, 3) uint8 RGB and gives boxes x1, y1, x2, y2 in pixels, a score, a class and the object's pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]

LEAST_SIDE = 8
"""Pixels: what is smaller in width or height is not an object."""
NAMES = {0: "red thing", 1: "orange thing", 2: "plate", 3: "dial"}


@dataclass(frozen=True)
class Found:
    box: Box
    score: float
    class_id: int
    shape: NDArray[np.bool_]
    """(H, W): the object's own pixels."""

    @property
    def name(self) -> str:
        return NAMES[self.class_id]


Detector = Callable[[Pixels], Sequence[Found]]


def by_colour(pixels: Pixels) -> list[Found]:
    """Connected red and orange areas, from the top of the picture down."""
    red, green, blue = (pixels[:, :, band].astype(np.int16) for band in range(3))
    found = [
        *_areas((red > 130) & (green < 80) & (blue < 90), class_id=0),
        *_areas((red > 130) & (green > 90) & (green < 175) & (blue < 60), class_id=1),
    ]
    return sorted(found, key=lambda each: (each.box[1], each.box[0]))


def by_contours(pixels: Pixels) -> list[Found]:
    """Round and eight-cornered dark outlines in the grey picture, from the bottom up, as OpenCV lists them."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    contours, _ = cv2.findContours((grey < 100).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = []
    for contour in contours:
        x, y, width, height = cv2.boundingRect(contour)
        length = cv2.arcLength(contour, closed=True)
        if min(width, height) < LEAST_SIDE or not 0.8 < width / height < 1.25:
            continue
        roundness = 4 * np.pi * cv2.contourArea(contour) / length**2
        if roundness < 0.7:
            continue
        shape = np.zeros(grey.shape, np.uint8)
        cv2.drawContours(shape, [contour], -1, 1, cv2.FILLED)
        inside = grey[shape.astype(bool)].mean()
        box = (float(x), float(y), float(x + width), float(y + height))
        found.append(Found(box, round(min(1.0, roundness), 3), 3 if inside > 130 else 2, shape.astype(bool)))
    return found


def _areas(mask: NDArray[np.bool_], class_id: int) -> list[Found]:
    count, labelled, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    found = []
    for label in range(1, count):
        x, y, width, height, area = map(int, statistics[label])
        if min(width, height) < LEAST_SIDE or area < 0.4 * width * height:
            continue
        score = round(0.6 + 0.4 * area / (width * height), 3)
        box = (float(x), float(y), float(x + width), float(y + height))
        found.append(Found(box, score, class_id, labelled == label))
    return found
