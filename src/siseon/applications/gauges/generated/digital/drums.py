"""Counters with drums that roll from digit to digit, and plates whose letters only stand there."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.digital.alphabet import BETWEEN, DIGITS
from siseon.applications.gauges.generated.dial import Split
from siseon.applications.gauges.generated.digital.colours import Colours, around, hue
from siseon.applications.gauges.generated.digital.face import HEIGHT, Face, framed_in
from siseon.applications.gauges.generated.digital.glyphs import Family, Glyphs
from siseon.applications.gauges.generated.pens import Colour

Floats = NDArray[np.float32]

AT_REST = 0.09
"""Of the way from one digit to the next, up to which a drum shows the one."""
ROLLING = (0.17, 0.83)
"""Where it shows neither. What lies between these bounds is anyone's guess and is not drawn."""
RED: dict[Split, tuple[Colour, ...]] = {
    "development": ((170, 40, 35), (200, 50, 45), (140, 30, 40), (190, 80, 70)),
    "evaluation": ((215, 95, 30), (150, 25, 60)),
}


def counter(rng: np.random.Generator, split: Split, fonts: tuple[Family, ...]) -> Face:
    """Drums in one window or in one each."""
    family = fonts[int(rng.integers(len(fonts)))]
    glyphs = family.letters(rng)
    places = 1 if rng.random() < 0.3 else int(rng.integers(3, 9))
    wide = HEIGHT * float(rng.uniform(0.45, 0.75))
    cell = round(wide * float(rng.uniform(1.1, 1.7)))
    high = round(HEIGHT * float(rng.uniform(1.04, 1.6)))
    pitch = HEIGHT * float(rng.uniform(1.15, 2.0))
    stretch = float(rng.uniform(0.85, 1.15))
    bar = round(HEIGHT * float(rng.choice([0.0, rng.uniform(0.02, 0.3)])))
    decimals = int(rng.integers(0, 4)) if rng.random() < 0.6 and places > 3 else 0
    ticked, comma = bool(rng.random() < 0.35), bool(rng.random() < 0.35)
    dark = bool(rng.random() < 0.6)
    grounds = (
        (_grey(rng, 15, 70), _grey(rng, 150, 240)) if dark else (_grey(rng, 165, 245), _grey(rng, 10, 80))
    )
    special = _special(rng, split, grounds)
    frame = around(rng)
    columns, symbols = [], []
    for number, (digit, part) in enumerate(_positions(rng, places)):
        ground, ink = special if number >= places - decimals and decimals else grounds
        if places == 1 and rng.random() < 0.3:
            ground, ink = special
        column = np.full((high, cell, 3), ground, np.float32)
        shifts = (
            (digit, -part * pitch),
            ((digit + 1) % 10, (1 - part) * pitch),
            ((digit - 1) % 10, -(1 + part) * pitch),
        )
        for which, shift in shifts:
            _print(column, glyphs, DIGITS[which], wide * stretch, shift, ink)
        if ticked and number == places - 1:
            _ticks(rng, column, ink, part)
        columns.append(column * _rounding(rng, high))
        symbols.append(DIGITS[digit] if part <= AT_REST else BETWEEN[digit])
        if number < places - 1 and bar:
            columns.append(np.full((high, bar, 3), frame, np.float32))
        if comma and decimals and number == places - decimals - 1 and bar > 5:
            spot = round(bar / 2), high - round(0.12 * HEIGHT) - 2
            cv2.circle(columns[-1], spot, max(2, min(bar // 2, round(0.09 * HEIGHT))), ink, -1, cv2.LINE_AA)
            symbols.append(".")
    pixels = np.concatenate(columns, axis=1)
    inks = Colours(grounds[1], grounds[0], frame, around(rng), False, 0.0)
    framed, at = framed_in(rng, pixels, inks)
    top = at + (high - HEIGHT) / 2
    side = (cell - wide) / 2
    digits = (at + side, top, at + pixels.shape[1] - side, top + HEIGHT)
    window = (float(at), float(at), float(at + pixels.shape[1]), float(at + high))
    return Face(framed, "counter", family.name, "".join(symbols), digits, window)


def plate(rng: np.random.Generator, split: Split, fonts: tuple[Family, ...]) -> Face:
    """Printed numbers, which no instrument shows, or nothing but a pattern."""
    family = fonts[int(rng.integers(len(fonts)))]
    glyphs = family.letters(rng)
    places = int(rng.integers(1, 9))
    wide, gap = HEIGHT * float(rng.uniform(0.4, 0.7)), HEIGHT * float(rng.uniform(0.08, 0.25))
    margin = round(HEIGHT * float(rng.uniform(0.1, 0.6)))
    shape = HEIGHT + 2 * margin, round(places * (wide + gap) + 2 * margin)
    ground, ink = hue(rng, float(rng.uniform(0, 1)), float(rng.uniform(0, 1))), around(rng)
    pixels = np.full((*shape, 3), ground, np.float32)
    kind = float(rng.random())
    text = ""
    if kind < 0.55:
        text = "".join(DIGITS[digit] for digit in rng.integers(0, 10, places))
        for number, digit in enumerate(text):
            column = pixels[
                :, round(margin + number * (wide + gap)) : round(margin + number * (wide + gap) + wide)
            ]
            _print(column, glyphs, digit, wide * float(rng.uniform(0.8, 1)), 0.0, ink)
    else:
        _pattern(rng, pixels, ink)
    inks = Colours(ink, ground, ground, around(rng), False, 0.0)
    framed, at = framed_in(rng, pixels, inks)
    box = (float(at + margin), float(at + margin), float(at + shape[1] - margin), float(at + margin + HEIGHT))
    window = (float(at), float(at), float(at + shape[1]), float(at + shape[0]))
    return Face(framed, "other", "printed" if text else "pattern", text, box, window)


def _positions(rng: np.random.Generator, places: int) -> list[tuple[int, float]]:
    """Of each drum its digit and how far it is on its way to the next: a drum moves while the one to its right goes
    from nine to zero."""
    digits = [int(digit) for digit in rng.integers(0, 10, places)]
    kind = float(rng.random())
    last = float(rng.uniform(-AT_REST, AT_REST)) if kind < 0.5 else float(rng.uniform(*ROLLING))
    if places > 1 and rng.random() < 0.12:
        digits[-1] = 9
        if rng.random() < 0.5 and places > 2:
            digits[-2] = 9
    parts = [float(rng.uniform(-AT_REST, AT_REST)) * 0.8 for _ in digits]
    parts[-1] = last
    for number in range(places - 2, -1, -1):
        if digits[number + 1] == 9 and parts[number + 1] >= ROLLING[0]:
            parts[number] = float(np.clip(parts[number + 1] + rng.uniform(-0.1, 0.1), *ROLLING))
    return list(zip(digits, parts, strict=True))


def _print(column: Floats, glyphs: Glyphs, character: str, wide: float, shift: float, ink: Colour) -> None:
    """A character in the middle, moved down by pixels; what does not fit is cut."""
    mask = glyphs(character)
    across = wide * min(1.0, mask.shape[1] / mask.shape[0] / 0.62)
    scale = np.array(
        [
            [across / mask.shape[1], 0, (column.shape[1] - across) / 2],
            [0, HEIGHT / mask.shape[0], (column.shape[0] - HEIGHT) / 2 + shift],
        ],
        np.float32,
    )
    cover = (
        cv2.warpAffine(mask, scale, (column.shape[1], column.shape[0])).astype(np.float32)[..., None] / 255
    )
    column += (np.asarray(ink, np.float32) - column) * cover


def _ticks(rng: np.random.Generator, column: Floats, ink: Colour, part: float) -> None:
    high, wide = column.shape[:2]
    step, long = high / int(rng.integers(4, 9)), round(wide * float(rng.uniform(0.08, 0.18)))
    y = -part * step * 3 % step
    while y < high:
        cv2.line(column, (wide - long, round(y)), (wide - 1, round(y)), ink, max(1, round(step / 3)))
        y += step


def _rounding(rng: np.random.Generator, high: int) -> Floats:
    """Light on a cylinder: darker above and below."""
    across = np.linspace(-1, 1, high, dtype=np.float32) - np.float32(rng.uniform(-0.4, 0.4))
    return (1 - np.float32(rng.uniform(0, 0.45)) * across**2)[:, None, None]


def _pattern(rng: np.random.Generator, pixels: Floats, ink: Colour) -> None:
    high, wide = pixels.shape[:2]
    for _ in range(int(rng.integers(1, 9))):
        start, end = ((int(rng.integers(0, wide)), int(rng.integers(0, high))) for _ in range(2))
        colour, kind = (around(rng) if rng.random() < 0.5 else ink), int(rng.integers(3))
        if kind == 0:
            cv2.line(pixels, start, end, colour, int(rng.integers(2, 14)), cv2.LINE_AA)
        elif kind == 1:
            cv2.rectangle(pixels, start, end, colour, -1)
        else:
            cv2.circle(
                pixels, start, int(rng.integers(4, 40)), colour, int(rng.choice([-1, 3, 6])), cv2.LINE_AA
            )


def _special(rng: np.random.Generator, split: Split, grounds: tuple[Colour, Colour]) -> tuple[Colour, Colour]:
    """Ground and ink of the drums behind the point."""
    red = RED[split][int(rng.integers(len(RED[split])))]
    if rng.random() < 0.5:
        return red, _grey(rng, 190, 245)
    return (grounds[0], red) if sum(grounds[0]) > 400 else (_grey(rng, 190, 240), red)


def _grey(rng: np.random.Generator, low: int, high: int) -> Colour:
    grey = int(rng.integers(low, high))
    red, green, blue = (int(np.clip(grey + value, 0, 255)) for value in rng.integers(-10, 11, 3))
    return red, green, blue
