"""Analog instruments: round, square and sector faces with a scale, numbers and one needle or several."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from instruments.canvas import PRINTED, Point, Sheet, polar
from instruments.needles import NEEDLES, Look, draw_needle
from instruments.palettes import Split, chance, grey, hue, of_hsv, pick, shaded

FAMILIES: dict[Split, tuple[str, ...]] = {
    "training": ("pressure", "bezel", "small", "square", "sector", "plain", "dark", "two_scales", "flange"),
    "unseen": ("brass", "bimetal", "panel", "zoned", "twin"),
}
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


def draw_dial(rng: np.random.Generator, family: str, split: Split, size: int) -> Sheet:
    """One instrument; its bounds are those of what the sheet covers.

    Args:
        rng: all that is by chance.
        family: one of ``FAMILIES[split]``.
        split: whose needles are used.
        size: pixels of the sheet's smaller side.
    """
    look = _look(rng, family, split)
    match family:
        case "square":
            return _square(rng, look, size)
        case "sector" | "panel":
            return _sector(rng, look, size, panel=family == "panel")
        case _:
            return _round(rng, look, family, size)


def _look(rng: np.random.Generator, family: str, split: Split) -> Look:
    bright = {"dark": False, "brass": True, "bimetal": True, "zoned": False}.get(family, chance(rng, 0.72))
    face = grey(rng, 205, 253) if bright else grey(rng, 8, 60)
    ink = grey(rng, 5, 60) if bright else grey(rng, 190, 250)
    if chance(rng, 0.12):
        face = hue(rng, (0.1, 0.5), (0.75, 1.0)) if bright else hue(rng, (0.3, 0.9), (0.1, 0.4))
    if family == "brass":
        face, ink = of_hsv(0.12, float(rng.uniform(0.12, 0.3)), float(rng.uniform(0.85, 0.97))), (60, 36, 18)
    if family == "zoned":
        face = of_hsv(float(rng.uniform(0.52, 0.66)), 0.8, 0.25)
    pointer = (
        ink if chance(rng, 0.6) else of_hsv(float(rng.uniform(-0.04, 0.1)), float(rng.uniform(0.7, 1)), 0.85)
    )
    return Look(
        face=face,
        ink=ink,
        needle=pointer
        if split == "training" or chance(rng, 0.5)
        else of_hsv(float(rng.uniform(0.55, 0.65)), 0.8, 0.6),
        kind=pick(rng, NEEDLES[split]),
        font=int(rng.choice([0, 1, PRINTED, PRINTED]))
        if split == "training"
        else int(rng.choice([2, 3, PRINTED])),
        bold=float(rng.uniform(0.8, 1.9)),
        digits=float(rng.uniform(0.1, 0.24)),
        marks=float(rng.uniform(0.78, 0.97)),
        ring=chance(rng, 0.4),
        inside=chance(rng, 0.85),
    )


def _round(rng: np.random.Generator, look: Look, family: str, size: int) -> Sheet:
    margin = 0.12 if family == "flange" else 0.0
    sheet = Sheet.blank(size, size)
    at = sheet.middle
    rim = 0.495 - margin
    if family == "flange":
        metal = grey(rng, 120, 230)
        lugs, turned = pick(rng, (3, 4)), float(rng.uniform(0, 360))
        for lug in range(lugs):
            place = polar(at, turned + 360 * lug / lugs, rim + 0.05)
            sheet.disc(place, 0.06, metal, solid=True)
            sheet.disc(place, 0.022, shaded(metal, 0.55))
    thick = {"pressure": 0.1, "bezel": 0.2, "plain": 0.03, "brass": 0.16, "flange": 0.14}.get(
        family, float(rng.uniform(0.04, 0.14))
    )
    case = grey(rng, 15, 235)
    if family == "brass":
        case = of_hsv(0.11, 0.65, float(rng.uniform(0.5, 0.85)))
    elif chance(rng, 0.15):
        case = hue(rng, (0.4, 0.9), (0.3, 0.9))
    sheet.disc(at, rim, case, solid=True)
    if chance(rng, 0.6):  # metal: a bright and a dark arc
        start = float(rng.uniform(0, 360))
        sheet.arc(at, rim * (1 - thick / 2), start, start + 110, rim * thick * 0.5, shaded(case, 1.35))
        sheet.arc(at, rim * (1 - thick / 2), start + 180, start + 280, rim * thick * 0.5, shaded(case, 0.6))
    radius = rim * (1 - thick)
    sheet.disc(at, radius * 1.03, shaded(case, 0.4))
    sheet.disc(at, radius, look.face)
    _titles(rng, sheet, at, radius, look)
    sweep = float(rng.choice([90.0, 180.0, 240.0, 270.0, 270.0, 300.0, 320.0]))
    middle = float(rng.choice([0, 0, 0, 0, 90, -90, 180]))
    if family == "bimetal":
        sweep = 300.0
    if family == "zoned":
        _zones(rng, sheet, at, radius * look.marks * 0.93, middle - sweep / 2, sweep)
    _scale(rng, sheet, at, radius, look, middle - sweep / 2, sweep)
    if family in ("two_scales", "bimetal"):
        other = hue(rng, (0.6, 1.0), (0.5, 0.8)) if chance(rng, 0.6) else look.ink
        inner = replace(look, ink=other, digits=look.digits * 0.75, marks=look.marks * 0.66)
        _scale(rng, sheet, at, radius, inner, middle - sweep / 2, sweep)
    needles = 2 if family == "twin" or chance(rng, 0.08) else 1
    for turn in range(needles):
        tinted = look if turn == 0 else replace(look, needle=of_hsv(0.0, 0.85, 0.8))
        pointed = middle + float(rng.uniform(-0.54, 0.54)) * sweep
        draw_needle(rng, sheet, at, radius, tinted, pointed)
    if family == "twin":
        sheet.rectangle(at[0] - 0.07, at[1] + radius * 0.3, 0.14, 0.06, shaded(look.face, 0.85))
    return sheet


def _square(rng: np.random.Generator, look: Look, size: int) -> Sheet:
    """A panel meter whose pivot lies below the middle or in a corner."""
    wide = float(rng.uniform(1.0, 1.5))
    sheet = Sheet.blank(round(size * wide), size)
    _case(rng, sheet, look, wide)
    corner = chance(rng, 0.4) and wide < 1.15
    at, radius = ((0.86 * wide, 0.86), 0.72) if corner else ((wide / 2, 0.72), min(0.6, 0.46 * wide))
    start, sweep = (-92.0, 94.0) if corner else (-float(rng.uniform(42, 60)), 0.0)
    sweep = sweep or -2 * start
    _titles(rng, sheet, (wide / 2, 0.55), 0.35, look)
    _scale(rng, sheet, at, radius, look, start, sweep)
    draw_needle(rng, sheet, at, radius, look, start + float(rng.uniform(0, 1)) * sweep)
    if chance(rng, 0.6):
        sheet.rectangle(0.02, 0.8, wide - 0.04, 0.18, grey(rng, 10, 120))
    return sheet


def _sector(rng: np.random.Generator, look: Look, size: int, *, panel: bool) -> Sheet:
    """A face whose scale is seen through a window of its shape."""
    wide = float(rng.uniform(1.2, 1.7)) if panel else float(rng.uniform(1.0, 1.3))
    sheet = Sheet.blank(round(size * wide), size)
    _case(rng, sheet, look, wide)
    at, radius = (wide / 2, 0.92), 0.78
    half = float(rng.uniform(35, 50))
    cover = grey(rng, 8, 60) if panel else grey(rng, 40, 220)
    sheet.rectangle(0.03, 0.03, wide - 0.06, 0.94, cover)
    angles = np.linspace(-half - 9, half + 9, 20)
    outer = [polar(at, float(angle), radius * 1.06) for angle in angles]
    inner = [polar(at, float(angle), radius * 0.45) for angle in angles[::-1]]
    sheet.polygon(outer + inner, look.face)
    _scale(rng, sheet, at, radius, look, -half, 2 * half)
    draw_needle(rng, sheet, at, radius, look, float(rng.uniform(-half, half)))
    sheet.rectangle(0.03, 0.62 if panel else 0.75, wide - 0.06, 0.35 if panel else 0.22, cover)
    sheet.write(pick(rng, UNITS), (wide / 2, 0.8), 0.1, grey(rng, 160, 240), font=look.font)
    return sheet


def _case(rng: np.random.Generator, sheet: Sheet, look: Look, wide: float) -> None:
    edge = float(rng.uniform(0.015, 0.07))
    sheet.rectangle(0, 0, wide, 1, grey(rng, 10, 220), solid=True)
    sheet.rectangle(edge, edge, wide - 2 * edge, 1 - 2 * edge, look.face)


def _titles(rng: np.random.Generator, sheet: Sheet, at: Point, radius: float, look: Look) -> None:
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


def _scale(
    rng: np.random.Generator, sheet: Sheet, at: Point, radius: float, look: Look, start: float, sweep: float
) -> None:
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


def _zones(
    rng: np.random.Generator, sheet: Sheet, at: Point, radius: float, start: float, sweep: float
) -> None:
    cuts = np.sort(rng.uniform(0.15, 0.85, 2))
    ends = (0.0, float(cuts[0]), float(cuts[1]), 1.0)
    for (first, last), tint in zip(pairwise(ends), (0.33, 0.15, 0.0), strict=True):
        colour = of_hsv(tint, 0.85, 0.85)
        sheet.arc(at, radius, start + sweep * first, start + sweep * last, radius * 0.09, colour)
