"""Water without oil: its colour, what shows through it, its waves, foam, shadows of clouds and the sun's glint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oilspill.fields import Fields, Floats, mix, ramp, thrice
from oilspill.palettes import BOTTOMS, SHALLOWS, SKIES, WATERS, Family, chance, shade
from oilspill.view import View


@dataclass(frozen=True)
class Water:
    """What the sea looks like before anything floats on it."""

    colour: Floats
    """(H, W, 3)."""
    waves: Floats
    """(H, W), light and dark of the waves, mean 0."""
    sky: Floats
    """(3,), what it mirrors."""
    wind: float
    """0 to 1."""
    blows: float
    """Direction, radians in ground units."""


def water(rng: np.random.Generator, view: View, fields: Fields, family: Family) -> Water:
    """Deep or shallow, clear or turbid, calm or rough."""
    wind, blows = family.wind(rng), float(rng.uniform(0, np.pi))
    sky = shade(rng, SKIES)
    first, second = shade(rng, WATERS), shade(rng, WATERS)
    kind = rng.random()
    share = ramp(fields.at("smooth", view.scale * float(rng.uniform(1.5, 6))), 0.2, 0.8)
    second = second if kind < 0.25 else first + (second - first) * np.float32(rng.uniform(0, 0.35))
    colour = mix(np.broadcast_to(first, (*share.shape, 3)), second, share)
    if chance(rng, 0.2):
        colour = _shallow(rng, view, fields, colour)
    elif chance(rng, 0.08):
        colour = _plume(rng, view, fields, colour)
    if chance(rng, 0.25):  # lanes that the wind leaves smooth
        lanes = fields.at("cloudy", view.scale * 2, turn=blows, stretch=float(rng.uniform(3, 8)))
        colour = mix(colour, sky, ramp(lanes, 0.6, 0.8) * np.float32(rng.uniform(0.03, 0.13)))
    if chance(rng, 0.25):
        shadow = ramp(
            fields.at("smooth", view.scale * float(rng.uniform(1.2, 4))), 0.5, float(rng.uniform(0.6, 0.85))
        )
        colour = colour * thrice(1 - shadow * np.float32(rng.uniform(0.15, 0.6)))
    mirrored = np.float32(rng.uniform(0.0, 0.5)) * np.clip(1 - view.near, 0, 1) ** np.float32(
        rng.uniform(1, 3)
    )
    if np.isnan(view.above):
        slope = rng.normal(0, 0.12, 2)
        high, wide = share.shape
        mirrored = np.clip(
            np.float32(slope[0]) * np.linspace(-1, 1, wide, dtype=np.float32)
            + np.float32(slope[1]) * np.linspace(-1, 1, high, dtype=np.float32)[:, None] + 0.05, 0, 1)  # fmt: skip
    colour = mix(colour, sky, mirrored)
    return Water(colour, _waves(rng, fields, wind, blows), sky, wind, blows)


def _shallow(rng: np.random.Generator, view: View, fields: Fields, colour: Floats) -> Floats:
    """Sand and reef under clear water."""
    depth = fields.at("cloudy", view.scale * float(rng.uniform(1, 4)), stretch=float(rng.uniform(1, 3)))
    deep = float(rng.uniform(0.05, 0.7))
    colour = mix(colour, shade(rng, SHALLOWS), ramp(depth, deep - 0.25, deep + 0.25))
    if chance(rng, 0.5):
        colour = mix(colour, shade(rng, SHALLOWS), ramp(depth, deep, 1.0) * np.float32(0.8))
    for _ in range(int(rng.integers(0, 4))):
        patches = fields.at("rough", view.scale * float(rng.uniform(0.4, 2.5)))
        at = float(rng.uniform(0.45, 0.9))
        share = ramp(patches, at, at + float(rng.uniform(0.04, 0.25))) * np.float32(rng.uniform(0.4, 0.95))
        colour = mix(colour, shade(rng, BOTTOMS), share)
    if chance(rng, 0.5):
        grain = fields.at("rough", view.scale * 0.5) - 0.5
        colour = colour * thrice(1 + grain * np.float32(rng.uniform(0.1, 0.6)))
    return np.asarray(colour, np.float32)


def _plume(rng: np.random.Generator, view: View, fields: Fields, colour: Floats) -> Floats:
    """Mud of a river or algae: soft edges, and green or dull where oil is not."""
    field = fields.at("smooth", view.scale * float(rng.uniform(1, 3)), stretch=float(rng.uniform(1, 4)))
    at = float(rng.uniform(0.3, 0.7))
    tint = np.array([rng.uniform(0.25, 0.5), rng.uniform(0.38, 0.5), rng.uniform(0.2, 0.42)], np.float32)
    share = ramp(field, at - 0.15, at + float(rng.uniform(0.15, 0.4)))
    return mix(colour, tint, share * np.float32(rng.uniform(0.3, 0.9)))


def _waves(rng: np.random.Generator, fields: Fields, wind: float, blows: float) -> Floats:
    size = float(np.exp(rng.uniform(np.log(0.35), np.log(2.5))))
    waves = fields.at("waves", size, turn=blows + np.pi / 2)
    if chance(rng, 0.8):
        waves = waves + fields.at("waves", size / 3, turn=blows + float(rng.normal(np.pi / 2, 0.3))) * 0.7
    if chance(rng, 0.4):
        waves = waves + fields.at("waves", size * 3, turn=blows + float(rng.normal(np.pi / 2, 0.6)))
    if chance(rng, 0.5):
        waves = np.maximum(waves, -0.6) ** 2 * np.float32(0.6) - np.float32(0.5) + waves * np.float32(0.3)
    return np.asarray(
        np.clip(waves * np.float32(0.03 + 0.16 * wind * rng.uniform(0.4, 1.3)), -0.6, 1.2), np.float32
    )


def whitecaps(rng: np.random.Generator, view: View, fields: Fields, water: Water) -> Floats:
    """(H, W) share of foam on the open sea."""
    if water.wind < 0.3 or chance(rng, 0.3):
        return np.zeros_like(view.x)
    if water.wind > 0.75 and chance(rng, 0.5):  # a storm's webs
        web = 1 - np.abs(2 * fields.at("cloudy", float(rng.uniform(0.5, 1.5))) - 1)
        return ramp(web * (0.5 + 0.5 * fields.at("rough", 0.5)), float(rng.uniform(0.55, 0.75)), 0.95)
    where = fields.at("rough", float(rng.uniform(0.3, 0.9)), turn=water.blows + np.pi / 2, stretch=2.5)
    crests = where + np.clip(water.waves, 0, 1) * 0.5 + fields.at("grain", 1.0) * 0.12
    least = 1.13 - 0.16 * water.wind
    return np.asarray(ramp(crests, least, least + 0.1) * np.float32(rng.uniform(0.4, 1)), np.float32)


def glint(rng: np.random.Generator, view: View, fields: Fields, water: Water, family: Family) -> Floats:
    """(H, W) how bright the mirrored sun is; 0 without."""
    high, wide = view.x.shape
    if chance(rng, 0.62):
        return np.zeros_like(view.x)
    sun = family.sun_height(rng)
    columns = np.linspace(0, 1, wide, dtype=np.float32)
    rows = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    across = columns - np.float32(rng.uniform(0, 1))
    broad = float(rng.uniform(0.05, 0.3)) * (0.5 + water.wind)
    if np.isnan(view.above) or sun > 0.6:
        down = rows - np.float32(rng.uniform(-0.1, 1.1))
        around = (across / broad) ** 2 + (down / (broad * float(rng.uniform(0.8, 2)))) ** 2
    else:  # a street below the sun, to the horizon where it is low
        top = view.above / high
        down = rows - np.float32(top + (1 - top) * sun)
        around = (across / (broad * (0.4 + 1.2 * rows))) ** 2 + (
            down / np.float32(0.35 + 0.8 * (1 - sun))
        ) ** 2
    strong = np.exp(-around) * np.float32(rng.uniform(0.4, 1.5))
    sparkle = fields.at(
        "rough", float(rng.uniform(0.15, 0.5)), turn=water.blows + np.pi / 2, stretch=float(rng.uniform(1, 4))
    )
    grain = 0.6 * sparkle + 0.4 * fields.at("grain", float(rng.uniform(0.7, 2)))
    crisp = float(rng.uniform(0.08, 0.4))
    lit = ramp(grain + water.waves * 0.4, 0.95 - 0.6 * float(rng.uniform(0.5, 1)), 1.0 - 0.3 * (1 - crisp))
    bright = strong * (lit * np.float32(1.6) + np.float32(rng.uniform(0.1, 0.6)))
    return np.asarray(bright, np.float32)
