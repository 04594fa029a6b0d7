"""Analog instruments: round, square and sector faces with a scale, numbers and one needle or several."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from instruments.canvas import PRINTED, Sheet, polar
from instruments.cases import CASES, boxed
from instruments.faces import UNITS, band, scale, titles, zones
from instruments.needles import NEEDLES, Look, draw_needle
from instruments.palettes import Split, chance, grey, hue, of_hsv, pick, shaded

FAMILIES: dict[Split, tuple[str, ...]] = {
    "training": (
        *("pressure", "bezel", "small", "square", "sector", "plain", "dark", "two_scales", "flange"),
        *("limits", "sparse", "halved", *CASES),
    ),
    "unseen": ("brass", "bimetal", "panel", "zoned", "twin"),
}


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
        case name if name in CASES:
            return CASES[name](rng, look, size)
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
    if split == "training" and chance(rng, 0.15):  # of any colour but blue, which is that of unseen needles
        pointer = of_hsv(
            float(rng.uniform(-0.25, 0.48)), float(rng.uniform(0.3, 1)), float(rng.uniform(0.3, 1))
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
    if family == "halved":
        sheet.disc(
            at, radius * float(rng.uniform(0.4, 0.85)), shaded(look.face, float(rng.uniform(0.6, 1.3)))
        )
    titles(rng, sheet, at, radius, look)
    sweep = float(rng.choice([90.0, 180.0, 240.0, 270.0, 270.0, 300.0, 320.0]))
    middle = float(rng.choice([0, 0, 0, 0, 90, -90, 180]))
    if family == "bimetal":
        sweep = 300.0
    if family == "zoned":
        zones(rng, sheet, at, radius * look.marks * 0.93, middle - sweep / 2, sweep)
    if family == "limits":
        band(rng, sheet, at, radius * look.marks * 0.95, middle - sweep / 2, sweep)
    numbered = family != "sparse" or chance(rng, 0.2)
    scale(rng, sheet, at, radius, look, middle - sweep / 2, sweep, numbered=numbered)
    if family in ("two_scales", "bimetal"):
        other = hue(rng, (0.6, 1.0), (0.5, 0.8)) if chance(rng, 0.6) else look.ink
        inner = replace(look, ink=other, digits=look.digits * 0.75, marks=look.marks * 0.66)
        scale(rng, sheet, at, radius, inner, middle - sweep / 2, sweep)
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
    boxed(rng, sheet, look, wide)
    corner = chance(rng, 0.4) and wide < 1.15
    at, radius = ((0.86 * wide, 0.86), 0.72) if corner else ((wide / 2, 0.72), min(0.6, 0.46 * wide))
    start, sweep = (-92.0, 94.0) if corner else (-float(rng.uniform(42, 60)), 0.0)
    sweep = sweep or -2 * start
    titles(rng, sheet, (wide / 2, 0.55), 0.35, look)
    scale(rng, sheet, at, radius, look, start, sweep)
    draw_needle(rng, sheet, at, radius, look, start + float(rng.uniform(0, 1)) * sweep)
    if chance(rng, 0.6):
        sheet.rectangle(0.02, 0.8, wide - 0.04, 0.18, grey(rng, 10, 120))
    return sheet


def _sector(rng: np.random.Generator, look: Look, size: int, *, panel: bool) -> Sheet:
    """A face whose scale is seen through a window of its shape."""
    wide = float(rng.uniform(1.2, 1.7)) if panel else float(rng.uniform(1.0, 1.3))
    sheet = Sheet.blank(round(size * wide), size)
    boxed(rng, sheet, look, wide)
    at, radius = (wide / 2, 0.92), 0.78
    half = float(rng.uniform(35, 50))
    cover = grey(rng, 8, 60) if panel else grey(rng, 40, 220)
    sheet.rectangle(0.03, 0.03, wide - 0.06, 0.94, cover)
    angles = np.linspace(-half - 9, half + 9, 20)
    outer = [polar(at, float(angle), radius * 1.06) for angle in angles]
    inner = [polar(at, float(angle), radius * 0.45) for angle in angles[::-1]]
    sheet.polygon(outer + inner, look.face)
    scale(rng, sheet, at, radius, look, -half, 2 * half)
    draw_needle(rng, sheet, at, radius, look, float(rng.uniform(-half, half)))
    sheet.rectangle(0.03, 0.62 if panel else 0.75, wide - 0.06, 0.35 if panel else 0.22, cover)
    sheet.write(pick(rng, UNITS), (wide / 2, 0.8), 0.1, grey(rng, 160, 240), font=look.font)
    return sheet
