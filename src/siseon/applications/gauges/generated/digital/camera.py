"""What a camera makes of a display: light, glass, focus, shake, few pixels, noise, sharpening and JPEG."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]


def taken(pixels: Pixels, rng: np.random.Generator, digits: float | None = None) -> Pixels:
    """The same picture, (H, W, 3) uint8, as it might have been taken.

    ``digits``: how high they are in it, in pixels, of a whole photo; None: of a strip that they fill, which may have
    had fewer pixels in its photo.
    """
    seen = pixels.astype(np.float32)
    high, wide = seen.shape[:2]
    unit = (high if digits is None else digits) / 32
    seen = _lit(seen, rng)
    if rng.random() < 0.5:
        seen = _blurred(seen, float(rng.uniform(0.3, 1.6)) * unit)
    if rng.random() < 0.15:
        seen = _shaken(seen, rng, unit)
    if digits is None and rng.random() < 0.4:
        small = float(rng.uniform(12, 30)) / 32
        size = max(4, round(wide * small)), max(4, round(high * small))
        few = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
        how = int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
        seen = np.asarray(cv2.resize(few, (wide, high), interpolation=how), np.float32)
    if rng.random() < 0.25:
        soft = _blurred(seen, unit)
        seen = seen + float(rng.uniform(0.3, 1.5)) * (seen - soft)
    if rng.random() < 0.1:
        seen = np.repeat(seen.mean(axis=2, keepdims=True), 3, axis=2)
    sigma = float(rng.uniform(0.5, 5)) if rng.random() < 0.8 else float(rng.uniform(5, 16))
    seen = seen + sigma * rng.standard_normal(seen.shape, np.float32)
    code = np.clip(seen, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        _, data = cv2.imencode(".jpg", code, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 96))])
        code = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return code


def _lit(seen: Floats, rng: np.random.Generator) -> Floats:
    high, wide = seen.shape[:2]
    x = np.linspace(-1, 1, wide, dtype=np.float32)[None, :, None]
    y = np.linspace(-1, 1, high, dtype=np.float32)[:, None, None]
    cast = rng.uniform(0.85, 1.1, 3).astype(np.float32)
    slope = rng.uniform(-0.35, 0.35, 2).astype(np.float32)
    seen = seen * cast * np.float32(rng.uniform(0.45, 1.1)) * (1 + slope[0] * x + slope[1] * y)
    if rng.random() < 0.5:  # haze, or light on the glass: less contrast
        seen = seen * np.float32(rng.uniform(0.4, 0.9)) + np.float32(rng.uniform(5, 110))
    if rng.random() < 0.2:
        at = rng.uniform(-1, 1, 2).astype(np.float32)
        size = rng.uniform(0.1, 0.5, 2).astype(np.float32)
        spot = np.exp(-(((x - at[0]) / size[0]) ** 2) - ((y - at[1]) / size[1]) ** 2)
        seen = seen + np.float32(rng.uniform(20, 130)) * spot
    if rng.random() < 0.3:
        gamma = float(rng.uniform(0.6, 1.6))
        seen = np.asarray(255 * (np.clip(seen, 0, 255) / 255) ** np.float32(gamma), np.float32)
    return seen


def _shaken(seen: Floats, rng: np.random.Generator, unit: float) -> Floats:
    long = max(3, round(unit * float(rng.uniform(2, 4))))
    kernel = np.zeros((long, long), np.float32)
    angle = float(rng.uniform(0, np.pi))
    reach = np.array([np.cos(angle), np.sin(angle)]) * (long - 1) / 2
    middle = (long - 1) / 2
    start, end = (tuple(round(float(middle + sign * value)) for value in reach) for sign in (-1, 1))
    cv2.line(kernel, (start[0], start[1]), (end[0], end[1]), (1.0,), 1)
    return np.asarray(cv2.filter2D(seen, -1, kernel / kernel.sum()), np.float32)


def _blurred(seen: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), sigma), np.float32)
