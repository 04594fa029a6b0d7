"""Numbers that the finder of text misses on a dial: single digits and small ones, in every direction from a number that
it did find, and about as high. Whatever looks like a word of figures is proposed here; a recogniser tells which is one.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.automatic import Area, Written
from siseon.applications.gauges.numerals import number

Floats = NDArray[np.float64]
Boxes = NDArray[np.int64]
"""(N, 4) x1, y1, x2, y2."""

GLYPH = 0.75
"""Of the height of a line that the finder of text gives: the rest is margin."""
SEEN = 26
"""Pixels of height at which glyphs are told from the ground."""
AROUND = 20.0
"""Heights of a number, from the middle of those that were found to the farthest that are looked for: a dial has 8 in
the radius of its numbers, about."""
STANDS_OUT = 8.0
"""Grey levels between a glyph and the mean around it."""
HEIGHTS, WIDTHS = (0.6, 1.6), (0.1, 1.5)
"""Of a glyph, in heights of those that were found."""
GAP = 0.45
"""Heights between two glyphs of a word, at most."""
ALIKE = 0.5
"""Heights by which they may differ in height."""
LEVEL = 0.6
"""Of the lower one's height, in which they must stand side by side."""
LONGEST = 4.5
"""Heights."""
MARGIN = 0.25
"""Heights around a word."""
MOST = 120
"""Words, those nearest to the numbers that were found."""


def number_areas(pixels: NDArray[np.uint8], lines: Sequence[Written]) -> tuple[Area, ...]:
    """Where numbers may stand in (H, W, 3) uint8 RGB beside those that were found; nothing where none was."""
    known = [line for line in lines if number(line.text) is not None]
    if not known:
        return ()
    height = GLYPH * float(np.median([line.height for line in known]))
    middle = np.median([(line.x, line.y) for line in known], axis=0)
    low = np.maximum(np.floor(middle - AROUND * height), 0).astype(int)
    part = pixels[
        low[1] : int(middle[1] + AROUND * height) + 1, low[0] : int(middle[0] + AROUND * height) + 1
    ]
    words = _words(part, SEEN / height) + np.tile(low, 2)
    centres = (words[:, :2] + words[:, 2:]) / 2
    taken = np.array([(line.x, line.y) for line in known])
    new = np.abs(centres[:, None] - taken).max(axis=2).min(axis=1) > height
    nearest = np.argsort(np.linalg.norm(centres - middle, axis=1), kind="stable")
    margin = np.array([-1, -1, 1, 1]) * MARGIN * height
    bounds = np.tile(pixels.shape[1::-1], 2)
    areas = np.clip(np.round(words + margin), 0, bounds).astype(int)
    return tuple((x1, y1, x2, y2) for x1, y1, x2, y2 in areas[nearest[new[nearest]]][:MOST].tolist())


def _words(pixels: NDArray[np.uint8], scale: float) -> Floats:
    """(N, 4) boxes of what may be words of figures that are ``SEEN / scale`` high, dark and light ones."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    grey = cv2.GaussianBlur(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=way), (0, 0), 1.0)
    single = np.asarray(grey, np.float32)
    off = single - cv2.GaussianBlur(single, (0, 0), 0.8 * SEEN)
    found: list[list[int]] = []
    for sign in (1, -1):
        _, _, stats, _ = cv2.connectedComponentsWithStats((sign * off > STANDS_OUT).astype(np.uint8))
        x, y, wide, high = stats[1:, :4].T
        glyph = (high > HEIGHTS[0] * SEEN) & (high < HEIGHTS[1] * SEEN)
        glyph &= (wide > WIDTHS[0] * SEEN) & (wide < WIDTHS[1] * SEEN)
        found += _joined(np.stack([x, y, x + wide, y + high], axis=1)[glyph])
    return np.array(found, np.float64).reshape(-1, 4) / scale


def _joined(glyphs: NDArray[np.int32]) -> list[list[int]]:
    """Boxes of the words that glyphs make, those that are too long left out."""
    left = sorted(glyphs.tolist())
    words = []
    while left:
        word = left.pop(0)
        while (more := next((one for one in left if _of_a_word(word, one)), None)) is not None:
            left.remove(more)
            word = [*np.minimum(word[:2], more[:2]).tolist(), *np.maximum(word[2:], more[2:]).tolist()]
        if word[2] - word[0] < LONGEST * SEEN:
            words.append(word)
    return words


def _of_a_word(first: list[int], second: list[int]) -> bool:
    highs = first[3] - first[1], second[3] - second[1]
    beside = min(first[3], second[3]) - max(first[1], second[1])
    gap = max(second[0] - first[2], first[0] - second[2])
    return gap < GAP * SEEN and beside > LEVEL * min(highs) and abs(highs[0] - highs[1]) < ALIKE * SEEN
