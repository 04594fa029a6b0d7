"""How readings are judged: how far off, how many wrong, how many refused, and what a stricter limit would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from siseon.applications.gauges.contracts import Reading

COVERAGES = (0.5, 0.75, 0.9, 1.0)
"""Shares of the readings, the surest first, at which the wrong ones are counted."""


class Judged(NamedTuple):
    """One instrument."""

    name: str
    reading: Reading
    error: float | None
    """In % of full scale; None: refused."""
    wrong: bool
    """Farther off than its tolerance."""


@dataclass(frozen=True, slots=True)
class Scores:
    """All of one kind."""

    instruments: int
    read: int
    wrong: int
    median: float
    """Of the errors, in % of full scale; 0 where nothing is read."""
    p95: float
    largest: float
    refused: dict[str, int]
    """By reason."""
    within: float
    """Share of the readings that are no farther off than the uncertainty they state."""
    risk: tuple[tuple[float, int, int], ...]
    """(coverage, readings, wrong ones among them), the surest readings first."""


def judged(
    name: str,
    readings: Sequence[Reading],
    value: float,
    tolerance: float,
    ends: tuple[float, float],
    unit: str,
) -> Judged:
    """The reading that is meant, against its truth: of several scales the one of that unit, else of those ends."""
    reading = _meant(readings, ends, unit)
    if reading.value is None:
        return Judged(name, reading, None, False)
    off = abs(reading.value - value)
    return Judged(name, reading, 100 * off / (ends[1] - ends[0]), off > tolerance)


def scores(all_judged: Sequence[Judged]) -> Scores:
    """Of at least one."""
    read = surest_first(all_judged)
    errors = np.array([one.error for one in read]) if read else np.zeros(1)
    within = [one.error <= 100 * _doubt(one.reading) for one in read if one.error is not None]
    return Scores(
        instruments=len(all_judged),
        read=len(read),
        wrong=sum(one.wrong for one in read),
        median=float(np.median(errors)),
        p95=float(np.percentile(errors, 95)),
        largest=float(errors.max()),
        refused=dict(Counter(str(one.reading.reason) for one in all_judged if one.error is None)),
        within=float(np.mean(within)) if within else 0.0,
        risk=tuple(_at(coverage, read) for coverage in COVERAGES) if read else (),
    )


def surest_first(all_judged: Sequence[Judged]) -> list[Judged]:
    """Those that are read."""
    return sorted((one for one in all_judged if one.error is not None), key=lambda one: _doubt(one.reading))


def _at(coverage: float, read: Sequence[Judged]) -> tuple[float, int, int]:
    taken = read[: max(1, round(coverage * len(read)))]
    return coverage, len(taken), sum(one.wrong for one in taken)


def _doubt(reading: Reading) -> float:
    """The uncertainty as a share of the scale."""
    if reading.uncertainty is None or reading.scale is None:
        return np.inf
    return reading.uncertainty / (reading.scale.maximum - reading.scale.minimum)


def _meant(readings: Sequence[Reading], ends: tuple[float, float], unit: str) -> Reading:
    def rank(reading: Reading) -> tuple[bool, bool, bool]:
        same_unit = reading.unit is not None and reading.unit.casefold() == unit.casefold()
        same_ends = reading.scale is not None and (reading.scale.minimum, reading.scale.maximum) == ends
        return reading.value is not None, same_unit, same_ends

    return max(readings, key=rank)
