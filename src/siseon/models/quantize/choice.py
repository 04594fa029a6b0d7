"""Which layers stay in float: the fewest of those that hurt most, by a bounded number of trials.

Each group of layers is quantised alone, and how far the network's answers move is its weight. Then the most
sensitive ones are kept in float: as few as keep the accuracy, found by halving.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

GROUPS = 32
"""Trials at most to find what is sensitive: larger networks have several layers that follow each other in each."""
NOTHING = 1e-6
"""Spread of an answer that is the same for every picture."""

Outputs = Mapping[str, NDArray[np.generic]]


def groups(layers: int, most: int = GROUPS) -> list[range]:
    """The numbers of the layers, in ``most`` groups of neighbours or fewer, of sizes that differ by one at most."""
    count = min(layers, most)
    edges = [round(index * layers / count) for index in range(count + 1)]
    return [range(first, last) for first, last in pairwise(edges)]


def moved(exact: Sequence[Outputs], other: Sequence[Outputs]) -> float:
    """How far answers lie from the exact ones, in the spread of each of their columns; 0 for the same answers."""
    total = 0.0
    for wanted, got in zip(exact, other, strict=True):
        for name, array in wanted.items():
            if array.dtype.kind != "f" or array.shape != got[name].shape or not array.size:
                continue
            rows = array.reshape(-1, array.shape[-1] if array.ndim else 1).astype(np.float64)
            off = np.abs(got[name].reshape(rows.shape).astype(np.float64) - rows).mean(axis=0)
            total += float((off / (rows.std(axis=0) + NOTHING)).mean())
    return total


def fewest(count: int, is_good: Callable[[int], bool]) -> int | None:
    """The least number in [0, count) that is good, where more is never worse; None where none is.

    Asks log2(count) + 2 times at most: first 0, the usual answer.
    """
    if is_good(0):
        return 0
    low, high = 0, count - 1  # low is not good
    if high < 1 or not is_good(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_good(middle) else (middle, high)
    return high
