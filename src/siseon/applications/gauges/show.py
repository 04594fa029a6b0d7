"""Readings for the eye: drawn on the picture, and in lines on a terminal."""

from __future__ import annotations

import math

from siseon.applications.gauges.calibration import Calibration
from siseon.applications.gauges.contracts import GaugesResult, Reading
from siseon.applications.gauges.reading import known_of
from siseon.applications.summary import summary
from siseon.contracts import Image, Result
from siseon.media.draw import Canvas

COLOURS = {"good": (0, 158, 115), "uncertain": (230, 159, 0), "refused": (170, 170, 170)}
CALIBRATED, MARK = (86, 180, 233), (240, 228, 66)
DOT = 0.006
"""Of the longer side: half of what a point is drawn with."""
LIMIT = (213, 40, 30)
"""Red: a limit was passed."""


def draw(image: Image, data: GaugesResult) -> Image:
    """The rim of each dial, its needle, and its value."""
    canvas = Canvas(image)
    for reading in data.readings:
        if reading.dial is not None:
            canvas.ring(reading.dial, _colour(reading))
        if reading.needle is not None:
            canvas.ring((reading.needle.middle, reading.needle.tip), _colour(reading))
    for reading in data.readings:
        corner = (0.0, 0.0) if reading.dial is None else reading.dial[0]
        canvas.plate(_short(reading), corner, _colour(reading))
    return canvas.image()


def draw_calibration(image: Image, calibration: Calibration, reading: Reading | None = None) -> Image:
    """What was said of an instrument, for the person who said it: its circle and centre, its marks with their values,
    the points; and the needle that is read with that."""
    canvas = Canvas(image)
    canvas.ring(known_of(calibration).rim, CALIBRATED)
    arm = DOT * max(image.width, image.height)
    for point in (calibration.centre, *calibration.rim):
        canvas.ring(_diamond(point, arm), CALIBRATED)
    if reading is not None and reading.needle is not None:
        canvas.ring((reading.needle.middle, reading.needle.tip), _colour(reading))
    for mark in calibration.scale:
        canvas.ring(_diamond(mark.at, arm), MARK)
    for mark in calibration.scale:
        canvas.plate(f"{mark.value:g}", _diamond(mark.at, arm)[0], MARK)
    if reading is not None:
        canvas.plate(_short(reading), (0.0, 0.0), _colour(reading))
    return canvas.image()


def _diamond(point: tuple[float, float], arm: float) -> tuple[tuple[float, float], ...]:
    x, y = point
    return (x, y - arm), (x + arm, y), (x, y + arm), (x - arm, y)


def text(name: str, result: Result[GaugesResult]) -> str:
    """A line for each instrument."""
    data = result.data
    return summary(name, (data.width, data.height), result, [line(reading) for reading in data.readings])


def line(reading: Reading) -> str:
    """One instrument: its value and what must be known of it, or why it is not read."""
    more: list[str] = [] if reading.quality == "good" else [reading.quality]
    if reading.scale is not None:
        more.append(f"scale {reading.scale.minimum:g} to {reading.scale.maximum:g}")
    if reading.limit is not None:
        more.append(f"{'below' if reading.limit == 'low' else 'above'} its limit")
    return _short(reading) + (f"  ({', '.join(more)})" if more and reading.value is not None else "")


def count(data: GaugesResult) -> int:
    """Instruments that were read."""
    return sum(reading.value is not None for reading in data.readings)


def _colour(reading: Reading) -> tuple[int, int, int]:
    return COLOURS[reading.quality] if reading.limit is None else LIMIT


def _short(reading: Reading) -> str:
    if reading.value is None or reading.uncertainty is None:
        return f"not read: {reading.reason}"
    places = max(0, -math.floor(math.log10(max(reading.uncertainty, 1e-9))))
    value = f"{reading.value:.{places}f} ± {reading.uncertainty:.{places}f}"
    return value if reading.unit is None else f"{value} {reading.unit}"
