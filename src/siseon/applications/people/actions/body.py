"""Joints as arrays, and the measure of a body: all lengths are counted in *units*, the length of its trunk.

What points at the camera looks shorter, never longer: the longest of trunk, shoulders and legs, each at its share of a
body, gives the unit. Left and right are taken together, since the longest of many noisy lengths is too long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

NOSE, LEFT_EYE, RIGHT_EYE, LEFT_EAR, RIGHT_EAR = range(5)
SHOULDERS, ELBOWS, WRISTS = (5, 6), (7, 8), (9, 10)
HIPS, KNEES, ANKLES = (11, 12), (13, 14), (15, 16)
"""Left, right."""
EDGE = 0.01
"""Share of the picture's sides within which a box touches its edge."""
SHORT = 0.03
"""Share of a box's height by which a detector may end it above the picture's lower edge that cuts it."""
SEEN = 0.3
"""Score from which a joint counts."""
LEG = 0.85
"""Length of a thigh, and of a shank, over that of the trunk: 0.245 and 0.246 of the height, and 0.288 (Drillis and
Contini 1966)."""
WIDE = 0.8
"""Distance of the shoulders over the length of the trunk."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One person's joints at M moments; NaN where one is not seen."""

    t_ms: NDArray[np.int64]
    """(M,)"""
    joints: Values
    """(M, 17, 2) pixels of the picture."""
    scores: Values
    """(M,) mean score of the joints that are seen; NaN: none."""
    unit: Values
    """(M,) pixels."""
    cut: NDArray[np.bool_]
    """(M,): the picture cuts the person off below."""

    def middle(self, pair: tuple[int, int]) -> Values:
        """(M, 2): between left and right, or the one that is seen."""
        return mean_of(self.joints[:, pair], axis=1)

    def at(self, rows: NDArray[np.int64]) -> Body:
        """Some moments of it."""
        return Body(self.t_ms[rows], self.joints[rows], self.scores[rows], self.unit[rows], self.cut[rows])


def body(t_ms: NDArray[np.int64], points: Values, boxes: Values, size: tuple[int, int]) -> Body:
    """Joints that are to be trusted.

    Args:
        t_ms: (M,) of the poses.
        points: (M, 17, 3) x, y in pixels, and score.
        boxes: (M, 4) of the person at those moments.
        size: width and height of the picture. Legs that it cuts off are guessed by a network, and not seen.
    """
    seen = points[..., 2] >= SEEN
    short = np.maximum(size[1] * EDGE, (boxes[:, 3] - boxes[:, 1]) * SHORT)
    cut = boxes[:, 3] >= size[1] - short
    seen[:, KNEES + ANKLES] &= ~cut[:, None]
    joints = np.where(seen[..., None], points[..., :2], np.nan)
    middles = {pair: mean_of(joints[:, pair], axis=1) for pair in (SHOULDERS, HIPS)}
    trunk = np.linalg.norm(middles[SHOULDERS] - middles[HIPS], axis=1)
    across = np.linalg.norm(joints[:, SHOULDERS[0]] - joints[:, SHOULDERS[1]], axis=1) / WIDE
    legs = [
        mean_of(np.linalg.norm(joints[:, one] - joints[:, other], axis=2), axis=1) / LEG
        for one, other in ((HIPS, KNEES), (KNEES, ANKLES))
    ]
    unit = most_of(np.stack([trunk, across, *legs], axis=1), axis=1)
    return Body(t_ms, joints, mean_of(np.where(seen, points[..., 2], np.nan), axis=1), unit, cut)


def rising(value: Values, low: float, high: float) -> Values:
    """0 up to ``low``, 1 from ``high`` on, straight between; NaN stays."""
    made: Values = np.clip((value - low) / (high - low), 0.0, 1.0)
    return made


def falling(value: Values, low: float, high: float) -> Values:
    """1 up to ``low``, 0 from ``high`` on."""
    return 1.0 - rising(value, low, high)


def mean_of(values: Values, axis: int) -> Values:
    """Over what is not NaN; NaN where nothing is left."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    made: Values = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return made


def most_of(values: Values, axis: int) -> Values:
    """The greatest that is not NaN; NaN where nothing is left."""
    made: Values = np.where(np.isnan(values), -np.inf, values).max(axis=axis, initial=-np.inf)
    return np.where(np.isinf(made), np.nan, made)


def least_of(values: Values, axis: int) -> Values:
    """The least that is not NaN; NaN where nothing is left."""
    return -most_of(-values, axis)
