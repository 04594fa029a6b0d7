"""Rows to columns, one to one, so that the sum is greatest: shortest augmenting paths (Jonker and Volgenant 1987, as
Crouse has them in "On implementing 2D rectangular assignment algorithms", 2016).

It answers as ``scipy.optimize.linear_sum_assignment`` does, of equal sums the same one; that one takes a second to
import.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def assigned(gains: NDArray[np.floating]) -> list[tuple[int, int]]:
    """The pairs (row, column) of the greatest sum, in order of the rows; the shorter side is used up.

    ``gains``: (N, M), finite.
    """
    if not gains.size:
        return []
    costs = -gains.astype(np.float64)
    if costs.shape[0] > costs.shape[1]:
        return sorted((row, column) for column, row in enumerate(_columns(np.ascontiguousarray(costs.T))))
    return list(enumerate(_columns(costs)))


def _columns(costs: NDArray[np.float64]) -> list[int]:
    """The column of each row of the least sum; there are at least as many columns as rows."""
    tall, wide = costs.shape
    row_prices, column_prices = np.zeros(tall), np.zeros(wide)
    came_from = np.full(wide, -1)
    column_of, row_of = np.full(tall, -1), np.full(wide, -1)
    for new in range(tall):
        lengths = np.full(wide, np.inf)
        left = np.arange(wide)[::-1].copy()  # so that of equal costs each row gets its own column
        reached, passed = [new], np.zeros(wide, bool)
        row, shortest, end = new, 0.0, -1
        while end < 0:
            through = shortest + costs[row, left] - row_prices[row] - column_prices[left]
            shorter = through < lengths[left]
            came_from[left[shorter]] = row
            lengths[left[shorter]] = through[shorter]
            at = _nearest(lengths[left], row_of[left])
            column = int(left[at])
            shortest = float(lengths[column])
            passed[column] = True
            left[at] = left[-1]
            left = left[:-1]
            if row_of[column] < 0:
                end = column
            else:
                row = int(row_of[column])
                reached.append(row)
        row_prices[new] += shortest
        for one in reached[1:]:
            row_prices[one] += shortest - lengths[column_of[one]]
        column_prices[passed] -= shortest - lengths[passed]
        column, row = end, -1
        while row != new:
            row = int(came_from[column])
            row_of[column] = row
            column, column_of[row] = int(column_of[row]), column
    return [int(column) for column in column_of]


def _nearest(lengths: NDArray[np.float64], taken: NDArray[np.int64]) -> int:
    """Index of the least, of equal ones the last that no row has, for there the path ends."""
    least = np.flatnonzero(lengths == lengths.min())
    free = least[taken[least] < 0]
    return int(free[-1]) if len(free) else int(least[0])
