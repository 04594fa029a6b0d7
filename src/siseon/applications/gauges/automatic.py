"""Dials that nobody has calibrated: numbers form a scale, marks lead to its middle, a needle turns around that.

Each step checks the one before; where one of them does not hold, nothing is read. A number that the scale should have
and that was not found is looked for where it should stand, and the scale ends where it is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.chain import contradicted, extended
from siseon.applications.gauges.contracts import Reading, Reason
from siseon.applications.gauges.marks import plane_of_marks
from siseon.applications.gauges.numerals import LEAST, NumberedScale, Numeral, find_scale, number
from siseon.applications.gauges.plane import angles_of, on_circle, project
from siseon.applications.gauges.reading import Known, read_dial

Floats = NDArray[np.float64]
Area = tuple[int, int, int, int]
"""x1, y1, x2, y2 in pixels."""

MOST_SCALES = 3
LEAST_READ = 4
"""Numbers of a scale that is read: three fit by chance, or leave the angle open at which a dial is seen."""
BEYOND = 2
"""Divisions beyond either end of a scale in which numbers are looked for."""
MOST_SWEEP = 345.0
PRINTED = 1.0
"""Degrees: standard deviation of where a number stands beside its mark."""
UNEVEN = 3.0
"""Degrees by which a number stands beside an even scale at most."""
BESIDE_THE_MIDDLE = 2.0
"""Degrees between where a needle points and where it meets the scale: beyond, its hub is not where the marks lead to.
So is a dial that is seen from the side, whose needle stands high above it."""
UNITS = (
    *("psi", "psig", "psia", "bar", "mbar", "kPa", "MPa", "hPa", "Pa", "kg/cm²", "in Hg", "mmHg", "mmH2O"),
    *("°C", "°F", "C", "F", "K", "%", "%RH", "V", "kV", "mV", "A", "mA", "kA", "W", "kW", "MW", "Hz", "rpm"),
    *("r/min", "m³/h", "l/min", "km/h", "mph", "m", "mm", "ppm", "pH"),
)
_SPELT = {unit.replace(" ", "").casefold(): unit for unit in UNITS} | {"℃": "°C", "℉": "°F"}


class Written(NamedTuple):
    """A line of text in a picture; x and y are its middle."""

    text: str
    x: float
    y: float
    height: float


class Missing(NamedTuple):
    """A number that a scale should have, and where it should stand."""

    scale: int
    value: float
    x: float
    y: float
    area: Area


@dataclass(frozen=True, slots=True)
class Dial:
    """What the writing and the marks of a picture say, before a needle is looked for."""

    plane: Floats
    """(3, 3) to the picture."""
    scales: tuple[NumberedScale, ...]
    units: tuple[str | None, ...]
    missing: tuple[Missing, ...]
    numerals: tuple[Numeral, ...]
    """All numbers, those of no scale too."""


def find_dial(pixels: NDArray[np.uint8], lines: Sequence[Written]) -> Dial | Reason:
    """The dial in (H, W, 3) uint8 RGB, or why there is none that could be read."""
    numerals = [Numeral(value, line.x, line.y) for line in lines if (value := number(line.text)) is not None]
    found = [_dial_of(pixels, lines, read) for read in _signs(numerals)]
    dials = [one for one in found if isinstance(one, Dial)]
    if not dials:
        return found[0]
    return max(dials, key=_numbers)


def _signs(numerals: Sequence[Numeral]) -> list[Sequence[Numeral]]:
    """The numbers as they were read and, since a mark beside one looks like a sign, all of them above zero."""
    bare = [replace(one, value=abs(one.value)) for one in numerals]
    return [numerals] if bare == numerals else [numerals, bare]


def _numbers(dial: Dial) -> int:
    """Of the scale that has most."""
    return max(len(extended(scale, dial.numerals).numerals) for scale in dial.scales)


def _dial_of(
    pixels: NDArray[np.uint8], lines: Sequence[Written], numerals: Sequence[Numeral]
) -> Dial | Reason:
    if len(numerals) < LEAST:
        return "no_dial"
    first = find_scale(numerals)
    if first is None:
        return "no_scale"
    plane = plane_of_marks(pixels, first.to_picture)
    if plane is None:
        return "no_dial"
    scales = _scales(numerals, plane)
    if not scales:
        return "no_scale"
    height = float(np.median([line.height for line in lines if number(line.text) is not None]))
    missing = [
        one for index, scale in enumerate(scales) for one in _missing(index, scale, height, pixels.shape)
    ]
    return Dial(plane, scales, _units(lines, scales), tuple(missing), tuple(numerals))


def scales_of(dial: Dial, texts: Sequence[str]) -> tuple[Known, ...]:
    """The scales of a dial that have numbers enough to be read.

    ``texts``: what stands in the areas of ``dial.missing``.
    """
    found = []
    for index, scale in enumerate(dial.scales):
        pairs = zip(dial.missing, texts, strict=True)
        there = [(one, text) for one, text in pairs if one.scale == index and _says(text, one, dial.numerals)]
        whole = find_scale([*scale.numerals, *_signed(scale, there)], dial.plane)
        if whole is not None and _is_mirrored(whole, there):
            continue
        if whole is None:
            continue
        whole = extended(whole, dial.numerals)
        if len(whole.numerals) >= LEAST_READ and not contradicted(whole, dial.numerals):
            found.append(_known(whole, dial.units[index]))
    return tuple(found)


def _signed(scale: NumberedScale, there: Sequence[tuple[Missing, str]]) -> list[Numeral]:
    """The numbers that were found where they were missing. Those below zero whose sign nobody has seen are left out: on
    a dial from 30 over 0 to 30 there are two scales."""
    signs = scale.values.min() < 0 or any(number(text) == one.value < 0 for one, text in there)
    return [Numeral(one.value, one.x, one.y) for one, _ in there if signs or one.value >= 0]


def _is_mirrored(scale: NumberedScale, there: Sequence[tuple[Missing, str]]) -> bool:
    """Whether its values rise against the clock, and beyond its zero again without a sign: those are below zero."""
    against = scale.values[0] > scale.values[-1]
    return bool(against and scale.values.min() == 0 and any(one.value < 0 for one, _ in there))


def read_found(pixels: NDArray[np.uint8], scales: Sequence[Known]) -> tuple[Reading, ...]:
    """The value on each of at least one scale that has one, or one refusal."""
    readings = tuple(read_dial(pixels, scale) for scale in scales)
    return tuple(reading for reading in readings if reading.value is not None) or readings[:1]


def _scales(numerals: Sequence[Numeral], plane: Floats) -> tuple[NumberedScale, ...]:
    """All scales around the middle, that of most numbers first."""
    left, found = list(numerals), []
    for _ in range(MOST_SCALES):
        scale = find_scale(left, plane)
        if scale is None:
            break
        found.append(scale)
        left = [one for one in left if one not in scale.numerals]
    return tuple(found)


def _missing(index: int, scale: NumberedScale, height: float, shape: tuple[int, ...]) -> Iterable[Missing]:
    """Numbers in the scale's divisions that it lacks, with the area around each."""
    values, angles = scale.values, scale.angles
    steps = np.abs(np.diff(values))
    step, slope = float(steps.min()), (angles[-1] - angles[0]) / (values[-1] - values[0])
    between = round((values.max() - values.min()) / step)
    for turn in range(-BEYOND, between + BEYOND + 1):
        value = float(values.min()) + turn * step
        angle = angles[0] + (value - values[0]) * slope
        if np.isclose(values, value).any() or not angles[-1] - MOST_SWEEP < angle < angles[0] + MOST_SWEEP:
            continue
        x, y = project(scale.to_picture, np.array([on_circle(angle, 1.0)]))[0].tolist()
        wide = (0.3 * len(f"{value:g}") + 0.5) * height
        area = round(x - wide), round(y - 0.75 * height), round(x + wide), round(y + 0.75 * height)
        if area[0] >= 0 and area[1] >= 0 and area[2] <= shape[1] and area[3] <= shape[0]:
            yield Missing(index, value, x, y, area)


def _says(text: str, missing: Missing, numerals: Sequence[Numeral]) -> bool:
    """Whether that number stands there; its sign may have been lost."""
    x1, y1, x2, y2 = missing.area
    found = {one.value for one in numerals if x1 < one.x < x2 and y1 < one.y < y2} | {number(text)}
    return not found.isdisjoint((missing.value, abs(missing.value)))


def _known(scale: NumberedScale, unit: str | None) -> Known:
    """The dial to read; where numbers stand beside an even scale, the scale is taken to go from number to number."""
    places = project(np.linalg.inv(scale.to_picture), np.array([(one.x, one.y) for one in scale.numerals]))
    beside = (angles_of(places) - scale.angles + 180) % 360 - 180
    even = np.abs(beside).max() <= UNEVEN
    angles = scale.angles if even else scale.angles + beside
    deviation = np.hypot(PRINTED, np.degrees(scale.off)) / np.sqrt(len(scale.numerals) / 2 if even else 1)
    return Known(scale.to_picture, 1.0, angles, scale.values, unit, float(deviation), BESIDE_THE_MIDDLE)


def _units(lines: Sequence[Written], scales: Sequence[NumberedScale]) -> tuple[str | None, ...]:
    """The unit of each scale: that which stands nearest to one of its numbers; None where there is none, or several."""
    found: list[set[str]] = [set() for _ in scales]
    for line in lines:
        unit = _SPELT.get(line.text.replace(" ", "").strip(".").casefold())
        if unit is not None:
            nearest = [
                min(np.hypot(one.x - line.x, one.y - line.y) for one in scale.numerals) for scale in scales
            ]
            found[int(np.argmin(nearest))].add(unit)
    return tuple(units.pop() if len(units) == 1 else None for units in found)
