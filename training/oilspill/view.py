"""From where the sea is seen: straight from above, at an angle, or with the horizon in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oilspill.fields import Floats

FARTHEST = 14.0
"""How many times smaller the farthest things are drawn than the nearest."""


@dataclass(frozen=True)
class View:
    """Where the pixels lie on the water; 1 is the width of the picture at its near edge."""

    x: Floats
    """(H, W), to the right."""
    y: Floats
    """(H, W), away from the camera."""
    pixel: Floats
    """(H, W), how wide a pixel is there."""
    near: Floats
    """(H, W), 1 at the near edge, less behind it."""
    sky: Floats
    """(H, W), 1 above the horizon, 0 below."""
    horizon: float | None
    """Row of the horizon in the middle of the picture; None where it is above it."""
    turn: float
    """Roll of the camera."""
    scale: float
    """How far above the water: ground units across the near edge."""
    steep: float
    """Units of ``y`` a unit of ``x`` at the near edge."""
    above: float
    """Rows of the horizon above (negative) or below the top edge; NaN from straight above."""

    def shown(self, x: Floats, y: Floats) -> Floats:
        """(N, 2) pixels of points (N,) of the water; only of what lies before the horizon."""
        high, wide = self.x.shape
        if np.isnan(self.above):
            column, row = x / self.scale * wide, y / self.scale * wide
            return np.stack([column + wide / 2, high / 2 - row], 1).astype(np.float32)
        tall = high - self.above
        depth = np.clip(y / (self.scale * self.steep * tall / wide), 0.3, FARTHEST)
        column, row = x / self.scale / depth * wide, self.above + tall / depth
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        across, down = column, row - high / 2
        return np.stack(
            [cos * across - sin * down + wide / 2, sin * across + cos * down + high / 2], 1
        ).astype(np.float32)


def view(rng: np.random.Generator, wide: int, high: int) -> View:
    """One that a camera in an aircraft, a drone or on a ship may have."""
    rows, columns = np.mgrid[0:high, 0:wide].astype(np.float32)
    scale = float(np.exp(rng.uniform(np.log(0.35), np.log(3.0))))
    kind = rng.random()
    if kind < 0.36:
        x, y = (columns - wide / 2) / wide * scale, (high / 2 - rows) / wide * scale
        flat = np.zeros((high, wide), np.float32)
        return View(x, y, flat + scale / wide, flat + 1, flat, None, 0.0, scale, 1.0, float("nan"))
    turn = float(rng.normal(0, 0.04))
    if kind < 0.68:
        above = -high * float(np.exp(rng.uniform(np.log(0.03), np.log(3.0))))
    else:
        above = high * float(rng.choice([rng.uniform(0.0, 0.2), rng.uniform(0.1, 0.6)]))
    tall = high - above
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    down = rows - high / 2
    across = cos * (columns - wide / 2) + sin * down
    down = cos * down - sin * (columns - wide / 2) + high / 2 - np.float32(above)
    near = np.maximum(down / np.float32(tall), np.float32(1 / FARTHEST))
    steep = float(rng.uniform(1.0, 3.5))
    x = across / wide * np.float32(scale) / near
    y = np.float32(scale * steep * tall / wide) / near
    sky = np.clip(0.5 - down, 0, 1)
    pixel = np.float32(scale / wide) / near * np.maximum(1.0, np.sqrt(np.float32(steep) / near))
    inside = above if above > 0 else None
    return View(x, y, pixel.astype(np.float32), near, sky, inside, turn, scale, steep, above)
