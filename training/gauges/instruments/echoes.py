"""A scene once more, looking otherwise: drawing one costs far more than this ("data echoing", arXiv 1907.05550)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from instruments.canvas import Floats, Pixels
from instruments.palettes import chance
from instruments.scenes import SMALLEST, Scene, letterboxed

NEARER, FARTHER = 1.3, 0.75
"""How much larger and smaller a scene becomes at most."""
WHOLE = 0.8
"""Share of an instrument's box that must be left after a scene has been moved, else it may be found or not."""


Sample = tuple[Pixels, Floats, NDArray[np.int64], NDArray[np.bool_]]
"""(side, side, 3) uint8 RGB; of its instruments (m, 4) boxes in pixels, (m,) kinds and whether they count."""


def echo(rng: np.random.Generator, scenes: Sequence[Scene], side: int) -> Sample:
    """One scene, or four in the quarters of a picture; mirrored or not, moved or not, in other light or not."""
    if len(scenes) == 1:
        pixels, boxes = letterboxed(scenes[0], side)
    else:
        pixels, boxes = _quarters(scenes, side)
    kinds = np.array([one.kind for each in scenes for one in each.instruments], np.int64)
    counts = np.array([one.counts for each in scenes for one in each.instruments], np.bool_)
    if chance(rng, 0.5):
        pixels, boxes = cv2.flip(pixels, 1), boxes[:, [2, 1, 0, 3]] * (-1, 1, -1, 1) + (side, 0, side, 0)
    if chance(rng, 0.6):
        pixels, boxes, whole = _moved(rng, pixels, boxes)
        counts &= whole
    sides = boxes[:, 2:] - boxes[:, :2]
    long, short = (least * side * 0.99 for least in SMALLEST)  # boxes that nothing has moved stay as they are
    counts &= (sides.max(axis=1, initial=0) >= long) & (sides.min(axis=1, initial=side) >= short)
    kept = (sides >= 2).all(axis=1)
    return _lit(rng, pixels), boxes[kept], kinds[kept], counts[kept]


def _quarters(scenes: Sequence[Scene], side: int) -> tuple[Pixels, Floats]:
    """Smaller instruments, more of them, for the price of one picture."""
    half = side // 2
    pixels = np.empty((side, side, 3), np.uint8)
    boxes = []
    for place, one in enumerate(scenes):
        top, left = half * (place // 2), half * (place % 2)
        pixels[top : top + half, left : left + half], those = letterboxed(one, half)
        boxes.append(those + np.array([left, top, left, top]))
    return pixels, np.concatenate(boxes)


def _moved(
    rng: np.random.Generator, pixels: Pixels, boxes: Floats
) -> tuple[Pixels, Floats, NDArray[np.bool_]]:
    """Nearer or farther, and aside; also whether enough of each box is left."""
    side = len(pixels)
    scale = float(np.exp(rng.uniform(np.log(FARTHER), np.log(NEARER))))
    shift = rng.uniform(0, 1, 2) * side * (1 - scale)
    matrix = np.array([(scale, 0, shift[0]), (0, scale, shift[1])])
    moved = cv2.warpAffine(pixels, matrix, (side, side), flags=cv2.INTER_LINEAR, borderValue=(114, 114, 114))
    placed = boxes * scale + np.tile(shift, 2)
    clipped = placed.clip(0, side)
    areas = [(one[:, 2:] - one[:, :2]).prod(axis=1) for one in (clipped, placed)]
    return np.asarray(moved, np.uint8), clipped, areas[0] >= WHOLE * areas[1]


def _lit(rng: np.random.Generator, pixels: Pixels) -> Pixels:
    """In light of another colour, of another strength, with more or less contrast."""
    if chance(rng, 0.5):
        return pixels
    plane = pixels.astype(np.float32) * rng.uniform(0.75, 1.2, 3).astype(np.float32)
    plane = (plane - 114) * float(rng.uniform(0.7, 1.2)) + 114 + float(rng.uniform(-25, 25))
    return np.clip(plane, 0, 255).astype(np.uint8)
