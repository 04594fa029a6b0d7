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
from siseon.applications.gauges.gap import goes_around
from siseon.applications.gauges.marks import plane_of_marks
from siseon.applications.gauges.numerals import LEAST, NumberedScale, Numeral, find_scale, is_ring, number
from siseon.applications.gauges.plane import angles_of, on_circle, project, radius_of
from siseon.applications.gauges.reading import BESIDE_THE_SEEN, Known, read_dial, refused

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
ONE_CIRCLE = 0.12
"""Of a radius, by which those of two scales on one circle differ."""
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
    placed: bool = False
    """Something is written there, of which this is the middle."""


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


def find_dial(
    pixels: NDArray[np.uint8], lines: Sequence[Written], words: Sequence[Area] = ()
) -> Dial | Reason:
    """The dial in (H, W, 3) uint8 RGB, or why there is none that could be read.

    ``words`` are areas in which something is written that was not read for sure.
    """
    numerals = [Numeral(value, line.x, line.y) for line in lines if (value := number(line.text)) is not None]
    found = [_dial_of(pixels, lines, read, words) for read in _signs(numerals)]
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
    pixels: NDArray[np.uint8], lines: Sequence[Written], numerals: Sequence[Numeral], words: Sequence[Area]
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
    places = [((x1 + x2) / 2, (y1 + y2) / 2) for x1, y1, x2, y2 in words]
    missing = [
        _placed(one, [*((each.x, each.y) for each in numerals), *places])
        for index, scale in enumerate(scales)
        for one in _missing(index, scale, height, pixels.shape)
    ]
    return Dial(plane, scales, _units(lines, scales), tuple(missing), tuple(numerals))


def scales_of(dial: Dial, texts: Sequence[str]) -> tuple[Known, ...]:
    """The scales of a dial that have numbers enough to be read.

    ``texts``: what stands in the areas of ``dial.missing``.
    """
    found: list[tuple[NumberedScale, str | None]] = []
    for index, scale in enumerate(dial.scales):
        pairs = zip(dial.missing, texts, strict=True)
        there = [(one, _found(text, one, dial.numerals)) for one, text in pairs if one.scale == index]
        signs = scale.values.min() < 0 or any(one.value < 0 and one.value in values for one, values in there)
        if _is_mirrored(there, signs):
            continue
        more = [
            Numeral(one.value, one.x, one.y, one.placed)
            for one, values in there
            if not values.isdisjoint((one.value, abs(one.value)))
        ]
        whole = find_scale([*scale.numerals, *more], dial.plane)
        if whole is not None:
            whole = extended(whole, dial.numerals)
            good = not is_ring(whole) and not contradicted(whole, dial.numerals)
            if good and len(whole.numerals) >= LEAST_READ:
                found.append((whole, dial.units[index]))
    kept = [one for one in found if not any(_hides(other, one[0]) for other, _ in found)]
    return tuple(_known(scale, unit) for scale, unit in kept)


def _is_mirrored(there: Sequence[tuple[Missing, set[float]]], signs: bool) -> bool:
    """Whether signs were lost: beyond zero the numbers rise again, or one above zero has the sign of those below."""
    lost = any(one.value < 0 and -one.value in values for one, values in there)
    turned = any(one.value > 0 and -one.value in values for one, values in there)
    return (lost and not signs) or turned


def _hides(first: NumberedScale, second: NumberedScale) -> bool:
    """Whether two scales on one circle run against each other, and it is the first that is meant: the one with signs,
    else the one with the clock. The numbers of the other are below zero, or of another quantity."""
    if first is second:
        return False
    against = [scale.values[0] > scale.values[-1] for scale in (first, second)]
    circles = [radius_of(scale.to_picture) for scale in (first, second)]
    if against[0] == against[1] or abs(circles[0] / circles[1] - 1) > ONE_CIRCLE:
        return False
    signs = [scale.values.min() < 0 for scale in (first, second)]
    return bool(signs[0] > signs[1] or (signs[0] == signs[1] and against[1]))


def read_found(pixels: NDArray[np.uint8], scales: Sequence[Known]) -> tuple[Reading, ...]:
    """The value on each of at least one scale that has one, or one refusal."""
    readings = tuple(read_seen(pixels, scale) for scale in scales)
    return tuple(reading for reading in readings if reading.value is not None) or readings[:1]


def read_seen(pixels: NDArray[np.uint8], scale: Known) -> Reading:
    """The value between the numbers of a scale that was found by sight, where they end as far as a needle that rests
    there is sure; nobody has seen what the scale is beyond. A scale whose marks have no end is none."""
    if goes_around(pixels, scale.to_picture, scale.angles):
        return refused("no_scale", scale)
    reading, ends = read_dial(pixels, scale), scale.scale
    if reading.value is None or reading.uncertainty is None:
        return reading
    beyond = max(ends.minimum - reading.value, reading.value - ends.maximum)
    return reading if beyond <= reading.uncertainty else refused("ambiguous_needle", scale)


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


def _placed(missing: Missing, places: Sequence[tuple[float, float]]) -> Missing:
    """Where something is written in its area, the nearest to the middle; as it is where nothing is."""
    x1, y1, x2, y2 = missing.area
    inside = [(x, y) for x, y in places if x1 < x < x2 and y1 < y < y2]
    if not inside:
        return missing
    x, y = min(inside, key=lambda place: np.hypot(place[0] - missing.x, place[1] - missing.y))
    return missing._replace(x=x, y=y, placed=True)


def _found(text: str, missing: Missing, numerals: Sequence[Numeral]) -> set[float]:
    """The numbers that were read where one is missing."""
    x1, y1, x2, y2 = missing.area
    there = {one.value for one in numerals if x1 < one.x < x2 and y1 < one.y < y2}
    value = number(text)
    return there if value is None else there | {value}


def _known(scale: NumberedScale, unit: str | None) -> Known:
    """The dial to read. Where numbers stand beside an even scale, the scale goes from number to number; where one is
    missing, or its place not known, what is between its neighbours is not known either."""
    places = project(np.linalg.inv(scale.to_picture), np.array([(one.x, one.y) for one in scale.numerals]))
    beside = (angles_of(places) - scale.angles + 180) % 360 - 180
    placed = np.array([one.placed for one in scale.numerals])
    even = bool(np.abs(beside[placed]).max() <= UNEVEN)
    angles, values = scale.angles, scale.values
    doubtful: tuple[tuple[float, float], ...] = ()
    if not even:
        angles, values = (angles + beside)[placed], values[placed]
        steps = np.abs(np.diff(values))
        wide = np.flatnonzero(steps > 1.5 * steps.min())
        doubtful = tuple((float(angles[one]), float(angles[one + 1])) for one in wide)
    deviation = np.hypot(PRINTED, np.degrees(scale.off)) / np.sqrt(len(scale.numerals) / 2 if even else 1)
    return Known(scale.to_picture, 1.0, angles, values, unit, float(deviation), BESIDE_THE_SEEN, doubtful)


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
