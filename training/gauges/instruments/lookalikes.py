"""What a careless network takes for an instrument, and is none: each is drawn for training as background."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from instruments.canvas import PRINTED, STROKES, Colour, Sheet, polar
from instruments.palettes import chance, grey, hue, pick, shaded

Drawer = Callable[[np.random.Generator, int], Sheet]
LETTERS = "ABCDEFGHIJKLMNOPRSTUVWXYZ"


def draw_lookalike(rng: np.random.Generator, size: int) -> Sheet:
    """One of ``LOOKALIKES``; ``size`` is the pixels of its smaller side."""
    return pick(rng, tuple(LOOKALIKES.values()))(rng, size)


def _any(rng: np.random.Generator) -> Colour:
    return grey(rng, 10, 245) if chance(rng, 0.5) else hue(rng, (0.2, 1.0), (0.2, 1.0))


def _clock(rng: np.random.Generator, size: int) -> Sheet:
    sheet = Sheet.blank(size, size)
    at, case = sheet.middle, _any(rng)
    sheet.disc(at, 0.495, case, solid=True)
    radius = 0.495 * float(rng.uniform(0.8, 0.97))
    bright = chance(rng, 0.75)
    face, ink = (grey(rng, 205, 253), grey(rng, 5, 60)) if bright else (grey(rng, 8, 60), grey(rng, 190, 250))
    sheet.disc(at, radius, face)
    numbers = pick(rng, ("all", "all", "quarters", "roman", "none"))
    high, font = float(rng.uniform(0.12, 0.2)), int(rng.integers(0, PRINTED + 1))
    romans = ("XII", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI")
    for hour in range(12):
        angle = hour * 30.0
        sheet.bar(
            polar(at, angle, radius * 0.88),
            polar(at, angle, radius * 0.96),
            radius * 0.03,
            radius * 0.03,
            ink,
        )
        text = romans[hour] if numbers == "roman" else str(hour or 12)
        if numbers in ("all", "roman") or (numbers == "quarters" and hour % 3 == 0):
            sheet.write(text, polar(at, angle, radius * 0.72), radius * high, ink, font=font)
    if chance(rng, 0.5) and sheet.unit > 60:
        for minute in range(60):
            sheet.bar(
                polar(at, minute * 6, radius * 0.92), polar(at, minute * 6, radius * 0.96), 0.006, 0.006, ink
            )
    for long, fat in ((float(rng.uniform(0.4, 0.6)), 0.06), (float(rng.uniform(0.65, 0.9)), 0.045)):
        angle = float(rng.uniform(0, 360))
        sheet.bar(
            polar(at, angle + 180, radius * 0.1),
            polar(at, angle, radius * long),
            radius * fat,
            radius * fat,
            ink,
        )
    if chance(rng, 0.4):
        sheet.bar(at, polar(at, float(rng.uniform(0, 360)), radius * 0.85), 0.008, 0.008, (200, 30, 30))
    sheet.disc(at, radius * 0.05, ink)
    return sheet


def _wheel(rng: np.random.Generator, size: int) -> Sheet:
    sheet = Sheet.blank(size, size)
    at = sheet.middle
    sheet.disc(at, 0.495, grey(rng, 8, 50), solid=True)
    radius, rim = 0.495 * float(rng.uniform(0.6, 0.9)), grey(rng, 100, 240)
    sheet.disc(at, radius, rim)
    sheet.disc(at, radius * 0.93, grey(rng, 15, 120))
    spokes, turned = int(rng.integers(3, 14)), float(rng.uniform(0, 360))
    for spoke in range(spokes):
        fat = radius * float(rng.uniform(0.05, 0.25))
        sheet.bar(at, polar(at, turned + 360 * spoke / spokes, radius * 0.95), fat, fat, rim)
    sheet.disc(at, radius * float(rng.uniform(0.1, 0.3)), shaded(rim, 0.8))
    for bolt in range(5):
        sheet.disc(polar(at, turned + bolt * 72, radius * 0.12), radius * 0.03, (30, 30, 30))
    return sheet


def _darts(rng: np.random.Generator, size: int) -> Sheet:
    sheet = Sheet.blank(size, size)
    at, turned = sheet.middle, 9.0
    sheet.disc(at, 0.495, grey(rng, 8, 40), solid=True)
    colours = (grey(rng, 10, 40), grey(rng, 210, 245)), ((190, 30, 40), (20, 120, 60))
    for outer, pair in ((0.37, 1), (0.35, 0), (0.22, 1), (0.2, 0)):
        for slice_ in range(20):
            edge = [polar(at, turned + 18 * slice_ + step, outer) for step in (0, 6, 12, 18)]
            sheet.polygon([at, *edge], colours[pair][slice_ % 2])
    sheet.disc(at, 0.035, (20, 120, 60))
    sheet.disc(at, 0.016, (190, 30, 40))
    for place in range(20):
        sheet.write(str(place + 1), polar(at, 18.0 * place, 0.43), 0.05, (235, 235, 235), font=0)
    return sheet


def _rings(rng: np.random.Generator, size: int) -> Sheet:
    """A plate, a lid, a target, a speaker, a record."""
    sheet = Sheet.blank(size, size)
    at, radius = sheet.middle, 0.495
    sheet.disc(at, radius, _any(rng), solid=True)
    for _ in range(int(rng.integers(1, 7))):
        radius *= float(rng.uniform(0.6, 0.95))
        if chance(rng, 0.5):
            sheet.disc(at, radius, _any(rng))
        else:
            sheet.ring(at, radius, float(rng.uniform(0.005, 0.03)), _any(rng))
    if chance(rng, 0.3):
        sheet.write("".join(pick(rng, tuple(LETTERS)) for _ in range(5)), at, 0.12, _any(rng))
    return sheet


def _coin(rng: np.random.Generator, size: int) -> Sheet:
    sheet = Sheet.blank(size, size)
    at, metal = sheet.middle, hue(rng, (0.05, 0.5), (0.5, 0.85))
    sheet.disc(at, 0.495, metal, solid=True)
    sheet.ring(at, 0.45, 0.015, shaded(metal, 0.7))
    for letter in range(int(rng.integers(8, 26))):
        sheet.write(
            pick(rng, tuple(LETTERS)), polar(at, letter * 14.0, 0.39), 0.06, shaded(metal, 0.65), font=0
        )
    sheet.write(str(rng.integers(1, 100)), at, 0.3, shaded(metal, float(rng.uniform(0.6, 1.4))), bold=1.5)
    return sheet


def _heap(rng: np.random.Generator, size: int) -> Sheet:
    """A round thing with many things on it: a pizza, a tray, a button with holes."""
    sheet = Sheet.blank(size, size)
    at, ground = sheet.middle, _any(rng)
    sheet.disc(at, 0.495, shaded(ground, 0.7), solid=True)
    sheet.disc(at, 0.495 * float(rng.uniform(0.8, 0.95)), ground)
    for _ in range(int(rng.integers(3, 25))):
        place = polar(at, float(rng.uniform(0, 360)), float(rng.uniform(0, 0.38)))
        colour = _any(rng)
        if chance(rng, 0.5):
            sheet.disc(place, float(rng.uniform(0.01, 0.09)), colour)
        else:
            end = polar(place, float(rng.uniform(0, 360)), float(rng.uniform(0.03, 0.25)))
            sheet.bar(place, end, float(rng.uniform(0.01, 0.06)), float(rng.uniform(0.0, 0.04)), colour)
    return sheet


def _lamp(rng: np.random.Generator, size: int) -> Sheet:
    sheet = Sheet.blank(size, size)
    at, colour = sheet.middle, hue(rng, (0.0, 1.0), (0.4, 1.0))
    sheet.disc(at, 0.495, shaded(colour, 0.5), solid=True)
    for step in np.linspace(0.46, 0.05, 9):
        sheet.disc(at, float(step), shaded(colour, 1.6 - 1.9 * float(step)))
    return sheet


def _steering(rng: np.random.Generator, size: int) -> Sheet:
    sheet = Sheet.blank(size, size)
    at, colour = sheet.middle, grey(rng, 8, 110)
    thick = float(rng.uniform(0.04, 0.1))
    sheet.ring(at, 0.44, thick, colour, solid=True)
    turned = float(rng.uniform(0, 360))
    for spoke in range(int(rng.integers(1, 5))):
        end = polar(at, turned + spoke * float(rng.choice([72, 90, 120])), 0.44)
        sheet.bar(at, end, 0.12, 0.07, colour)
        cv2.line(
            sheet.cover, _pixel(at, size), _pixel(end, size), (255,), max(1, round(0.08 * size)), cv2.LINE_AA
        )
    sheet.disc(at, 0.12, shaded(colour, 1.3), solid=True)
    return sheet


def _pixel(at: tuple[float, float], size: int) -> tuple[int, int]:
    return round(at[0] * size), round(at[1] * size)


def _knob(rng: np.random.Generator, size: int) -> Sheet:
    """A knob or a valve, a button, a screw."""
    sheet = Sheet.blank(size, size)
    at, colour = sheet.middle, _any(rng)
    sheet.disc(at, 0.495, colour, solid=True)
    teeth = int(rng.integers(0, 40))
    for tooth in range(teeth):
        sheet.disc(polar(at, tooth * 360 / teeth, 0.49), 0.02, shaded(colour, 0.6))
    sheet.disc(at, 0.38, shaded(colour, float(rng.uniform(0.8, 1.25))))
    if chance(rng, 0.6):
        end = polar(at, float(rng.uniform(0, 360)), 0.38)
        sheet.bar(
            at if chance(rng, 0.5) else (2 * at[0] - end[0], 2 * at[1] - end[1]), end, 0.05, 0.05, _any(rng)
        )
    return sheet


def _flower(rng: np.random.Generator, size: int) -> Sheet:
    """Petals, a fan, a gear: something round with many like parts."""
    sheet = Sheet.blank(size, size)
    at, colour, parts = sheet.middle, _any(rng), int(rng.integers(5, 24))
    for part in range(parts):
        angle = 360 * part / parts
        outline = [
            polar(at, angle + off, far)
            for off, far in ((-9, 0.2), (-12, 0.4), (0, 0.49), (12, 0.4), (9, 0.2))
        ]
        sheet.polygon(outline, shaded(colour, float(rng.uniform(0.7, 1.2))), solid=True)
    sheet.disc(at, float(rng.uniform(0.1, 0.3)), _any(rng), solid=True)
    return sheet


def _sign(rng: np.random.Generator, size: int) -> Sheet:
    """A plate with words and numbers: of a street, a shop, a car, a price."""
    lines = int(rng.integers(1, 4))
    wide = float(rng.uniform(1.0, 4.5))
    sheet = Sheet.blank(round(size * wide), size)
    ground = _any(rng)
    ink = grey(rng, 5, 60) if sum(ground) > 380 else grey(rng, 200, 250)
    sheet.rectangle(0, 0, wide, 1, ground, solid=True)
    if chance(rng, 0.5):
        sheet.rectangle(0.03, 0.03, wide - 0.06, 0.94, ink)
        sheet.rectangle(0.07, 0.07, wide - 0.14, 0.86, ground)
    high, font = 0.6 / lines, int(rng.integers(0, len(STROKES) + 1))
    for line in range(lines):
        count = max(1, int(rng.uniform(0.4, 0.8) * wide / (high * 0.8)))
        pool = tuple(
            LETTERS if chance(rng, 0.55) else "0123456789" if chance(rng, 0.6) else LETTERS + "0123456789-:. "
        )
        text = "".join(pick(rng, pool) for _ in range(count))
        sheet.write(
            text, (wide / 2, (line + 0.5) / lines), high, ink, font=font, bold=float(rng.uniform(0.8, 1.8))
        )
    return sheet


def _window(rng: np.random.Generator, size: int) -> Sheet:
    """Panes, drawers, tiles, a keyboard, a radiator."""
    wide = float(rng.uniform(0.6, 4.0))
    sheet = Sheet.blank(max(8, round(size * max(wide, 1.0))), max(8, round(size / min(wide, 1.0))))
    across, down = sheet.middle[0] * 2, sheet.middle[1] * 2
    frame, pane = _any(rng), _any(rng)
    sheet.rectangle(0, 0, across, down, frame, solid=True)
    columns, rows = int(rng.integers(1, 9)), int(rng.integers(1, 6))
    gap = float(rng.uniform(0.01, 0.06))
    for column in range(columns):
        for row in range(rows):
            x, y = across * column / columns + gap, down * row / rows + gap
            w, h = across / columns - 2 * gap, down / rows - 2 * gap
            if w > 0 and h > 0:
                sheet.rectangle(x, y, w, h, shaded(pane, float(rng.uniform(0.75, 1.2))))
                if chance(rng, 0.15):
                    sheet.write(pick(rng, tuple(LETTERS)), (x + w / 2, y + h / 2), min(w, h) * 0.5, frame)
    return sheet


def _screen(rng: np.random.Generator, size: int) -> Sheet:
    """A dark or bright pane without digits: a switched-off telephone, a television, a mirror."""
    wide = float(rng.uniform(1.0, 2.2))
    sheet = Sheet.blank(round(size * wide), size)
    sheet.rectangle(0, 0, wide, 1, grey(rng, 5, 230), solid=True)
    sheet.rectangle(0.05, 0.05, wide - 0.1, 0.9, _any(rng))
    for _ in range(int(rng.integers(0, 5))):
        x, y = float(rng.uniform(0.05, wide * 0.7)), float(rng.uniform(0.1, 0.8))
        sheet.rectangle(x, y, float(rng.uniform(0.05, 0.25)), float(rng.uniform(0.02, 0.15)), _any(rng))
    return sheet


def _calendar(rng: np.random.Generator, size: int) -> Sheet:
    """Rows of small numbers; a telephone's keys."""
    sheet = Sheet.blank(round(size * 1.2), size)
    ground, ink = grey(rng, 190, 250), grey(rng, 5, 90)
    sheet.rectangle(0, 0, 1.2, 1, ground, solid=True)
    columns = pick(rng, (3, 7))
    for cell in range(columns * 4):
        x, y = 1.2 * (cell % columns + 0.5) / columns, (cell // columns + 0.6) / 4.4
        sheet.write(str(cell + 1), (x, y), 0.28 / columns if columns == 7 else 0.11, ink, font=0)
    return sheet


LOOKALIKES: dict[str, Drawer] = {
    "clock": _clock,
    "another clock": _clock,
    "wheel": _wheel,
    "dart board": _darts,
    "plate": _rings,
    "coin": _coin,
    "heap": _heap,
    "lamp": _lamp,
    "steering wheel": _steering,
    "knob": _knob,
    "flower": _flower,
    "sign": _sign,
    "another sign": _sign,
    "window": _window,
    "screen": _screen,
    "calendar": _calendar,
}
