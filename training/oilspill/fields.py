"""Random fields that everything is made of: waves, patches, grain. Drawn once, sampled at any place, turn and stretch.

A field is periodic, (512, 512) float32 and two more. ``smooth``, ``cloudy``, ``rough`` and ``grain`` are uniform in
0 to 1, so that a threshold is a share of the area; waves have mean 0 and deviation 1.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
PERIOD = 512
SLOPES = {"smooth": 2.6, "cloudy": 1.9, "rough": 1.35, "grain": 0.5}
"""Exponent by which the amplitude falls with the frequency."""
VARIANTS = 3
WAVES = ((10, 0.25), (16, 0.5), (14, 1.2))
"""Waves a period, and how far their directions spread, in radians."""


@cache
def _field(kind: str, variant: int) -> Floats:
    rng = np.random.default_rng([SLOPES_ORDER.index(kind), variant])
    fy, fx = np.meshgrid(np.fft.fftfreq(PERIOD) * PERIOD, np.fft.rfftfreq(PERIOD) * PERIOD, indexing="ij")
    radius = np.hypot(fx, fy)
    radius[0, 0] = np.inf
    if kind == "waves":
        peak, spread = WAVES[variant]
        angle = np.arctan2(fy, fx)
        amplitude = np.exp(-((np.log(radius / peak) / 0.45) ** 2)) * np.exp(-((angle / spread) ** 2))
        amplitude += 0.15 * radius**-1.0 * (radius > peak) * np.exp(-((angle / (spread + 0.6)) ** 2))
    else:
        amplitude = radius ** -SLOPES[kind] * (radius > 1.5)
    spectrum = amplitude * np.exp(2j * np.pi * rng.random(radius.shape))
    field = np.fft.irfft2(spectrum, s=(PERIOD, PERIOD))
    if kind == "waves":
        return _hemmed(field / field.std())
    rank = np.empty(field.size, np.float32)
    rank[np.argsort(field, axis=None)] = np.linspace(0, 1, field.size, dtype=np.float32)
    return _hemmed(rank.reshape(PERIOD, PERIOD))


def _hemmed(field: NDArray[np.floating]) -> Floats:
    """With its beginning once more at its end: looked up inside alone, it is several times faster."""
    return np.ascontiguousarray(np.pad(field, ((0, 2), (0, 2)), mode="wrap"), np.float32)


SLOPES_ORDER = (*SLOPES, "waves")


class Fields:
    """The fields at the places of a picture's pixels, a new cut each time."""

    def __init__(self, rng: np.random.Generator, x: Floats, y: Floats, pixel: Floats) -> None:
        """``x``, ``y``: (H, W), where each pixel lies; ``pixel``: (H, W), how wide it is there."""
        self._rng, self._x, self._y, self._pixel = rng, x, y, pixel

    def at(
        self,
        kind: str,
        size: float,
        *,
        x: Floats | None = None,
        y: Floats | None = None,
        turn: float = 0.0,
        stretch: float = 1.0,
    ) -> Floats:
        """(H, W) float32; ``size``: ground units a period; ``stretch``: how much longer its shapes are along ``turn``.

        Where a pixel is wider than what it shows, only the mean is left.
        """
        variant = int(self._rng.integers(VARIANTS))
        field = _field(kind, variant)
        east, north = self._x if x is None else x, self._y if y is None else y
        scale = PERIOD / size
        cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
        off = self._rng.uniform(0, PERIOD, 2)
        along = east * np.float32(cos / stretch) + north * np.float32(sin / stretch) + np.float32(off[0])
        across = north * np.float32(cos) - east * np.float32(sin) + np.float32(off[1])
        along -= np.float32(PERIOD) * np.floor(along / np.float32(PERIOD))
        across -= np.float32(PERIOD) * np.floor(across / np.float32(PERIOD))
        found = cv2.remap(field, along, across, cv2.INTER_LINEAR)
        mean = np.float32(0.0 if kind == "waves" else 0.5)
        clear = np.minimum(np.float32(1.6 / scale) / self._pixel, 1) if self._pixel.max() * scale > 1.6 else 1
        return np.asarray((found - mean) * clear + mean, np.float32)


def ramp(values: Floats, low: float, high: float) -> Floats:
    """0 below ``low``, 1 above ``high``, smooth between."""
    share = np.clip((values - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def mix(canvas: Floats, colour: Floats, share: Floats) -> Floats:
    """``colour``, (3,) or (H, W, 3), over ``canvas``, (H, W, 3), by ``share``, (H, W)."""
    return np.asarray(canvas + (colour - canvas) * thrice(share), np.float32)


def thrice(values: Floats) -> Floats:
    """(H, W, 3) of (H, W): numpy is slow where it must repeat along the last axis."""
    return np.asarray(cv2.merge([values, values, values]), np.float32)
