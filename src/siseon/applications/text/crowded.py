"""Rows or columns that the detector took for one line, since they are set close together: parted where ground shows.

They are told by what they read: letters that fill their em need a box as many times longer than high.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Frame, Image, Polygon

ROOM = 0.6
"""Line heights that a letter which fills its em has of a box's length, at least; single lines have 0.65 and more."""
INK = 0.35
"""Difference from the ground, over the greatest one, from which a pixel is ink."""
LEAST_GAP = 2
"""Pixels between two lines, at least."""
MOST_LINES = 4
EDGE = 0.1
"""Share of a box at each side in which a frame may stand."""
ALIKE = 1.6
"""Ratio of the heights of two lines, at most."""


def is_crowded(line: Image, text: str) -> bool:
    """Whether a straightened line is too short for the letters that were read in it."""
    wide = sum(unicodedata.east_asian_width(letter) == "W" for letter in text)
    return wide > 1 and line.width < ROOM * wide * line.height


def parted(line: Image, frame: Frame) -> list[Polygon]:
    """The lines in a straightened one, in ``frame``, which it was cut from; none where no gap runs through it."""
    grey = line.pixels.mean(axis=2)
    off = np.abs(grey - np.median(grey))
    ink = off > INK * off.max()
    found = [(_runs(ink.any(axis=1 - axis)), axis) for axis in (0, 1)]
    runs, axis = max(found, key=lambda one: _gap(one[0]))
    if _gap(runs) < LEAST_GAP:
        return []
    # Each reaches to the middle of the gap beside it.
    margin, size = _gap(runs) / 2, float(ink.shape[axis])
    middles = [(before[1] + after[0]) / 2 for before, after in pairwise(runs)]
    edges = [max(0.0, runs[0][0] - margin), *middles, min(size, runs[-1][1] + margin)]
    return [_polygon(line, axis, start, end).to(frame) for start, end in pairwise(edges)]


def _runs(inked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Starts and ends of stretches with ink, but for thin ones at the edge: a box may reach over a frame's line."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(np.int8), [0]])))
    runs = [(int(start), int(end)) for start, end in steps.reshape(-1, 2)]
    thin = max((end - start for start, end in runs), default=0) / ALIKE
    edge = EDGE * len(inked)
    return [
        (start, end)
        for start, end in runs
        if end - start > thin or not (end <= edge or start >= len(inked) - edge)
    ]


def _gap(runs: list[tuple[int, int]]) -> int:
    """The least gap between lines that are about equally high; 0 where these are no lines."""
    sizes = [end - start for start, end in runs]
    if not 2 <= len(runs) <= MOST_LINES or max(sizes) > ALIKE * min(sizes):
        return 0
    return min(after[0] - before[1] for before, after in pairwise(runs))


def _polygon(line: Image, axis: int, start: float, end: float) -> Polygon:
    """A strip across the whole line."""
    (x1, x2), (y1, y2) = (
        ((0.0, line.width), (start, end)) if axis == 0 else ((start, end), (0.0, line.height))
    )
    return Polygon(np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32), line.frame)
