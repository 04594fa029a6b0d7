"""What spoils the picture of a dial that has a pointer: bars across it, reflections on it, light that burns one side.

For the training alone; what benchmarks/gauges/needles.py lays over a dial is drawn there, otherwise.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pointers import MIDDLE, RADIUS, SHIFT, SIDE, Colour, Floats, Pixels, Rng, shaded

HUB = 0.3
"""Radii within which nothing tells where a pointer points."""
LOST = 0.55
"""Share of a pointer beyond its hub from which nobody can read it where so much is covered."""


def crossed(rng: Rng, sheet: Pixels, ground: Colour, cover: Pixels) -> bool:
    """Draw a bar over the dial; whether it hides the pointer, of which (SIDE, SIDE) ``cover`` is all there is."""
    turn, beside = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(-0.9, 0.9))
    half = float(rng.uniform(0.03, 0.22))
    along, across = np.array([np.sin(turn), -np.cos(turn)]), np.array([np.cos(turn), np.sin(turn)])
    ends = (-2.0, 2.0) if rng.random() < 0.7 else (float(rng.uniform(-0.6, 0.4)), 2.0)
    corners = np.array(
        [
            beside * across + end * along + side * half * across
            for end, side in zip(np.repeat(ends, 2), (-1, 1, 1, -1), strict=True)
        ]
    )
    bar = np.zeros((SIDE, SIDE), np.uint8)
    _fill(bar, corners)
    colour = (
        rng.uniform(10, 245, 3) if rng.random() < 0.6 else np.array(shaded(ground, rng.uniform(0.2, 0.8)))
    )
    soft = cv2.GaussianBlur(bar, (0, 0), float(rng.uniform(0.5, 2.5))).astype(np.float32)[..., None] / 255
    share = soft * float(rng.uniform(0.8, 1.0))
    sheet[:] = (sheet * (1 - share) + colour * share).astype(np.uint8)
    rows, columns = np.indices(bar.shape) - MIDDLE
    outer = (cover > 127) & (np.hypot(rows, columns) > HUB * RADIUS)
    return bool(outer.any() and (bar[outer] > 127).mean() > LOST)


def glint(rng: Rng, sheet: Pixels, angle: float) -> None:
    """Draw the reflection of a lamp, or of two, on what points at an angle."""
    for _ in range(int(rng.integers(1, 3))):
        turn = np.radians(angle + rng.normal(0, 8))
        out = rng.uniform(0.2, 0.95) * np.array([np.sin(turn), -np.cos(turn)])
        x, y = (round(float(value)) for value in MIDDLE + out * RADIUS)
        long = float(rng.uniform(0.05, 0.22)) * RADIUS
        axes = max(1, round(long)), max(1, round(long * float(rng.uniform(0.25, 0.8))))
        spot = np.zeros((SIDE, SIDE), np.uint8)
        cv2.ellipse(spot, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, (255,), -1, cv2.LINE_AA)
        if rng.random() < 0.3:  # the lamp's own middle, seen dark
            inner = axes[0] // 2, axes[1] // 2
            cv2.ellipse(spot, (x, y), inner, float(rng.uniform(0, 180)), 0, 360, (0,), -1, cv2.LINE_AA)
        soft = cv2.GaussianBlur(spot, (0, 0), float(rng.uniform(0.5, 3))).astype(np.float32)[..., None] / 255
        share = soft * float(rng.uniform(0.6, 1.0))
        sheet[:] = (sheet * (1 - share) + rng.uniform(215, 255, 3) * share).astype(np.uint8)


def burn(rng: Rng, seen: NDArray[np.float32]) -> None:
    """Overexpose (S, S, 3) float32 on one side of a line that may go through the middle."""
    side = len(seen)
    turn = float(rng.uniform(0, 2 * np.pi))
    rows, columns = (np.indices((side, side)) - side / 2) / (side / 2)
    past = np.cos(turn) * columns + np.sin(turn) * rows + float(rng.uniform(-0.7, 0.5))
    bright = 1 / (1 + np.exp(-past / float(rng.uniform(0.05, 0.5))))
    seen += (bright * rng.uniform(60, 260)).astype(np.float32)[..., None] * rng.uniform(0.7, 1.0, 3).astype(
        np.float32
    )


def _fill(cover: Pixels, corners: Floats) -> None:
    fixed = np.round((MIDDLE + corners * RADIUS) * (1 << SHIFT)).astype(np.int32)
    cv2.fillPoly(cover, [fixed], (255,), cv2.LINE_AA, SHIFT)
