"""What is printed on a dial's face: scales, titles and coloured zones."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from instruments.canvas import Point, Sheet, polar
from instruments.needles import Look
from instruments.palettes import chance, hue, of_hsv, pick

UNITS = (
    "bar",
    "psi",
    "kPa",
    "MPa",
    "°C",
    "°F",
    "%",
    "V",
    "A",
    "kW",
    "Hz",
    "mmHg",
    "rpm",
    "in Hg",
    "kg/cm²",
    "",
)
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 40, 50, 100, 200)
WORDS = (
    "PRESSURE",
    "TEMPERATURE",
    "CL. 1.6",
    "MADE IN",
    "EN 837",
    "VACUUM",
    "FLOW",
    "OIL",
    "AIR",
    "KERN",
    "TORA",
    "",
)
SIGNS = "ABCDEFGHIKLMNOPRSTUVZ0123456789.-/ "


def titles(rng: np.random.Generator, sheet: Sheet, at: Point, radius: float, look: Look) -> None:
    """The unit, and what a maker says."""
    sheet.write(
        pick(rng, UNITS), (at[0], at[1] + radius * float(rng.uniform(0.3, 0.6))), radius * 0.16, look.ink
    )
    for _ in range(int(rng.integers(0, 4))):
        place = at[0], at[1] + radius * float(rng.uniform(-0.5, 0.65))
        colour = look.ink if chance(rng, 0.8) else hue(rng, (0.6, 1.0), (0.4, 0.9))
        sheet.write(pick(rng, WORDS), place, radius * float(rng.uniform(0.06, 0.13)), colour, font=look.font)
    if chance(rng, 0.3):  # what a maker says in several lines
        high = float(rng.uniform(0.05, 0.09))
        for line in range(int(rng.integers(2, 6))):
            text = "".join(pick(rng, SIGNS) for _ in range(int(rng.integers(5, 20))))
            place = at[0], at[1] + radius * (0.25 + line * high * 1.6)
            sheet.write(text, place, radius * high, look.ink, font=look.font)
    if chance(rng, 0.25):
        for side in (-1, 1):
            sheet.disc((at[0] + side * radius * 0.18, at[1] + radius * 0.38), radius * 0.035, (170, 140, 60))


def scale(
    rng: np.random.Generator,
    sheet: Sheet,
    at: Point,
    radius: float,
    look: Look,
    start: float,
    sweep: float,
    *,
    numbered: bool = True,
) -> None:
    """Marks and numbers over ``sweep`` degrees from ``start``, clockwise from the top."""
    divisions = int(rng.integers(3, 11)) if sweep > 120 else int(rng.integers(2, 7))
    minor, step = int(pick(rng, (2, 4, 5, 5, 10))), pick(rng, STEPS)
    first = pick(rng, (0.0, 0.0, 0.0, -step, -step * (divisions // 2)))
    long, fat = float(rng.uniform(0.08, 0.17)), float(rng.uniform(0.012, 0.035))
    outer = radius * look.marks
    if look.ring:
        edge = outer if chance(rng, 0.5) else outer - long * radius
        sheet.arc(at, edge, start, start + sweep, 0.008 * radius, look.ink)
    fine = sheet.unit * radius > 18
    for index in range(divisions * minor + 1):
        major = index % minor == 0
        if not (major or fine):
            continue
        angle = start + sweep * index / (divisions * minor)
        inner = outer - radius * (long if major else long * 0.55)
        width = radius * (fat if major else fat * 0.5)
        sheet.bar(polar(at, angle, inner), polar(at, angle, outer), width, width, look.ink)
    if not numbered:
        return
    longest = max(len(f"{first + index * step:g}") for index in range(divisions + 1))
    room = np.radians(sweep / divisions) * (look.marks - long) / (0.62 * longest)
    high = min(look.digits, float(room))
    place = (
        outer - radius * (long + high * 0.85) if look.inside else min(outer + radius * high, radius * 0.97)
    )
    for index in range(divisions + 1):
        value = first + index * step
        angle = start + sweep * index / divisions
        at_number = polar(at, angle, place)
        sheet.write(f"{value:g}", at_number, radius * high, look.ink, font=look.font, bold=look.bold)


def zones(
    rng: np.random.Generator, sheet: Sheet, at: Point, radius: float, start: float, sweep: float
) -> None:
    """Three bands along the whole scale: green, yellow, red."""
    cuts = np.sort(rng.uniform(0.15, 0.85, 2))
    ends = (0.0, float(cuts[0]), float(cuts[1]), 1.0)
    for (first, last), tint in zip(pairwise(ends), (0.33, 0.15, 0.0), strict=True):
        colour = of_hsv(tint, 0.85, 0.85)
        sheet.arc(at, radius, start + sweep * first, start + sweep * last, radius * 0.09, colour)


def band(
    rng: np.random.Generator, sheet: Sheet, at: Point, radius: float, start: float, sweep: float
) -> None:
    """One band along a part of the scale: up to a limit, or from one."""
    cut, wide = float(rng.uniform(0.15, 0.85)), radius * float(rng.uniform(0.03, 0.14))
    first, last = (
        (0.0, cut) if chance(rng, 0.4) else (cut, float(rng.uniform(cut, 1.0)) if chance(rng, 0.4) else 1.0)
    )
    colour = of_hsv(
        pick(rng, (0.0, 0.0, 0.02, 0.1, 0.33)), float(rng.uniform(0.6, 1)), float(rng.uniform(0.5, 0.95))
    )
    sheet.arc(at, radius, start + sweep * first, start + sweep * last, wide, colour)
