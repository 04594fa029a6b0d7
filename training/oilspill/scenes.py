"""Pictures of the sea with the class of each pixel, each a function of its number.

Most show the sea, half of these with oil; some show land, or what is not seen from the air at all.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "gauges"))

from instruments.grounds import ground as elsewhere

from oilspill.camera import Pixels, haze, taken, written
from oilspill.fields import Fields, Floats, mix, thrice
from oilspill.objects import Ship, boom, floats, side_ship
from oilspill.oil import slick
from oilspill.palettes import Family, chance
from oilspill.shore import ground, shore
from oilspill.sky import sky
from oilspill.view import View, view
from oilspill.water import glint, water, whitecaps

CLASSES = (
    "sea", "sheen", "rainbow", "metallic", "discontinuous", "true_colour", "emulsion", "ship", "land", "glint", "other",
)  # fmt: skip
"""As siseon's, and ``other``: sky and what is neither sea nor land."""
SEA, SHIP, LAND, GLINT, OTHER = 0, 7, 8, 9, 10
IGNORED = 255
"""Pixels that are neither taught nor measured: text over the picture, oil too faint to tell."""
HIDES, AROUND = 0.33, 13
"""Light of the glint, averaged over so many pixels a side, from which nobody can say what lies below."""
TRAINING = Family()


@dataclass(frozen=True)
class Scene:
    """One picture."""

    pixels: Pixels
    """(H, W, 3) uint8 RGB."""
    label: Pixels
    """(H, W) number in ``CLASSES`` or ``IGNORED``."""
    has_glint: bool


def scene(index: int, family: Family = TRAINING, *, side: int = 256, oil: bool | None = None) -> Scene:
    """The scene of that number, square; ``oil``: whether there is any, None: as it comes."""
    rng = np.random.default_rng([index, family.sea + 2 * family.sun + 4 * family.oil])
    seen = view(rng, side, side)
    kind = rng.random()
    if oil is None and kind < 0.05:
        return _elsewhere(rng, side)
    fields = Fields(rng, seen.x, seen.y, seen.pixel)
    if oil is None and kind < 0.09:
        pixels = taken(rng, haze(rng, seen, ground(rng, seen, fields), np.full(3, 0.7, np.float32)))
        return Scene(pixels, np.full((side, side), LAND, np.uint8), False)
    canvas, label, shines = _sea(rng, seen, fields, family, oil=chance(rng, 0.6) if oil is None else oil)
    pixels = taken(rng, canvas)
    if chance(rng, 0.15):
        written(rng, pixels, label, IGNORED)
    return Scene(pixels, label, shines)


def _sea(
    rng: np.random.Generator, seen: View, fields: Fields, family: Family, *, oil: bool
) -> tuple[Floats, Pixels, bool]:
    sea = water(rng, seen, fields, family)
    canvas, label = sea.colour, np.zeros(seen.x.shape, np.uint8)
    ships = [Ship(rng, seen) for _ in range(int(rng.choice([0, 0, 0, 1, 1, 2, 4])))]
    calm = np.zeros_like(seen.x)
    if oil:
        for _ in range(int(rng.choice([1, 1, 1, 2]))):
            trail = (ships[0].x, ships[0].y, ships[0].course) if ships and chance(rng, 0.4) else None
            film = slick(rng, seen, fields, sea, family, trail)
            canvas = (
                mix(canvas, film.colour, (film.calm > 0).astype(np.float32)) if calm.any() else film.colour
            )
            label = np.where(film.label > 0, film.label, label)
            label[film.unsure & (label == 0)] = IGNORED
            calm = np.maximum(calm, film.calm)
    canvas = canvas * thrice(1 + sea.waves * (1 - calm))
    canvas = mix(canvas, sea.sky, np.clip(sea.waves * (1 - calm), 0, 0.6) * np.float32(rng.uniform(0, 0.6)))
    foam = whitecaps(rng, seen, fields, sea) * (1 - calm)
    for ship in ships[:2]:
        if chance(rng, 0.6):
            foam = np.maximum(foam, ship.wake(rng, seen, fields) * (1 - 0.5 * calm))
    canvas = mix(canvas, np.full(3, rng.uniform(0.75, 1), np.float32), foam)
    label[(foam > 0.6) & (label > 0)] = SEA
    bright = glint(rng, seen, fields, sea, family)
    canvas = canvas + thrice(bright * (1 - 0.4 * calm)) * np.array(
        [1, rng.uniform(0.9, 1), rng.uniform(0.75, 1)], np.float32
    )
    hidden = cv2.blur(bright, (AROUND, AROUND)) > HIDES
    label[hidden] = GLINT
    canvas, label = _around(rng, seen, fields, canvas, label, sea.sky, ships, booms=oil or chance(rng, 0.05))
    return canvas, label, bool(hidden.any())


def _around(
    rng: np.random.Generator,
    seen: View,
    fields: Fields,
    canvas: Floats,
    label: Pixels,
    light: Floats,
    ships: list[Ship],
    *,
    booms: bool,
) -> tuple[Floats, Pixels]:
    """Land, ships, haze and sky."""
    if chance(rng, 0.2):
        drawn, there, foam = shore(rng, seen, fields)
        canvas = mix(canvas, np.full(3, 0.95, np.float32), foam)
        label[(foam > 0.5) & (label != GLINT)] = SEA
        canvas = mix(canvas, drawn, there)
        label[there > 0.5] = LAND
    canvas, label = np.ascontiguousarray(canvas), np.ascontiguousarray(label)
    for ship in ships:
        ship.draw(rng, seen, canvas, label, SHIP)
    if booms and chance(rng, 0.25):
        for _ in range(int(rng.integers(1, 4))):
            boom(rng, seen, canvas, label, SHIP)
    if chance(rng, 0.1):
        floats(rng, canvas, label, SHIP, max(seen.horizon or 0.0, 0.0))
    canvas = haze(rng, seen, canvas, light)
    if seen.sky.any():
        above, coast = sky(rng, seen, fields, light)
        canvas = np.ascontiguousarray(mix(canvas, above, np.maximum(seen.sky, coast * (seen.sky > 0))))
        label[seen.sky > 0.5] = OTHER
        label[(coast > 0) & (seen.sky > 0.5)] = LAND
    if not np.isnan(seen.above) and chance(rng, 0.35 if seen.sky.any() else 0.1):
        for _ in range(int(rng.integers(1, 4))):
            side_ship(rng, seen, canvas, label, SHIP)
    return canvas, label


def _elsewhere(rng: np.random.Generator, side: int) -> Scene:
    pixels = elsewhere(rng, side, side, with_photos=True)
    return Scene(np.ascontiguousarray(pixels), np.full((side, side), OTHER, np.uint8), False)
