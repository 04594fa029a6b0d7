"""Readings as figures with tags, for alarms, history and the systems of a plant."""

from __future__ import annotations

import math

from siseon.applications.gauges.contracts import GaugesResult, Reading
from siseon.contracts import Measurement

FIRST = "reading"
"""Tag of the only or first instrument; the others are reading_2, reading_3."""

KEPT = 2
"""Digits of an uncertainty that are kept."""
DIGITS = 6
"""Of a value whose uncertainty is not known."""


def measure(data: GaugesResult) -> tuple[Measurement, ...]:
    """One figure for each instrument, in their order in the picture's result."""
    return tuple(
        _measured(FIRST if number == 1 else f"{FIRST}_{number}", reading)
        for number, reading in enumerate(data.readings, start=1)
    )


def _measured(tag: str, reading: Reading) -> Measurement:
    quality = "bad" if reading.quality == "refused" else reading.quality
    value = None
    if reading.value is not None:
        value = _rounded(reading.value, reading.uncertainty or 0.0)
    return Measurement(tag=tag, value=value, unit=reading.unit, quality=quality, reason=reading.reason)


def _rounded(value: float, uncertainty: float) -> float:
    """To what can be said of it: two digits of its uncertainty, as the GUM (7.2.6) has it; where it has none, to
    ``DIGITS``. Where that is more than a float has, it stays what it is."""
    size = uncertainty / 10 ** (KEPT - 1) if uncertainty else abs(value) / 10 ** (DIGITS - 1)
    return round(value, -math.floor(math.log10(size))) if size else value
