"""Figures of several rounds as one cell of a table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median


def spread(values: Sequence[float], how: str = "{:.2f}", unit: str = "") -> str:
    """The median with the range, ``1.32 × (1.25–1.40)``; of one round its figure, which has no range; of none nothing.

    ``how``: each figure is written; ``unit``: of the median, with the blank before it.
    """
    if not values:
        return ""
    shown = how.format(median(values)) + unit
    return shown if len(values) == 1 else f"{shown} ({how.format(min(values))}–{how.format(max(values))})"
