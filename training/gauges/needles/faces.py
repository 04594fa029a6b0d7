"""Faces of the small dials of meters: ten marks, digits one way round or the other, and what is around a dial."""

from __future__ import annotations

import cv2
import numpy as np
from pointers import MIDDLE, RADIUS, SHIFT, SIDE, Colour, Pixels, Rng, Split, shaded

FONTS: dict[Split, tuple[int, ...]] = {
    "training": (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_PLAIN),
    "unseen": (cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX),
}


def face(rng: Rng, split: Split) -> tuple[Pixels, Colour]:
    """(SIDE, SIDE, 3) uint8 RGB with 0 at the top, and the colour of its ground."""
    ground = _ground(rng)
    light = sum(ground) > 330
    ink = (
        shaded(ground, float(rng.uniform(0.08, 0.5)))
        if light
        else shaded((235, 235, 225), rng.uniform(0.8, 1.05))
    )
    if rng.random() < 0.15:
        ink = (int(rng.integers(90, 190)), int(rng.integers(20, 70)), int(rng.integers(20, 70)))
    sheet = np.full((SIDE, SIDE, 3), ground, np.uint8)
    if rng.random() < 0.5:
        _around(rng, sheet, ground, ink)
    if rng.random() < 0.55:
        _ring(sheet, float(rng.uniform(0.97, 1.12)), int(rng.integers(1, 5)), ink)
    if rng.random() < 0.15:
        _ring(sheet, float(rng.uniform(0.3, 0.8)), int(rng.integers(1, 3)), shaded(ground, 0.8))
    _marks(rng, sheet, ink)
    if rng.random() < 0.85:
        _digits(rng, sheet, ink, FONTS[split])
    return sheet, ground


def _ground(rng: Rng) -> Colour:
    bright = float(rng.uniform(150, 250)) if rng.random() < 0.88 else float(rng.uniform(20, 90))
    tint = rng.uniform(0.72, 1.0, 3) if rng.random() < 0.4 else rng.uniform(0.93, 1.0, 3)
    red, green, blue = (int(part) for part in np.clip(bright * tint, 0, 255))
    return red, green, blue


def _around(rng: Rng, sheet: Pixels, ground: Colour, ink: Colour) -> None:
    """Beyond the scale: another ground, lines, plates, parts of other dials, writing."""
    outside = np.full_like(sheet, shaded(ground, float(rng.uniform(0.15, 1.2))))
    for _ in range(int(rng.integers(0, 6))):
        colour = ink if rng.random() < 0.5 else tuple(int(part) for part in rng.integers(20, 240, 3))
        x, y, wide, high = (int(value) for value in rng.integers(0, SIDE, 4))
        kind = int(rng.integers(4))
        if kind == 0:
            cv2.rectangle(outside, (x, y), (x + wide // 3, y + high // 3), colour, -1)
        elif kind == 1:
            cv2.circle(outside, (x, y), 20 + wide // 3, colour, int(rng.integers(1, 6)), cv2.LINE_AA)
        elif kind == 2:
            cv2.line(outside, (x, y), (wide, high), colour, int(rng.integers(1, 8)), cv2.LINE_AA)
        else:
            text = str(rng.choice(["x0.1", "x0.01", "x0.001", "m3", "8", "0", "Qn 1.5", "5"]))
            cv2.putText(
                outside, text, (x, y), cv2.FONT_HERSHEY_DUPLEX, rng.uniform(0.5, 1.6), colour, 2, cv2.LINE_AA
            )
    inside = np.zeros((SIDE, SIDE), np.uint8)
    _ring(inside, 0.0, 0, (255,), filled=float(rng.uniform(1.04, 1.3)))
    sheet[:] = np.where(inside[..., None] > 127, sheet, outside)


def _marks(rng: Rng, sheet: Pixels, ink: Colour) -> None:
    long, wide = float(rng.uniform(0.06, 0.2)), float(rng.uniform(0.01, 0.05))
    fine = int(rng.choice([1, 1, 2, 5, 10]))
    shorter, thinner = float(rng.uniform(0.3, 0.8)), float(rng.uniform(0.3, 0.8))
    from_inside = rng.random() < 0.2
    for step in range(10 * fine):
        share, fat = (1.0, wide) if step % fine == 0 else (shorter, wide * thinner)
        inner, outer = (1 - long, 1 - long + long * share) if from_inside else (1 - long * share, 1.0)
        turn = 2 * np.pi * step / (10 * fine)
        out, side = np.array([np.sin(turn), -np.cos(turn)]), np.array([np.cos(turn), np.sin(turn)]) * fat / 2
        corners = np.array([out * inner + side, out * outer + side, out * outer - side, out * inner - side])
        fixed = np.round((MIDDLE + corners * RADIUS) * (1 << SHIFT)).astype(np.int32)
        cv2.fillPoly(sheet, [fixed], ink, cv2.LINE_AA, SHIFT)


def _digits(rng: Rng, sheet: Pixels, ink: Colour, fonts: tuple[int, ...]) -> None:
    font, thick = int(rng.choice(fonts)), int(rng.integers(1, 4))
    high = float(rng.uniform(0.16, 0.34)) * RADIUS
    at = float(rng.uniform(1.18, 1.32)) if rng.random() < 0.15 else float(rng.uniform(0.62, 0.8))
    size = cv2.getFontScaleFromHeight(font, round(high), thick)
    way = -1 if rng.random() < 0.25 else 1
    for digit in range(10):
        turn = way * 2 * np.pi * digit / 10
        (wide, tall), _ = cv2.getTextSize(str(digit), font, size, thick)
        x, y = MIDDLE + at * RADIUS * np.sin(turn) - wide / 2, MIDDLE - at * RADIUS * np.cos(turn) + tall / 2
        cv2.putText(sheet, str(digit), (round(x), round(y)), font, size, ink, thick, cv2.LINE_AA)


def _ring(
    sheet: Pixels, radius: float, thick: int, colour: tuple[int, ...], *, filled: float | None = None
) -> None:
    centre = round(MIDDLE * (1 << SHIFT))
    size = round((radius if filled is None else filled) * RADIUS * (1 << SHIFT))
    cv2.circle(sheet, (centre, centre), size, colour, thick if filled is None else -1, cv2.LINE_AA, SHIFT)
