"""What real dials have besides one scale and one needle: a second scale, other needles, set-point markers; or what
they lack, their needle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

from siseon.applications.gauges.generated.dial import Design, Split
from siseon.applications.gauges.generated.pens import Colour, Floats, Pixels, bar, polygon, write
from siseon.applications.gauges.plane import on_circle

Family = Literal["two scales", "several needles", "set-point markers", "no needle"]
FAMILIES: tuple[Family, ...] = ("two scales", "several needles", "set-point markers")
"""Those that are evaluated in turn."""

OTHER_UNITS: dict[str, tuple[str, float, float]] = {
    "bar": ("psi", 14.504, 0.0),
    "psi": ("bar", 0.068948, 0.0),
    "kPa": ("psi", 0.14504, 0.0),
    "MPa": ("bar", 10.0, 0.0),
    "°C": ("°F", 1.8, 32.0),
    "A": ("mV", 2.0, 0.0),
}
"""What a second scale is in, and how many of it one of the first is: times, and plus. A is that of a shunt."""
MOST_NUMERALS = 8
INNER = 0.36
"""Radii by which the outer ends of its marks are farther in than those of the first."""
APART = 25.0
"""Degrees between two needles at least."""
MARKERS: dict[Split, tuple[Colour, ...]] = {
    "development": ((205, 30, 25), (30, 130, 60)),
    "evaluation": ((225, 60, 20), (20, 150, 90), (235, 190, 30)),
}


@dataclass(frozen=True, slots=True)
class Second:
    """Another scale of the same needle."""

    numerals: tuple[float, ...]
    angles: tuple[float, ...]
    """Rising."""
    unit: str
    value: float
    """What the needle shows on it."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Something laid on the scale that shows where a value should be."""

    outline: Floats
    """(N, 2) in radii of the rim."""
    colour: Colour


@dataclass(frozen=True, slots=True)
class Crowd:
    """What a dial has besides."""

    scale: Second | None = None
    needles: tuple[tuple[Design, float], ...] = ()
    """Each as that of a dial, and where it points, in degrees."""
    markers: tuple[Marker, ...] = ()
    bare: bool = False
    """Whether its own needle has fallen off."""


NONE = Crowd()


def crowd(rng: np.random.Generator, split: Split, dial: Design, value: float, family: Family) -> Crowd:
    """What a dial of a family has besides."""
    if family == "two scales":
        return Crowd(scale=_second(dial, value))
    if family == "no needle":
        return Crowd(bare=True)
    colours = MARKERS[split]
    colour = colours[int(rng.integers(len(colours)))]
    if family == "several needles":
        return Crowd(needles=((_other_needle(rng, dial, colour), _elsewhere(rng, dial, value)),))
    angles = [float(rng.uniform(dial.angles[0], dial.angles[-1])) for _ in range(int(rng.integers(1, 4)))]
    kind = int(rng.integers(3))
    return Crowd(markers=tuple(Marker(_marker(kind, angle, dial.scale_radius), colour) for angle in angles))


def drawn_on(face: Pixels, dial: Design, crowded: Crowd) -> Pixels:
    """A face, (SIDE, SIDE, 3) RGB, with its second scale and its markers."""
    picture = face.copy()
    if crowded.scale is not None:
        picture = _with_scale(picture, dial, crowded.scale)
    for marker in crowded.markers:
        polygon(picture, marker.outline, marker.colour)
    return picture


def _second(dial: Design, value: float) -> Second:
    unit, times, plus = OTHER_UNITS[dial.unit]
    low, high = times * min(dial.numerals) + plus, times * max(dial.numerals) + plus
    steps = [part * 10.0**power for power in range(-3, 4) for part in (1, 2, 5)]
    step = next(step for step in steps if (high - low) / step < MOST_NUMERALS)
    numerals = np.arange(np.ceil(low / step - 1e-6), np.floor(high / step + 1e-6) + 1) * step
    pairs = sorted((dial.angle_of((one - plus) / times), round(one, 6)) for one in numerals.tolist())
    return Second(
        numerals=tuple(one for _, one in pairs),
        angles=tuple(angle for angle, _ in pairs),
        unit=unit,
        value=times * value + plus,
    )


def _with_scale(face: Pixels, dial: Design, scale: Second) -> Pixels:
    outer = dial.scale_radius - INNER
    for angle in scale.angles:
        polygon(face, bar(on_circle(angle, outer - 0.06), on_circle(angle, outer), 0.008), dial.ink)
    picture = Image.fromarray(face)
    pen = ImageDraw.Draw(picture)
    for value, angle in zip(scale.numerals, scale.angles, strict=True):
        write(pen, f"{value:g}", on_circle(angle, outer - 0.12), 0.07, dial.ink, dial.bold)
    write(pen, scale.unit, (0.0, 0.57), 0.07, dial.ink, dial.bold)
    return np.array(picture)


def _other_needle(rng: np.random.Generator, dial: Design, colour: Colour) -> Design:
    """One that drags behind the first or is set by hand, of a colour of its own; or a twin."""
    if rng.random() < 0.3:
        return replace(dial, length=dial.length * float(rng.uniform(0.8, 1.0)))
    long = dial.scale_radius * float(rng.uniform(0.7, 1.0))
    return replace(dial, needle_colour=colour, length=long, tail=float(rng.choice([0.0, 0.15])))


def _elsewhere(rng: np.random.Generator, dial: Design, value: float) -> float:
    at = dial.angle_of(value)
    angles = np.arange(dial.angles[0], dial.angles[-1])
    return float(rng.choice(angles[np.abs(angles - at) > APART]))


def _marker(kind: int, angle: float, radius: float) -> Floats:
    """A triangle that points outwards to the scale, one that points inwards, or a bar across it."""
    if kind == 2:
        return bar(on_circle(angle, radius - 0.16), on_circle(angle, radius + 0.04), 0.03)
    tip, foot = (radius - 0.01, radius - 0.12) if kind == 0 else (radius + 0.01, radius + 0.1)
    along = np.degrees(0.045 / radius)
    return np.array([on_circle(angle, tip), on_circle(angle - along, foot), on_circle(angle + along, foot)])
