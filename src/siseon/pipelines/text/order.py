"""The order in which a person reads lines: rows from the top, each row from the left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siseon.contracts import Polygon

SAME_ROW = 0.5
"""Two lines stand in one row when their centres differ by less than this share of the lower one's height."""


def reading_order(polygons: Sequence[Polygon]) -> list[int]:
    """Indices of the polygons in reading order."""
    if not polygons:
        return []
    bounds = np.array([polygon.bounds for polygon in polygons])
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
