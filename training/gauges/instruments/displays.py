"""Digital displays and the windows of printed counters; the box is that of the display or window itself."""

from __future__ import annotations

import numpy as np

from instruments.canvas import PRINTED, Colour, Sheet
from instruments.palettes import Split, chance, grey, hue, of_hsv, pick, shaded

DIGITAL: dict[Split, tuple[str, ...]] = {
    "training": ("led", "lcd", "inverse", "bare", "lit", "rimmed"),
    "unseen": ("fluorescent", "backlit", "slim"),
}
COUNTER: dict[Split, tuple[str, ...]] = {
    "training": ("black_drums", "white_drums", "framed", "odometer", "ivory", "painted"),
    "unseen": ("brass_frame", "separate", "tinted"),
}
SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
    "8": "abcdefg", "9": "abcdfg", "-": "g", " ": "", "E": "afged", "C": "afed", "F": "afge", "H": "fbgec",
}  # fmt: skip
PLACES = {
    "a": ((0, 0), (1, 0)), "b": ((1, 0), (1, 1)), "c": ((1, 1), (1, 2)), "d": ((0, 2), (1, 2)),
    "e": ((0, 1), (0, 2)), "f": ((0, 0), (0, 1)), "g": ((0, 1), (1, 1)),
}  # fmt: skip
"""Ends of each segment, in widths and half heights of a digit."""


def draw_display(rng: np.random.Generator, family: str, size: int) -> Sheet:
    """A display of ``DIGITAL``; ``size`` is its height in pixels."""
    count = int(rng.integers(2, 8))
    high, aspect = float(rng.uniform(0.5, 0.8)), float(rng.uniform(0.42, 0.58))
    pitch = high * aspect * float(rng.uniform(1.3, 1.7))
    side = float(rng.uniform(0.1, 0.4))
    wide = max(count * pitch + 2 * side, 1.0)
    sheet = Sheet.blank(round(size * wide), size)
    ground, lit, unlit = _display_colours(rng, family)
    sheet.rectangle(0, 0, wide, 1, ground, solid=True)
    if family != "bare" and chance(rng, 0.6):
        edge = float(rng.uniform(0.02, 0.1))
        sheet.rectangle(0, 0, wide, 1, grey(rng, 10, 200))
        sheet.rectangle(edge, edge, wide - 2 * edge, 1 - 2 * edge, ground)
    if family == "rimmed":
        for share, colour in ((0.0, grey(rng, 5, 230)), (float(rng.uniform(0.06, 0.13)), ground)):
            sheet.rectangle(share, share, wide - 2 * share, 1 - 2 * share, colour)
    slant = float(rng.choice([0.0, 0.0, 0.1, 0.18]))
    fat = (
        high
        * aspect
        * (float(rng.uniform(0.1, 0.15)) if family == "slim" else float(rng.uniform(0.16, 0.32)))
    )
    point = int(rng.integers(0, count)) if chance(rng, 0.65) else -1
    blank = int(rng.integers(0, max(1, count - 2))) if chance(rng, 0.4) else 0
    colon = count >= 4 and chance(rng, 0.15)
    top, left = (1 - high) / 2 * float(rng.uniform(0.5, 1.4)), wide - side - count * pitch
    for index in range(count):
        char = " " if index < blank else str(rng.integers(10))
        if index == blank and blank and chance(rng, 0.2):
            char = "-"
        x = left + index * pitch + pitch * 0.15
        _digit(sheet, char, x, top, high * aspect, high, fat, slant, lit, unlit)
        if index == point:
            sheet.disc((x + high * aspect * 1.25, top + high), fat * 0.75, lit)
        if colon and index == 1:
            for up in (0.3, 0.7):
                sheet.disc(
                    (x + high * aspect * 1.25 + slant * high * (1 - up), top + high * up), fat * 0.7, lit
                )
    if chance(rng, 0.3):
        unit = pick(rng, ("°C", "V", "A", "kWh", "bar", "%", "Hz", "kg", "PV", "SV"))
        sheet.write(unit, (wide - side / 2, 1 - side / 2), min(0.18, side * 0.5), lit)
    return sheet


def _display_colours(rng: np.random.Generator, family: str) -> tuple[Colour, Colour, Colour | None]:
    """Ground, what is lit, what is not (None: not seen)."""
    faint = chance(rng, 0.4)
    match family:
        case "led" | "bare" | "slim" | "rimmed":
            lit = of_hsv(pick(rng, (0.0, 0.0, 0.01, 0.33, 0.1, 0.6)), float(rng.uniform(0.6, 1.0)), 1.0)
            ground = grey(rng, 5, 45) if chance(rng, 0.8) else shaded(lit, 0.25)
            return ground, lit, shaded(lit, 0.2) if faint else None
        case "lcd":
            ground = of_hsv(
                float(rng.uniform(0.12, 0.35)), float(rng.uniform(0.03, 0.35)), float(rng.uniform(0.5, 0.85))
            )
            return ground, grey(rng, 10, 60), shaded(ground, 0.9) if faint else None
        case "fluorescent":
            lit = of_hsv(float(rng.uniform(0.44, 0.5)), float(rng.uniform(0.3, 0.6)), 1.0)
            return grey(rng, 8, 30), lit, None
        case "backlit":
            ground = of_hsv(
                float(rng.uniform(0.57, 0.66)), float(rng.uniform(0.6, 0.95)), float(rng.uniform(0.5, 0.9))
            )
            return ground, (235, 240, 250), None
        case "lit":  # bright, with dark digits
            tint, full = float(rng.uniform(-0.28, 0.44)), float(rng.uniform(0.3, 0.95))
            ground = of_hsv(tint, full, float(rng.uniform(0.55, 1.0)))
            return ground, grey(rng, 5, 50), shaded(ground, 0.88) if faint else None
        case _:  # inverse
            tint = float(rng.uniform(-0.28, 0.5))  # of any colour but blue, which is that of an unseen family
            ground = of_hsv(tint, float(rng.uniform(0.0, 0.9)), float(rng.uniform(0.05, 0.6)))
            return ground, grey(rng, 190, 250), None


def _digit(
    sheet: Sheet,
    char: str,
    x: float,
    y: float,
    wide: float,
    high: float,
    fat: float,
    slant: float,
    lit: Colour,
    unlit: Colour | None,
) -> None:
    for name, ends in PLACES.items():
        colour = lit if name in SEGMENTS[char] else unlit
        if colour is None:
            continue
        points = [
            (x + wide * across + slant * high * (1 - down / 2), y + high * down / 2) for across, down in ends
        ]
        start, end = np.array(points[0]), np.array(points[1])
        along = (end - start) / np.linalg.norm(end - start)
        side, gap = np.array([-along[1], along[0]]) * fat / 2, along * fat * 0.2
        start, end = start + gap, end - gap
        bevel = along * fat / 2
        outline = [
            start,
            start + bevel + side,
            end - bevel + side,
            end,
            end - bevel - side,
            start + bevel - side,
        ]
        sheet.polygon(np.array(outline), colour)


def draw_counter(rng: np.random.Generator, family: str, size: int) -> Sheet:
    """The window of a counter of ``COUNTER``; ``size`` is its height in pixels."""
    count, aspect = int(rng.integers(4, 9)), float(rng.uniform(0.55, 0.85))
    edge = {"framed": 0.12, "brass_frame": 0.16, "painted": 0.1}.get(family, float(rng.uniform(0.0, 0.06)))
    wide = count * aspect + 2 * edge
    sheet = Sheet.blank(round(size * wide), size)
    frame = of_hsv(0.11, 0.6, 0.7) if family == "brass_frame" else grey(rng, 20, 230)
    if family == "painted":  # of any colour but that of brass
        frame = of_hsv(
            float(rng.uniform(0.2, 1.03)), float(rng.uniform(0.3, 0.9)), float(rng.uniform(0.2, 0.9))
        )
    sheet.rectangle(0, 0, wide, 1, frame, solid=True)
    dark = family in ("black_drums", "odometer") or (family != "white_drums" and chance(rng, 0.6))
    drum = grey(rng, 8, 50) if dark else grey(rng, 200, 250)
    if family == "tinted":
        drum = hue(rng, (0.3, 0.7), (0.2, 0.45))
        dark = True
    if family == "ivory":
        drum = of_hsv(
            float(rng.uniform(0.08, 0.17)), float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.7, 0.98))
        )
        dark = False
    ink = grey(rng, 215, 255) if dark else grey(rng, 5, 50)
    red = int(rng.integers(0, 4)) if chance(rng, 0.6) else 0
    reds = of_hsv(
        float(rng.uniform(-0.03, 0.03)), float(rng.uniform(0.7, 0.95)), float(rng.uniform(0.5, 0.85))
    )
    gap = 0.07 if family == "separate" else float(rng.uniform(0.0, 0.04))
    font, high = int(rng.choice([0, 1, PRINTED])), float(rng.uniform(0.5, 0.72))
    zeros = int(rng.integers(0, count))
    for index in range(count):
        x = edge + index * aspect
        coloured = index >= count - red
        printed = coloured and chance(rng, 0.3)  # red digits on the common ground
        ground = reds if coloured and not printed else drum
        sheet.rectangle(x + gap, edge, aspect - 2 * gap, 1 - 2 * edge, ground)
        digit = 0 if index < zeros and chance(rng, 0.8) else int(rng.integers(10))
        turned = (
            float(rng.uniform(0.15, 0.85))
            if index == count - 1 and chance(rng, 0.4)
            else float(rng.normal(0, 0.03))
        )
        colour = reds if printed else grey(rng, 215, 255) if coloured else ink
        for step in (-1, 0, 1):
            y = 0.5 + (step - turned) * 0.85
            if -0.2 < y < 1.2:
                text = str((digit + step) % 10)
                sheet.write(text, (x + aspect / 2, y), high, colour, font=font, bold=1.4)
    _curved(rng, sheet, edge)
    if edge:
        for y in (0.0, 1 - edge):
            sheet.rectangle(0, y, wide, edge, frame)
    return sheet


def _curved(rng: np.random.Generator, sheet: Sheet, edge: float) -> None:
    """Drums are darker above and below."""
    depth = float(rng.uniform(0.1, 0.7))
    rows = np.linspace(-1, 1, sheet.pixels.shape[0])
    shade = 1 - depth * np.abs(rows) ** float(rng.uniform(1.5, 4))
    sheet.pixels[:] = (sheet.pixels * shade[:, None, None]).astype(np.uint8)
