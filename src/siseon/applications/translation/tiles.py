"""Long pictures in parts: webtoons and banners are read tile by tile, with an overlap, and joined again.

A detector that sees 20,000 pixels at once sees them at a tenth of their size. Tiles overlap by more than a line is
high; what two tiles both found is kept once, from the tile in which it stands further from the edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

LONG = 3.0
"""Ratio of the sides from which a picture is long: no page or poster is."""
SIDE_RATIO = 1.5
"""Length of a tile in short sides of the picture: about that of a page."""
OVERLAP = 0.25
"""Of a tile's length, that the next one repeats: higher than any line or balloon of ordinary size."""
LEAST_LENGTH = 256
"""Pixels of a tile's length at least, so that a thin strip does not fall into thousands of tiles."""
MAX_TILES = 400
SAME = 0.5
"""Share of the smaller of two boxes that the other covers, from which they are the same line."""

Bucket = Literal["short", "long"]
Boxes = NDArray[np.float32]


class Tile(NamedTuple):
    """A part of a picture: [x1, x2) × [y1, y2)."""

    x1: int
    y1: int
    x2: int
    y2: int


def bucket(width: int, height: int) -> Bucket:
    """Whether a picture is long: read in tiles, and batched with its like."""
    return "long" if max(width, height) > LONG * min(width, height) else "short"


def tiles(width: int, height: int) -> list[Tile]:
    """Overlapping parts that cover a picture, from its beginning; a single one where it is short."""
    if bucket(width, height) == "short":
        return [Tile(0, 0, width, height)]
    short, long = min(width, height), max(width, height)
    length = max(LEAST_LENGTH, round(SIDE_RATIO * short), -(-long // MAX_TILES) * 2)
    if length >= long:
        return [Tile(0, 0, width, height)]
    count = 1 + int(np.ceil((long - length) / (length * (1 - OVERLAP))))
    starts = np.linspace(0, long - length, count).round().astype(int).tolist()
    if width > height:
        return [Tile(start, 0, start + length, height) for start in starts]
    return [Tile(0, start, width, start + length) for start in starts]


def kept(boxes: Boxes, owners: Sequence[int], parts: Sequence[Tile], width: int, height: int) -> list[int]:
    """Indices of the lines to keep, in their order: each line of the picture once.

    Args:
        boxes: (N, 4) xyxy of the lines that the tiles found, in pixels of the picture.
        owners: for each line the index of its tile.
        parts: the tiles.
        width: of the picture.
        height: of the picture.
    """
    if not len(boxes):
        return []
    owner = np.asarray(owners)
    edges = np.array(parts, np.float32)[owner]
    # An edge that is the picture's cuts nothing off.
    inner = edges != np.array([0, 0, width, height], np.float32)
    room = np.where(inner, np.abs(boxes - edges), np.inf).min(axis=1)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    out: list[int] = []
    by_room = np.lexsort((-area, -room))
    taken = np.zeros(len(boxes), bool)
    for index in by_room.tolist():
        if taken[index]:
            continue
        out.append(index)
        low, high = np.maximum(boxes[:, :2], boxes[index, :2]), np.minimum(boxes[:, 2:], boxes[index, 2:])
        common = np.clip(high - low, 0, None).prod(axis=1)
        taken |= (owner != owner[index]) & (common > SAME * np.minimum(area, area[index]))
    return sorted(out)
