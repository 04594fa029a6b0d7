"""Readings as figures with tags, for alarms, history and the systems of a plant."""

from __future__ import annotations

from siseon.applications.gauges.contracts import GaugesResult, Reading
from siseon.contracts import Measurement

FIRST = "reading"
"""Tag of the only or first instrument; the others are reading_2, reading_3."""


def measure(data: GaugesResult) -> tuple[Measurement, ...]:
    """One figure for each instrument, in their order in the picture's result."""
    return tuple(
        _measured(FIRST if number == 1 else f"{FIRST}_{number}", reading)
        for number, reading in enumerate(data.readings, start=1)
    )


def _measured(tag: str, reading: Reading) -> Measurement:
    quality = "bad" if reading.quality == "refused" else reading.quality
    return Measurement(
        tag=tag, value=reading.value, unit=reading.unit, quality=quality, reason=reading.reason
    )
