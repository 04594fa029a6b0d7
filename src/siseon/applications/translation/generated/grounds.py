"""What generated text stands on: colours, slopes, patterns, and scenes that are as busy as photos."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.translation.contracts import Colour

Pixels = NDArray[np.uint8]
Random = np.random.Generator


def colour(rng: Random, low: int = 0, high: int = 255) -> Colour:
    """Any colour with channels between the bounds."""
    red, green, blue = rng.integers(low, high + 1, 3).tolist()
    return red, green, blue


def plain(height: int, width: int, fill: Colour) -> Pixels:
    """One colour."""
    return np.full((height, width, 3), fill, np.uint8)


def slope(height: int, width: int, start: Colour, end: Colour, rng: Random) -> Pixels:
    """From one colour to another, in any direction."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    way = x * np.cos(angle) + y * np.sin(angle)
    share = ((way - way.min()) / max(1e-6, float(np.ptp(way))))[..., None]
    mixed = np.array(start, np.float32) * (1 - share) + np.array(end, np.float32) * share
    return np.asarray(mixed.round(), np.uint8)


def scene(height: int, width: int, rng: Random) -> Pixels:
    """Clouds of colour at four scales, shapes with edges, grain: what a photo does to text."""
    out = np.array(colour(rng, 60, 190), np.float32) + np.zeros((height, width, 3), np.float32)
    for cells, strength in ((3, 45), (7, 22), (18, 10), (50, 6)):
        small = rng.normal(0, strength, (max(2, cells * height // width), cells, 3)).astype(np.float32)
        out += cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(int(rng.integers(6, 14))):
        shape = np.zeros((height, width), np.float32)
        middle = int(rng.integers(width)), int(rng.integers(height))
        axes = int(rng.integers(10, width // 4)), int(rng.integers(10, height // 4))
        cv2.ellipse(shape, middle, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1, cv2.LINE_AA)
        out += shape[..., None] * rng.normal(0, 28, 3).astype(np.float32)
    out += rng.normal(0, 3, out.shape).astype(np.float32)
    return np.asarray(np.clip(out, 0, 255).round(), np.uint8)


def pattern(height: int, width: int, rng: Random) -> Pixels:
    """Stripes or dots of two near colours."""
    first = np.array(colour(rng, 120, 235), np.int16)
    second = np.clip(first + rng.integers(-40, 41, 3), 0, 255)
    y, x = np.mgrid[:height, :width]
    period = int(rng.integers(8, 24))
    if rng.random() < 0.5:
        on = (x + y * int(rng.integers(-1, 2))) % period < period // 2
    else:
        on = ((x % period - period / 2) ** 2 + (y % period - period / 2) ** 2) < (period / 3) ** 2
    return np.where(on[..., None], first, second).astype(np.uint8)
