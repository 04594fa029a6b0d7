"""The order in which a person reads lines: block by block, and in each block from the top.

Lines that stand close below one another are one block (a paragraph, a balloon, a price under its label). Blocks
are read in rows from the top, each row from the left. Where two blocks side by side are short lines at the same
heights, they are a table, and read across. Columns of vertical writing are read from the right: the same rules on
a picture turned by a quarter.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.text.crops import TALL
from siseon.contracts import Polygon

SAME_ROW = 0.5
"""Two things stand in one row when their centres differ by less than this share of the lower one's height."""
BLOCK_GAP = 0.6
"""Line heights between two lines of a block, at most."""
BLOCK_OVERLAP = 0.5
"""Share of the shorter line that stands above or below the other, at least."""
BLOCK_HEIGHTS = 2.0
"""Ratio of the heights of two neighbours in a block, at most."""
RUNNING_TEXT = 8.0
"""Mean width over height from which lines are running text in columns, not cells of a table."""

Bounds = NDArray[np.float64]
"""(N, 4): left, top, right, bottom."""


def reading_order(polygons: Sequence[Polygon]) -> list[int]:
    """Indices of the polygons in reading order."""
    if not polygons:
        return []
    bounds = np.array([polygon.bounds for polygon in polygons], dtype=np.float64)
    width, height = bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]
    tall = height >= TALL * width
    if (width * height)[tall].sum() * 2 > (width * height).sum():
        # A quarter turn counter-clockwise: the right column becomes the top row.
        bounds = np.stack([bounds[:, 1], -bounds[:, 2], bounds[:, 3], -bounds[:, 0]], axis=1)
    blocks = _read_across(bounds, _blocks(bounds))
    hulls = np.array([[*bounds[block, :2].min(axis=0), *bounds[block, 2:].max(axis=0)] for block in blocks])
    return [index for block in _rows(hulls) for index in _in_rows(bounds, blocks[block])]


def _blocks(bounds: Bounds) -> list[list[int]]:
    """Lines joined with those close above or below them."""
    left, top, right, bottom = bounds.T
    height, width = bottom - top, right - left
    gap = np.maximum(top[:, None], top) - np.minimum(bottom[:, None], bottom)
    overlap = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    lower = np.minimum(height[:, None], height)
    joined = (
        (gap <= BLOCK_GAP * lower)
        & (overlap >= BLOCK_OVERLAP * np.minimum(width[:, None], width))
        & (np.maximum(height[:, None], height) <= BLOCK_HEIGHTS * lower)
    )
    return components(joined)


def _read_across(bounds: Bounds, blocks: list[list[int]]) -> list[list[int]]:
    """Blocks side by side that are columns of one table are joined."""
    centre, height = (bounds[:, 1] + bounds[:, 3]) / 2, bounds[:, 3] - bounds[:, 1]
    aspect = (bounds[:, 2] - bounds[:, 0]) / height
    joined = np.eye(len(blocks), dtype=bool)
    for i, one in enumerate(blocks):
        for j, other in enumerate(blocks[:i]):
            few, many = sorted((one, other), key=len)
            if len(few) < 2 or min(aspect[few].mean(), aspect[many].mean()) >= RUNNING_TEXT:
                continue
            off = np.abs(centre[few][:, None] - centre[many]).min(axis=1)
            joined[i, j] = joined[j, i] = bool((off < SAME_ROW * height[few]).all())
    return [[index for block in group for index in blocks[block]] for group in components(joined)]


def _in_rows(bounds: Bounds, indices: list[int]) -> list[int]:
    return [indices[position] for position in _rows(bounds[indices])]


def _rows(bounds: Bounds) -> list[int]:
    """Indices in rows from the top, each row from the left."""
    middle, height = (bounds[:, 1] + bounds[:, 3]) / 2, bounds[:, 3] - bounds[:, 1]
    rows: list[list[int]] = []
    for index in np.argsort(middle, kind="stable").tolist():
        if rows:
            first = rows[-1][0]
            if middle[index] - middle[first] < SAME_ROW * min(height[index], height[first]):
                rows[-1].append(index)
                continue
        rows.append([index])
    return [index for row in rows for index in sorted(row, key=lambda i: bounds[i, 0])]


def components(joined: NDArray[np.bool_]) -> list[list[int]]:
    """Groups of indices that are connected in a symmetric (N, N) relation."""
    groups: list[list[int]] = []
    left = set(range(len(joined)))
    while left:
        group, frontier = [], [min(left)]
        left.discard(frontier[0])
        while frontier:
            index = frontier.pop()
            group.append(index)
            near = left.intersection(np.flatnonzero(joined[index]).tolist())
            left -= near
            frontier.extend(near)
        groups.append(sorted(group))
    return groups
