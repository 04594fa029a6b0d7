"""The order in which regions of a page are read: panel by panel, by cuts that cross no text.

Method: the recursive X-Y cut (Nagy and Seth, "Hierarchical representation of optically scanned documents", 1984). A
page is cut where a whole row or column of pixels is of one colour, as the gutters between panels are; where there is
no such, between the boxes of regions. Of a row and a column the wider cut goes first, in doubt the row.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

MAP_SIDE = 400
"""Pixels of the short side of the map on which gutters are sought: one of 1 % of a page is four pixels wide."""
MAX_MAP_SIDE = 8000
PLAIN = 32
"""Difference of grey levels in a row of one colour, at most."""
ROWS_FIRST = 0.6
"""A row goes before a column when it is at least this share as wide."""
MAX_DEPTH = 40

Boxes = NDArray[np.float32]
"""(N, 4): left, top, right, bottom."""


class Cut(NamedTuple):
    """A gap between what stands before and what stands after."""

    width: float
    middle: float


def reading_order(boxes: Boxes, pixels: NDArray[np.uint8], *, right_to_left: bool = False) -> list[int]:
    """Indices of the boxes in reading order.

    Args:
        boxes: (N, 4) xyxy in pixels of the picture.
        pixels: (H, W, 3) uint8.
        right_to_left: whether of two things side by side the right one is read first.
    """
    if len(boxes) < 2:
        return list(range(len(boxes)))
    height, width = pixels.shape[:2]
    scale = min(1.0, MAP_SIDE / min(height, width), MAX_MAP_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    page = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    scaled = boxes * np.array([size[0] / width, size[1] / height] * 2, np.float32)
    return _read(list(range(len(boxes))), scaled, page, (0, 0, *size), right_to_left, 0)


def _read(
    indices: list[int],
    boxes: Boxes,
    page: NDArray[np.uint8],
    part: tuple[int, int, int, int],
    right_to_left: bool,
    depth: int,
) -> list[int]:
    """The boxes ``indices``, which all stand in ``part`` (x1, y1, x2, y2 of the page), in order."""
    if len(indices) < 2:
        return indices
    x1, y1, x2, y2 = part
    inside = page[y1:y2, x1:x2]
    gutters = [_widest(boxes[indices], inside, axis, (x1, y1)[axis]) for axis in (0, 1)]
    if not any(gutters):
        gutters = [_widest(boxes[indices], None, axis, 0) for axis in (0, 1)]
    if depth == MAX_DEPTH or not any(gutters):
        return _in_rows(indices, boxes, right_to_left)
    across, down = (cut or Cut(0, 0) for cut in gutters)
    axis, at = (1, down.middle) if down.width >= ROWS_FIRST * across.width else (0, across.middle)
    before = [index for index in indices if boxes[index, axis] + boxes[index, axis + 2] < 2 * at]
    after = [index for index in indices if boxes[index, axis] + boxes[index, axis + 2] >= 2 * at]
    edge = int(at)
    parts = (
        ((x1, y1, edge, y2), (edge, y1, x2, y2)) if axis == 0 else ((x1, y1, x2, edge), (x1, edge, x2, y2))
    )
    halves = [
        _read(half, boxes, page, piece, right_to_left, depth + 1)
        for half, piece in zip((before, after), parts, strict=True)
    ]
    return [*halves[1], *halves[0]] if axis == 0 and right_to_left else [*halves[0], *halves[1]]


def _widest(boxes: Boxes, page: NDArray[np.uint8] | None, axis: int, origin: int) -> Cut | None:
    """The widest gap across an axis (0: x, 1: y) that has boxes on both sides and crosses none.

    With the pixels of ``page``, which begin at ``origin``, only where they are of one colour all along.
    """
    low, high = (
        np.floor(boxes[:, axis]).astype(int) - origin,
        np.ceil(boxes[:, axis + 2]).astype(int) - origin,
    )
    shift = int(min(0, low.min())) if page is None else 0
    extent = int(high.max()) - shift if page is None else page.shape[1 - axis]
    taken = np.zeros(extent + 1, int)
    np.add.at(taken, np.clip(low - shift, 0, extent), 1)
    np.add.at(taken, np.clip(np.maximum(high, low + 1) - shift, 0, extent), -1)
    free = np.cumsum(taken)[:extent] == 0
    if page is not None:
        free &= page.max(axis=axis, initial=0).astype(int) - page.min(axis=axis, initial=255) <= PLAIN
    edges = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(np.int8), [0]])))
    middles = (boxes[:, axis] + boxes[:, axis + 2]) / 2
    runs = edges.reshape(-1, 2) + (origin + shift)
    cuts = [Cut(float(end - start), float(start + end) / 2) for start, end in runs.tolist()]
    return max((cut for cut in cuts if middles.min() < cut.middle <= middles.max()), default=None)


def _in_rows(indices: list[int], boxes: Boxes, right_to_left: bool) -> list[int]:
    """What overlaps both ways: from the top, rows from the side where reading begins."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    side = -boxes[:, 2] if right_to_left else boxes[:, 0]
    by_top = sorted(indices, key=lambda index: float(middle[index]))
    rows: list[list[int]] = []
    for index in by_top:
        height = float(boxes[index, 3] - boxes[index, 1])
        if rows and middle[index] - middle[rows[-1][0]] < height / 4:
            rows[-1].append(index)
        else:
            rows.append([index])
    return [index for row in rows for index in sorted(row, key=lambda i: float(side[i]))]
