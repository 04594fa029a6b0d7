"""What is above the horizon: sky, clouds, the sun, a coast far away, smoke."""

from __future__ import annotations

import numpy as np

from oilspill.fields import Fields, Floats, mix, ramp
from oilspill.palettes import LANDS, SKIES, chance, shade
from oilspill.view import View


def sky(rng: np.random.Generator, view: View, fields: Fields, light: Floats) -> tuple[Floats, Floats]:
    """(H, W, 3), drawn everywhere, and (H, W) where a far coast stands on the horizon."""
    high, wide = view.x.shape
    horizon = max(view.above, 0.0)  # a camera that rolls sees sky in one corner alone
    rows = np.linspace(0, 1, high, dtype=np.float32)[:, None] + np.zeros((1, wide), np.float32)
    up = np.clip((horizon / high - rows) / max(horizon / high, 0.05), 0, 1)
    top = shade(rng, SKIES)
    drawn = mix(np.broadcast_to(light, (high, wide, 3)), top, up)
    x, y = np.meshgrid(np.linspace(0, 1, wide, dtype=np.float32), np.linspace(0, 1, high, dtype=np.float32))
    flat = Fields(rng, x, y, np.full_like(x, 1 / wide))
    if chance(rng, 0.6):
        clouds = flat.at("cloudy", float(rng.uniform(0.8, 2.5)), stretch=float(rng.uniform(1, 4)))
        at = float(rng.uniform(0.2, 0.75))
        tone = np.float32(rng.uniform(0.35, 1.0))
        drawn = mix(
            drawn,
            np.full(3, tone, np.float32),
            ramp(clouds, at, at + 0.35) * np.float32(rng.uniform(0.2, 0.95)),
        )
    if chance(rng, 0.2):
        off = np.hypot(x - float(rng.uniform(0, 1)), y - float(rng.uniform(0, horizon / high + 0.01)))
        drawn = drawn + (np.exp(-off / np.float32(rng.uniform(0.02, 0.2))) * 1.2)[..., None]
    if chance(rng, 0.12):  # smoke
        column = np.abs(x - float(rng.uniform(0, 1)) - (rows - horizon / high) * float(rng.normal(0, 1)))
        smoke = ramp(column + (flat.at("cloudy", 0.5) - 0.5) * 0.3, 0.18, 0.02)
        drawn = mix(drawn, np.full(3, rng.uniform(0.03, 0.35), np.float32), smoke * np.float32(0.9))
    coast = np.zeros_like(x)
    if chance(rng, 0.2):
        ridge = flat.at("smooth", float(rng.uniform(0.6, 2)))[int(min(horizon, high - 1))] - float(
            rng.uniform(0.1, 0.6)
        )
        coast = (rows * high > horizon - np.maximum(ridge, 0) * high * float(rng.uniform(0.03, 0.25))).astype(
            np.float32
        )
        tone = shade(rng, LANDS) * np.float32(rng.uniform(0.3, 0.8))
        drawn = mix(drawn, tone + (light - tone) * np.float32(rng.uniform(0, 0.6)), coast)
    return drawn, coast
