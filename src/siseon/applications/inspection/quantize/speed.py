"""Whether one network is faster than another: rounds in turn, so that what else the machine does meets both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.models import Model

ROUNDS = 9
ROUND_S = 0.1
"""Seconds of each network in a round, about."""
LEAST_RUNS, MOST_RUNS = 3, 50


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians, and how often the first takes as long as the second."""

    first_ms: float
    second_ms: float
    ratio: float
    low: float
    """The second least of the rounds: one that something else disturbed does not count."""
    high: float

    @property
    def is_faster(self) -> bool:
        """Whether the second is, in all rounds but one."""
        return self.low > 1.0


def alternated(
    first: Model, second: Model, pixels: NDArray[np.float32], seen: Callable[[], object] = lambda: None
) -> Speed:
    """Time both networks on one prepared picture; they are loaded if they are not yet. ``seen`` hears of each round."""
    times: tuple[list[float], list[float]] = [], []
    with first.acquire(), second.acquire():
        models = first, second
        once = [_least(model, pixels, 2) for model in models]  # warms them up
        runs = max(LEAST_RUNS, min(MOST_RUNS, int(ROUND_S / max(once))))
        for _ in range(ROUNDS):
            for model, kept in zip(models, times, strict=True):
                kept.append(_least(model, pixels, runs))
            seen()
    ratios = sorted(one / other for one, other in zip(*times, strict=True))
    one, other = (statistics.median(kept) * 1000 for kept in times)
    return Speed(one, other, statistics.median(ratios), ratios[1], ratios[-2])


def _least(model: Model, pixels: NDArray[np.float32], runs: int) -> float:
    """Seconds of the run that the least else came between."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        model.run({model.input_name: pixels})
        times.append(time.perf_counter() - start)
    return min(times)
