"""Cases of dials that are not round: boxes, plates with a round glass, windows onto a part of a face."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from instruments.canvas import Sheet, polar
from instruments.faces import UNITS, WORDS, scale, titles
from instruments.needles import Look, draw_needle
from instruments.palettes import chance, grey, hue, pick, shaded


def boxed(rng: np.random.Generator, sheet: Sheet, look: Look, wide: float) -> None:
    """A rectangular case whose front is all face."""
    edge = float(rng.uniform(0.015, 0.07))
    sheet.rectangle(0, 0, wide, 1, grey(rng, 10, 220), solid=True)
    sheet.rectangle(edge, edge, wide - 2 * edge, 1 - 2 * edge, look.face)


def _plate(rng: np.random.Generator, look: Look, size: int) -> Sheet:
    """A square plate, its corners round or not, with screws and a round face."""
    sheet = Sheet.blank(size, size)
    at, colour = sheet.middle, grey(rng, 10, 235) if chance(rng, 0.75) else hue(rng, (0.2, 0.9), (0.2, 0.9))
    corner = float(rng.uniform(0.0, 0.3))
    for x, y in ((corner, corner), (1 - corner, corner), (1 - corner, 1 - corner), (corner, 1 - corner)):
        if corner > 0.02:
            sheet.disc((x, y), corner, colour, solid=True)
    sheet.rectangle(0, corner, 1, 1 - 2 * corner, colour, solid=True)
    sheet.rectangle(corner, 0, 1 - 2 * corner, 1, colour, solid=True)
    if chance(rng, 0.6):
        for x, y in ((0.09, 0.09), (0.91, 0.09), (0.91, 0.91), (0.09, 0.91)):
            sheet.disc((x, y), 0.03, shaded(colour, float(rng.uniform(0.4, 1.5))))
    rim = float(rng.uniform(0.38, 0.48))
    sheet.disc(at, rim, grey(rng, 15, 235))
    radius = rim * float(rng.uniform(0.86, 0.97))
    sheet.disc(at, radius, look.face)
    titles(rng, sheet, at, radius, look)
    sweep = float(rng.choice([90.0, 240.0, 270.0, 300.0]))
    scale(rng, sheet, at, radius, look, -sweep / 2, sweep, numbered=chance(rng, 0.85))
    draw_needle(rng, sheet, at, radius, look, float(rng.uniform(-0.54, 0.54)) * sweep)
    return sheet


def _window(rng: np.random.Generator, look: Look, size: int) -> Sheet:
    """A coloured plate with a rectangular window onto the scale, and a name beside it."""
    wide = float(rng.uniform(1.0, 1.9))
    sheet = Sheet.blank(round(size * wide), size)
    colour = hue(rng, (0.1, 0.8), (0.15, 0.9)) if chance(rng, 0.5) else grey(rng, 60, 245)
    sheet.rectangle(0, 0, wide, 1, colour, solid=True)
    side, top, bottom = (float(value) for value in rng.uniform((0.04, 0.04, 0.5), (0.16, 0.16, 0.75)))
    sheet.rectangle(side - 0.02, top - 0.02, wide - 2 * side + 0.04, bottom - top + 0.04, shaded(colour, 0.6))
    sheet.rectangle(side, top, wide - 2 * side, bottom - top, look.face)
    at, radius = (wide / 2, bottom + float(rng.uniform(-0.05, 0.3))), 0.0
    radius = min(at[1] - top, 0.62 * wide) * 0.96
    half = min(60.0, float(np.degrees(np.arcsin(min(1.0, (wide / 2 - side) / radius * 0.95)))))
    scale(rng, sheet, at, radius, look, -half, 2 * half)
    draw_needle(rng, sheet, at, radius, look, float(rng.uniform(-half, half)))
    sheet.rectangle(0, bottom, wide, 1 - bottom, colour)
    ink = shaded(colour, 0.4) if sum(colour) > 330 else grey(rng, 170, 245)
    words = pick(rng, WORDS), pick(rng, UNITS)
    for text, down in zip(words, (0.35, 0.7), strict=True):
        sheet.write(text, (wide / 2, bottom + (1 - bottom) * down), (1 - bottom) * 0.22, ink, font=look.font)
    return sheet


def _quadrant(rng: np.random.Generator, look: Look, size: int) -> Sheet:
    """A round case whose pivot lies near its rim."""
    sheet = Sheet.blank(size, size)
    middle, case = sheet.middle, grey(rng, 10, 235)
    sheet.disc(middle, 0.495, case, solid=True)
    inner = 0.495 * float(rng.uniform(0.85, 0.96))
    sheet.disc(middle, inner, look.face)
    at = polar(middle, 180.0, inner * float(rng.uniform(0.35, 0.7)))
    radius, half = inner * float(rng.uniform(1.1, 1.25)), float(rng.uniform(30, 48))
    scale(rng, sheet, at, radius, look, -half, 2 * half)
    draw_needle(rng, sheet, at, radius, look, float(rng.uniform(-half, half)))
    if chance(rng, 0.6):
        chord = np.linspace(130, 230, 16)
        sheet.polygon([polar(middle, float(angle), inner) for angle in chord], shaded(case, 0.8))
    return sheet


def _arched(rng: np.random.Generator, look: Look, size: int) -> Sheet:
    """A half-round case above a straight foot."""
    wide = float(rng.uniform(1.1, 1.5))
    sheet = Sheet.blank(round(size * wide), size)
    at, colour = (
        (wide / 2, 0.72),
        grey(rng, 10, 235) if chance(rng, 0.7) else hue(rng, (0.2, 0.9), (0.2, 0.8)),
    )
    outline = [
        (0.0, 1.0),
        *(
            (wide / 2 * (1 - float(np.cos(turn))), 0.72 * (1 - float(np.sin(turn))))
            for turn in np.linspace(0, np.pi, 24)
        ),
        (wide, 1.0),
    ]
    sheet.polygon(outline, colour, solid=True)
    radius = min(0.72, wide / 2) * float(rng.uniform(0.84, 0.94))
    half = float(rng.uniform(50, 85))
    sheet.polygon([polar(at, float(angle), radius) for angle in np.linspace(-90, 90, 24)], look.face)
    scale(rng, sheet, at, radius, look, -half, 2 * half)
    draw_needle(rng, sheet, at, radius, look, float(rng.uniform(-half, half)))
    sheet.rectangle(0, 0.76, wide, 0.24, colour)
    sheet.write(
        pick(rng, UNITS), (wide / 2, 0.88), 0.1, shaded(colour, 0.4) if sum(colour) > 330 else (230, 230, 230)
    )
    return sheet


CASES: dict[str, Callable[[np.random.Generator, Look, int], Sheet]] = {
    "plate": _plate,
    "window": _window,
    "quadrant": _quadrant,
    "arched": _arched,
}
"""All of the split ``training``."""
