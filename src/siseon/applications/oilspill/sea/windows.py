"""Where the network looks: windows as high as the picture (as wide, where it is upright), then finer ones that overlap.

In the first it sees horizon, shore and how large a slick is; in the finer ones its threads. What it says of a pixel at
several scales and in several windows is averaged, the middle of a window counting more than its edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SCALES = (1, 2)
"""Windows along the shorter side; a finer scale that would enlarge the picture much is left out."""
OVERLAP = 0.25
"""Of a window's side, that the next repeats at the finer scales, and within which it counts less."""
LEAST_OVERLAP = 0.1875
"""What they repeat at least, so that pictures of 16:9 and 3:2 take 10 and 8 windows, not 11 and 10."""
MOST_ENLARGED = 1.5
"""Times that a small picture may be enlarged to be looked at in parts."""
EDGE = 0.1
"""Weight of a window's edge, of that of its middle."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square part of a picture that was scaled."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Level:
    """A picture at one scale."""

    width: int
    height: int
    windows: tuple[Window, ...]


def levels(width: int, height: int, side: int) -> list[Level]:
    """How a picture of that size is looked at through windows of ``side`` pixels; coarse to fine."""
    shorter = min(width, height)
    found = []
    for scale in SCALES:
        # Each further window brings its side less the overlap.
        length = round(side * (1 + (scale - 1) * (1 - OVERLAP)))
        if scale > 1 and length > MOST_ENLARGED * shorter:
            break
        share = length / shorter
        size = max(1, round(width * share)), max(1, round(height * share))
        places = [Window(x, y) for y in _starts(size[1], side) for x in _starts(size[0], side)]
        found.append(Level(*size, tuple(places)))
    return found


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    count = 1 + int(np.ceil((length - side) / (side * (1 - LEAST_OVERLAP)) - 1e-6))
    return [int(start) for start in np.linspace(0, length - side, count).round()]


def weights(side: int) -> NDArray[np.float32]:
    """(side, side): how much each pixel of a window counts."""
    ramp = np.minimum(np.arange(side) + 0.5, side - np.arange(side) - 0.5) / (side * OVERLAP)
    line = EDGE + (1 - EDGE) * np.clip(ramp, 0, 1)
    return np.outer(line, line).astype(np.float32)
