"""Where the figures around say that one is, and how closely: a parabola through them, as good as they lie on it.

A line between two neighbours bounds what a figure can be (``course.py``). Among readings within that bound a dozen
neighbours tell more than two, above all at the ends of a flight; how much more is seen from how well they fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_BEYOND = 2
"""Figures more than a curve has parameters, without which nothing tells how well they lie on it."""
APART = 1e-6
"""Share of the whole time by which moments must differ to tell a curve."""
ROUNDED = 1 / math.sqrt(12)
"""Standard deviation of a rounded figure, in steps of its rounding."""


@dataclass(frozen=True, slots=True)
class Trend:
    """What a figure is expected to be."""

    expected: float
    spread: float
    """Standard deviation of a figure there, its rounding included; more than 0."""
    freedom: int
    """Figures that told the spread, less those that the curve took: few make long tails."""

    def likelihood(self, value: float) -> float:
        """Of a value, 1 at the expected one (Student's t)."""
        away = (value - self.expected) / self.spread
        return float((1 + away * away / self.freedom) ** (-(self.freedom + 1) / 2))


def trend(moments: Sequence[float], values: Sequence[float], moment: float, step: float) -> Trend | None:
    """By the figures around, of a parabola or, of few, a line; None where they are too few.

    Args:
        moments: seconds, of each figure.
        values: of figures, without jumps of a circle.
        moment: of the figure that is asked for.
        step: of their rounding, at least.
    """
    degree = 2 if len(values) >= 3 + 2 * LEAST_BEYOND else 1
    freedom = len(values) - degree - 1
    if freedom < LEAST_BEYOND:
        return None
    away = np.asarray(moments, np.float64) - moment
    span = float(np.abs(away).max())
    if span == 0:
        return None
    powers = np.vander(away / span, degree + 1)
    if np.linalg.matrix_rank(powers, tol=APART * float(np.linalg.norm(powers, 2))) <= degree:
        return None
    solve = np.linalg.pinv(powers)
    curve = solve @ np.asarray(values, np.float64)
    off = powers @ curve - values
    # Of the curve's own value here, in standard deviations of one figure: far beyond the last ones it is loose.
    own = float(solve[-1] @ solve[-1])
    spread = max(math.sqrt(float(off @ off) / freedom), step * ROUNDED)
    return Trend(float(curve[-1]), spread * math.sqrt(1 + own), freedom) if spread > 0 else None
