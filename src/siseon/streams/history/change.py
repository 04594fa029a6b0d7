"""Which figures are written: those that say something new, and now and then one that does not."""

from __future__ import annotations

from dataclasses import dataclass

from siseon.contracts import Measurement
from siseon.streams.history.options import HistoryOptions


@dataclass(frozen=True, slots=True)
class Written:
    """The figure of a tag that was written last."""

    figure: Measurement
    at: float
    """Seconds of a clock that is not set."""


def is_news(last: Written | None, figure: Measurement, at: float, options: HistoryOptions) -> bool:
    """Whether it is to be written after ``last``."""
    if last is None or at - last.at >= options.every_s:
        return True
    before = last.figure
    if (before.quality, before.unit, before.reason) != (figure.quality, figure.unit, figure.reason):
        return True
    if before.value is None or figure.value is None:
        return False
    return abs(figure.value - before.value) > options.deadband
