"""Needles of dials, and all that is chosen of how a dial looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instruments.canvas import Colour, Point, Sheet, polar
from instruments.palettes import Split, chance, pick, shaded

NEEDLES: dict[Split, tuple[str, ...]] = {
    "training": ("taper", "bar", "arrow", "counterweight", "stub"),
    "unseen": ("lance", "blade", "lollipop"),
}


@dataclass(frozen=True)
class Look:
    """Of one dial; lengths are shares of the face's radius."""

    face: Colour
    ink: Colour
    needle: Colour
    kind: str
    font: int
    bold: float
    digits: float
    marks: float
    """Outer ends."""
    ring: bool
    """Whether a line joins the marks."""
    inside: bool
    """Whether numbers stand within the marks."""


def draw_needle(
    rng: np.random.Generator, sheet: Sheet, at: Point, radius: float, look: Look, angle: float
) -> None:
    """Around the middle of a face of that radius, at degrees clockwise from the top."""
    long, tail = radius * float(rng.uniform(0.62, 0.95)), radius * float(rng.uniform(0.0, 0.4))
    fat = radius * float(rng.uniform(0.03, 0.09))
    tip, end = polar(at, angle, long), polar(at, angle + 180, tail)
    colour = look.needle
    if chance(rng, 0.4):  # its shadow
        off = radius * 0.04
        shadow = shaded(look.face, 0.75)
        sheet.bar((end[0] + off, end[1] + off), (tip[0] + off, tip[1] + off), fat, fat * 0.3, shadow)
    match look.kind:
        case "taper":
            sheet.bar(end, tip, fat, fat * 0.1, colour)
        case "bar":
            sheet.bar(end, tip, fat * 0.6, fat * 0.6, colour)
        case "arrow":
            sheet.bar(end, tip, fat * 0.4, fat * 0.4, colour)
            sheet.bar(polar(at, angle, long * 0.75), tip, fat * 1.3, 0.0, colour)
        case "counterweight":
            sheet.bar(at, tip, fat * 0.7, fat * 0.1, colour)
            sheet.bar(at, polar(at, angle + 180, radius * 0.35), fat * 0.8, fat * 2.2, colour)
        case "stub":
            sheet.bar(polar(at, angle, radius * 0.15), tip, fat * 0.9, fat * 0.2, colour)
        case "lance":
            sheet.bar(end, polar(at, angle, long * 0.7), fat * 0.3, fat * 0.3, colour)
            sheet.bar(polar(at, angle, long * 0.65), polar(at, angle, long * 0.76), 0.0, fat * 1.5, colour)
            sheet.bar(polar(at, angle, long * 0.76), tip, fat * 1.5, 0.0, colour)
        case "blade":
            sheet.bar(end, polar(at, angle, long * 0.6), fat * 1.4, fat * 0.9, colour)
            sheet.bar(polar(at, angle, long * 0.6), tip, fat * 0.9, 0.0, colour)
        case "lollipop":
            sheet.bar(end, tip, fat * 0.4, fat * 0.15, colour)
            sheet.disc(end, fat * 0.9, colour)
    hub = (
        shaded(colour, 0.8)
        if chance(rng, 0.5)
        else pick(rng, ((30, 30, 30), (190, 190, 190), (170, 140, 70)))
    )
    sheet.disc(at, radius * float(rng.uniform(0.04, 0.14)), hub)
    if chance(rng, 0.4):
        sheet.disc(at, radius * 0.03, shaded(hub, 0.5))
