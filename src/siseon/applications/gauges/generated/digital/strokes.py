"""Digits written as strokes, as drums of counters and plates have them: any width, boldness and roundness."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.uint8]

HEIGHT = 64
SHIFT = 4


def stroke_digit(digit: str, rng: np.random.Generator, thick: float) -> Mask:
    """(HEIGHT, W) uint8; ``thick``: of the stroke, in heights. The generator chooses how the digit is built."""
    width = float(rng.uniform(0.45, 0.62))
    mask = np.zeros((HEIGHT, round(HEIGHT * width) + 2), np.uint8)
    inside = np.array([width - thick, 1 - thick])
    for line in _lines(digit, rng):
        points = (line * inside + thick / 2) * HEIGHT
        fixed = np.round(points * (1 << SHIFT)).astype(np.int32)
        cv2.polylines(mask, [fixed], False, (255,), max(2, round(thick * HEIGHT)), cv2.LINE_AA, SHIFT)
    return mask


def _lines(digit: str, rng: np.random.Generator) -> list[Floats]:
    """Polylines in the unit square."""
    square = float(rng.uniform(2.0, 4.5))
    waist = float(rng.uniform(0.42, 0.5))
    if digit == "0":
        return [_round(0.5, 0.5, 0.5, 0.5, 0, 360, square)]
    if digit == "1":
        lines = [np.array([(0.55, 0.0), (0.55, 1.0)])]
        if rng.random() < 0.8:
            lines.append(np.array([(0.55, 0.0), (rng.uniform(0.1, 0.3), rng.uniform(0.12, 0.3))]))
        if rng.random() < 0.2:
            lines.append(np.array([(0.2, 1.0), (0.9, 1.0)]))
        return lines
    if digit == "2":
        top = _round(0.5, 0.29, 0.5, 0.29, 180, 380, square)
        return [np.concatenate([top, [(0.0, 1.0)], [(1.0, 1.0)]])]
    if digit == "3":
        lower = _round(0.5, (1 + waist) / 2, 0.5, (1 - waist) / 2, 270, 510, square)
        if rng.random() < 0.35:
            return [
                np.array([(0.0, 0.0), (1.0, 0.0), (0.45, waist)]),
                np.concatenate([[(0.45, waist)], lower]),
            ]
        return [_round(0.5, waist / 2, 0.48, waist / 2, 195, 450, square), lower]
    if digit == "4":
        across, post = float(rng.uniform(0.6, 0.75)), float(rng.uniform(0.62, 0.8))
        if rng.random() < 0.3:
            return [
                np.array([(0.35, 0.0), (0.0, across), (1.0, across)]),
                np.array([(post, 0.3), (post, 1.0)]),
            ]
        return [np.array([(post, 1.0), (post, 0.0), (0.0, across), (1.0, across)])]
    if digit == "5":
        bowl = _round(0.5, 0.68, 0.5, 0.32, 215, 510, square)
        return [np.array([(0.9, 0.0), (0.12, 0.0), (0.05, 0.5)]), bowl]
    if digit == "7":
        bend = (float(rng.uniform(0.35, 0.6)), float(rng.uniform(0.4, 0.6)))
        end = (float(rng.uniform(0.2, 0.4)), 1.0)
        return [
            np.array([(0.0, 0.0), (1.0, 0.0), bend, end])
            if rng.random() < 0.5
            else np.array([(0.0, 0.0), (1.0, 0.0), end])
        ]
    if digit == "8":
        return [
            _round(0.5, waist / 2, 0.45, waist / 2, 0, 360, square),
            _round(0.5, (1 + waist) / 2, 0.5, (1 - waist) / 2, 0, 360, square),
        ]
    six = [_round(0.5, 0.69, 0.5, 0.31, 0, 360, square)]
    if rng.random() < 0.4:
        six.append(np.array([(0.02, 0.66), (rng.uniform(0.5, 0.8), 0.0)]))
    else:
        six.append(np.concatenate([[(0.0, 0.7)], _round(0.5, 0.4, 0.5, 0.4, 190, 330, square)]))
    return six if digit == "6" else [1 - line for line in six]


def _round(x: float, y: float, wide: float, high: float, start: float, end: float, square: float) -> Floats:
    """A part of a superellipse; angles in degrees clockwise from the right."""
    angles = np.radians(np.linspace(start, end, 28))
    cos, sin = np.cos(angles), np.sin(angles)
    power = 2 / square
    return np.column_stack(
        [x + wide * np.sign(cos) * np.abs(cos) ** power, y + high * np.sign(sin) * np.abs(sin) ** power]
    )
