"""Colours by chance, and the two splits of everything that is drawn."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Literal, TypeVar

import numpy as np

from instruments.canvas import Colour

Split = Literal["training", "unseen"]
"""Families of ``unseen`` are never trained or tuned on."""
T = TypeVar("T")


def pick(rng: np.random.Generator, of: Sequence[T]) -> T:
    """One of them."""
    return of[int(rng.integers(len(of)))]


def chance(rng: np.random.Generator, share: float) -> bool:
    """True in that share of calls."""
    return bool(rng.random() < share)


def hue(rng: np.random.Generator, saturation: tuple[float, float], value: tuple[float, float]) -> Colour:
    """Any hue within those ranges of 0–1."""
    return of_hsv(float(rng.random()), float(rng.uniform(*saturation)), float(rng.uniform(*value)))


def of_hsv(h: float, s: float, v: float) -> Colour:
    """All of 0–1."""
    red, green, blue = colorsys.hsv_to_rgb(h % 1.0, min(max(s, 0.0), 1.0), min(max(v, 0.0), 1.0))
    return round(red * 255), round(green * 255), round(blue * 255)


def grey(rng: np.random.Generator, low: int, high: int) -> Colour:
    """A grey with a faint tint."""
    level, tint = int(rng.integers(low, high + 1)), rng.integers(-6, 7, 3)
    red, green, blue = (int(value) for value in np.clip(level + tint, 0, 255))
    return red, green, blue


def shaded(colour: Colour, by: float) -> Colour:
    """Brighter or darker by a factor."""
    red, green, blue = (min(255, round(value * by)) for value in colour)
    return red, green, blue
