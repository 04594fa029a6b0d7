"""Readings for the eye: drawn on the picture, and in lines on a terminal."""

from __future__ import annotations

import math

from siseon.applications.gauges.calibration import Calibration
from siseon.applications.gauges.contracts import GaugesResult, Reading, Reason
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


SAID: dict[Reason, str] = {
    "no_dial": "no dial was found: go nearer, or point it out with `siseon gauges calibrate`",
    "no_scale": "its scale is not understood: state it with `siseon gauges calibrate`",
    "glare": "a reflection hides the needle",
    "tilt_too_high": "it is seen at too flat an angle",
    "ambiguous_needle": "no needle, or several that could be meant: go nearer, or stand straight in front of it",
    "blur": "it is out of focus",
    "camera_moved": "the picture does not show it where it was calibrated: calibrate again",
    "no_display": "no display was found, or nothing on it is lit",
    "unclear": "digits are not sure",
    "incomplete": "digits are missing",
    "between_digits": "a drum is between two digits",
    "not_a_number": "it shows letters, or a time",
    "out_of_range": "beyond the calibration's bounds",
    "implausible": "it cannot have changed so fast",
}
"""What a reason means, for a person at a terminal."""


def draw(image: Image, data: GaugesResult) -> Image:
    """The rim of each dial and its needle, the frame of each display, and the value."""
    canvas = Canvas(image)
    for reading in data.readings:
        if reading.dial is not None:
            canvas.ring(reading.dial, _colour(reading))
        if reading.display is not None:
            canvas.ring(reading.display, _colour(reading))
        if reading.needle is not None:
            canvas.ring((reading.needle.middle, reading.needle.tip), _colour(reading))
    for reading in data.readings:
        around = reading.dial or reading.display
        corner = (0.0, 0.0) if around is None else around[0]
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
    if reading.reason is not None:
        return f"{_short(reading)}: {SAID[reading.reason]}"
    return _short(reading) + (f"  ({', '.join(more)})" if more and reading.value is not None else "")


def count(data: GaugesResult) -> int:
    """Instruments that were read."""
    return sum(reading.value is not None for reading in data.readings)


def _colour(reading: Reading) -> tuple[int, int, int]:
    return COLOURS[reading.quality] if reading.limit is None else LIMIT


def _short(reading: Reading) -> str:
    if reading.value is None or reading.uncertainty is None:
        return f"not read: {reading.reason}" + (f" ({reading.text})" if reading.text else "")
    if reading.kind != "analog" and reading.quality == "good":
        places = max(0, round(-math.log10(2 * reading.uncertainty)))
        return f"{reading.value:.{places}f}" + (f" {reading.unit}" if reading.unit else "")
    places = max(0, -math.floor(math.log10(max(reading.uncertainty, 1e-9))))
    value = f"{reading.value:.{places}f} ± {reading.uncertainty:.{places}f}"
    return value if reading.unit is None else f"{value} {reading.unit}"
