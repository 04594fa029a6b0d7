"""Pieces of one column put together again: the detector takes wide-set columns apart, and misses letters between.

Only in pictures of vertical writing; elsewhere numbers below one another are lines.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.text.crops import TALL
from siseon.applications.text.order import components
from siseon.applications.text.regions import clockwise
from siseon.contracts import Polygon

ASIDE = 0.3
"""Widths of the narrower piece between the middles of two, at most."""
WIDTHS = 1.5
"""Ratio of their widths, at most."""
GAP = 1.2
"""Widths of the narrower between the end of one and the start of the other, at most: a letter that was missed."""
INTO = 0.75
"""Widths by which they may run into one another: boxes are grown, and turned."""


def join_columns(polygons: Sequence[Polygon]) -> list[Polygon]:
    """Lines of one picture, in one frame, with those that continue a column joined to it."""
    if len(polygons) < 2:
        return list(polygons)
    bounds = np.array([polygon.bounds for polygon in polygons], np.float64)
    width, height = bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]
    tall = height >= TALL * width
    if (width * height)[tall].sum() * 2 <= (width * height).sum():
        return list(polygons)
    groups = components(_continues(bounds, width))
    return [
        polygons[group[0]] if len(group) == 1 else _around([polygons[i] for i in group]) for group in groups
    ]


def _continues(bounds: NDArray[np.float64], width: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N, N), symmetric: whether two stand above one another, close, and equally wide."""
    middle = (bounds[:, 0] + bounds[:, 2]) / 2
    narrow, wide = np.minimum(width[:, None], width), np.maximum(width[:, None], width)
    gap = np.maximum(bounds[:, None, 1], bounds[:, 1]) - np.minimum(bounds[:, None, 3], bounds[:, 3])
    near = (gap <= GAP * narrow) & (gap >= -INTO * narrow)
    return np.asarray(near & (wide <= WIDTHS * narrow) & (np.abs(middle[:, None] - middle) <= ASIDE * narrow))


def _around(pieces: Sequence[Polygon]) -> Polygon:
    points = np.concatenate([piece.points for piece in pieces])
    corners = clockwise(np.asarray(cv2.boxPoints(cv2.minAreaRect(points)), np.float64))
    frame = pieces[0].frame
    return Polygon(np.clip(corners, 0, [frame.width, frame.height]).astype(np.float32), frame)
