"""Oil on the water: where it lies, how thick it is, and what each thickness looks like.

The appearances follow the Bonn Agreement Oil Appearance Code: silvery sheen, rainbow, metallic, discontinuous and
continuous true colour; emulsion beside them. Where they lie is drawn as slicks lie: patches, windrows, marbled swirls,
rings, trails behind a ship, films that fill the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from oilspill.fields import Fields, Floats, mix, ramp, thrice
from oilspill.palettes import Family, chance, pick
from oilspill.view import View
from oilspill.water import Water

SHEEN, RAINBOW, METALLIC, DISCONTINUOUS, TRUE, EMULSION = range(1, 7)
COMPOSITIONS = (
    (SHEEN,), (SHEEN, RAINBOW), (RAINBOW,), (SHEEN, RAINBOW, METALLIC), (METALLIC,), (SHEEN, METALLIC), (SHEEN,),
    (METALLIC, DISCONTINUOUS, TRUE), (TRUE,), (DISCONTINUOUS, TRUE), (TRUE, EMULSION), (EMULSION,), (SHEEN, EMULSION),
    (METALLIC, EMULSION), (SHEEN, METALLIC, TRUE, EMULSION), (DISCONTINUOUS, EMULSION), (TRUE,), (EMULSION,),
    (SHEEN, RAINBOW, METALLIC, TRUE), (EMULSION, TRUE), (METALLIC, EMULSION), (RAINBOW,), (SHEEN, RAINBOW),
    (RAINBOW, METALLIC), (METALLIC,), (METALLIC, TRUE), (SHEEN, METALLIC),
)  # fmt: skip
"""From the edge of a slick to its middle."""
WAVELENGTHS = np.array([0.61, 0.54, 0.46], np.float32)
"""Micrometres of red, green, blue."""
FAINT = 0.12
"""Share of the colour below which nobody could say whether it is oil: neither is taught."""
LEAST_CONTRAST = 0.08
"""Difference to the water, of the largest channel, below which it is not seen."""


@dataclass(frozen=True)
class Slick:
    """Where oil lies, and what it does to the picture."""

    colour: Floats
    """(H, W, 3), the water with oil on it."""
    label: np.ndarray[tuple[int, int], np.dtype[np.uint8]]
    """(H, W), 0 or the class."""
    unsure: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    """(H, W)."""
    calm: Floats
    """(H, W), share of the waves that it smooths away."""


def slick(
    rng: np.random.Generator,
    view: View,
    fields: Fields,
    water: Water,
    family: Family,
    trail: tuple[float, float, float] | None,
) -> Slick:
    """One slick; ``trail``: x, y and course of a ship that it may lie behind."""
    thick = thickness(rng, view, fields, water, trail)
    classes = pick(rng, COMPOSITIONS)
    bounds = np.sort(rng.uniform(0.0, 0.75, len(classes)))
    bounds[0] = 0.04
    colour, label = water.colour, np.zeros(thick.shape, np.uint8)
    unsure = np.zeros(thick.shape, bool)
    calm = np.zeros_like(thick)
    wobble = thick + (fields.at("cloudy", view.scale * float(rng.uniform(0.3, 1))) - 0.5) * np.float32(
        rng.uniform(0, 0.35)
    )
    for place, (number, bound) in enumerate(zip(classes, bounds, strict=True)):
        measure = thick if place == 0 else np.minimum(wobble, thick * 3)
        soft = (
            float(rng.uniform(0.02, 0.14))
            if number in (TRUE, EMULSION, DISCONTINUOUS)
            else float(rng.uniform(0.05, 0.3))
        )
        share = ramp(measure, float(bound), float(bound) + soft)
        painted, strength = _appearance(rng, number, view, fields, water, family, thick)
        share = share * strength
        colour = mix(colour, painted, share)
        differs = cv2.absdiff(colour, np.ascontiguousarray(water.colour, np.float32)).max(axis=2)
        shown = (share > max(FAINT, 0.35 * float(share.max()))) & (differs > LEAST_CONTRAST)
        label[shown] = number
        unsure = (unsure & ~shown) | ((share > 0.04) & ~shown & (label == 0))
        calm = np.maximum(calm, share * np.float32(0.85 if number != EMULSION else 0.5))
    return Slick(colour, label, unsure, np.clip(calm * np.float32(rng.uniform(0.5, 1.4)), 0, 0.95))


def thickness(
    rng: np.random.Generator,
    view: View,
    fields: Fields,
    water: Water,
    trail: tuple[float, float, float] | None,
) -> Floats:
    """(H, W), 0 where there is none, 1 in its thickest."""
    high, wide = view.x.shape
    drift = water.blows + float(rng.normal(0, 0.3))
    span = view.scale
    x, y = view.x, view.y
    for size, strength in ((2.0, rng.uniform(0, 1.5)), (0.7, rng.uniform(0, 0.6))):
        if chance(rng, 0.75):
            bend = np.float32(strength * span * (0.5 if chance(rng, 0.7) else 1.0))
            across, along = fields.at("smooth", span * size), fields.at("smooth", span * size)
            x, y = x + (across - 0.5) * bend, y + (along - 0.5) * bend
    if trail is not None:
        return _trail(rng, view, fields, x, y, trail)
    row = high * float(rng.uniform(max(0.12, (view.horizon or 0) / high + 0.08), 0.95))
    spot = int(row), int(rng.integers(wide))
    cx, cy, grow = float(view.x[spot]), float(view.y[spot]), float(1 / view.near[spot]) ** 0.7
    cos, sin = np.float32(np.cos(drift)), np.float32(np.sin(drift))
    size = span * grow * float(np.exp(rng.uniform(np.log(0.14), np.log(1.0))))
    long = float(np.exp(rng.uniform(0, np.log(5))))
    along = ((x - cx) * cos + (y - cy) * sin) / np.float32(size * np.sqrt(long))
    across = ((y - cy) * cos - (x - cx) * sin) / np.float32(size / np.sqrt(long))
    off = np.sqrt(along * along + across * across)
    kind = rng.random()
    if kind < 0.13:  # a ring
        width = float(rng.uniform(0.08, 0.35))
        rough = fields.at("cloudy", span) - 0.5
        return np.asarray(
            np.exp(-(((off - 0.8 + 0.5 * rough) / width) ** 2)) * (0.55 + 0.6 * fields.at("rough", span))
            - 0.1,
            np.float32,
        ).clip(0, 1)
    around = ramp(
        off
        + (fields.at("cloudy", span * float(rng.uniform(0.5, 2))) - 0.5) * np.float32(rng.uniform(0.2, 1)),
        1.1,
        float(rng.uniform(0.3, 0.95)),
    )
    if kind > 0.28 and chance(rng, 0.33):  # as far as one can see; one without structure nobody could tell
        around = np.ones_like(off)
    if kind < 0.28:  # a patch, whole
        inside = 0.6 + 0.4 * fields.at("cloudy", span)
    elif kind < 0.5:  # windrows
        rows = fields.at(
            "cloudy", span * float(rng.uniform(1, 4)), x=x, y=y, turn=drift, stretch=float(rng.uniform(4, 14))
        )
        inside = ramp(rows, float(rng.uniform(0.3, 0.75)), 1.0) * (0.5 + 0.5 * fields.at("rough", span))
    elif kind < 0.72:  # marbled
        bands = fields.at(
            "smooth",
            span * float(rng.uniform(0.4, 1.5)),
            x=x,
            y=y,
            turn=drift,
            stretch=float(rng.uniform(1.5, 5)),
        )
        ridge = 1 - np.abs(2 * bands - 1)
        inside = ramp(ridge, float(rng.uniform(0.2, 0.85)), 1.0)
    elif kind < 0.86:  # filaments
        net = 1 - np.abs(
            2
            * fields.at(
                "cloudy",
                span * float(rng.uniform(0.6, 2)),
                x=x,
                y=y,
                turn=drift,
                stretch=float(rng.uniform(1, 4)),
            )
            - 1
        )
        inside = ramp(net, float(rng.uniform(0.6, 0.9)), 1.0)
    else:  # scattered patches
        inside = ramp(
            fields.at("rough", span * float(rng.uniform(0.5, 2)), x=x, y=y),
            float(rng.uniform(0.4, 0.75)),
            1.0,
        )
    return np.asarray(np.clip(around * inside * np.float32(rng.uniform(0.9, 1.5)), 0, 1), np.float32)


def _trail(
    rng: np.random.Generator,
    view: View,
    fields: Fields,
    x: Floats,
    y: Floats,
    trail: tuple[float, float, float],
) -> Floats:
    """A band that begins at the ship and grows broader and thinner."""
    cx, cy, course = trail
    cos, sin = np.float32(np.cos(course)), np.float32(np.sin(course))
    bend = np.float32(rng.normal(0, 0.5) / view.scale)
    behind = -((view.x - cx) * cos + (view.y - cy) * sin)
    side = (y - cy) * cos - (x - cx) * sin - bend * behind**2
    width = np.float32(view.scale * rng.uniform(0.02, 0.08)) + np.maximum(behind, 0) * np.float32(
        rng.uniform(0, 0.35)
    )
    body = ramp(np.abs(side) / width + (fields.at("cloudy", view.scale * 0.5) - 0.5) * 0.8, 1.2, 0.5)
    lasts = np.exp(-np.maximum(behind, 0) / np.float32(view.scale * rng.uniform(0.5, 3)))
    return np.asarray(
        body * (behind > 0) * lasts * (0.6 + 0.5 * fields.at("cloudy", view.scale * 0.6)), np.float32
    ).clip(0, 1)


def _appearance(
    rng: np.random.Generator,
    number: int,
    view: View,
    fields: Fields,
    water: Water,
    family: Family,
    thick: Floats,
) -> tuple[Floats, Floats]:
    """(3,) or (H, W, 3) colour, and (H, W) how much of the water it hides."""
    span = view.scale
    full = np.ones_like(thick)
    if number == SHEEN:
        silver = (water.sky + np.float32(0.55)) / 2 + np.float32(rng.normal(0.05, 0.1))
        return np.clip(silver, 0.05, 1).astype(np.float32), full * np.float32(rng.uniform(0.22, 0.6))
    if number == RAINBOW:
        return _rainbow(rng, view, fields, water, thick), full * np.float32(rng.uniform(0.35, 0.85))
    if number == METALLIC:
        metal = family.metal(rng)
        light = water.sky * np.float32(rng.uniform(0.5, 1.0))
        colour = metal + (light - metal) * np.float32(rng.uniform(0, 0.35))
        uneven = 1 + (fields.at("cloudy", span) - 0.5) * np.float32(rng.uniform(0, 0.6))
        return colour * thrice(uneven), full * np.float32(rng.uniform(0.5, 0.92))
    if number == DISCONTINUOUS:
        broken = ramp(fields.at("rough", span * float(rng.uniform(0.15, 0.6))), 0.35, 0.6)
        film = family.metal(rng)
        colour = mix(np.broadcast_to(film, (*thick.shape, 3)), family.dark(rng), broken)
        return colour, full * np.float32(rng.uniform(0.6, 0.92))
    if number == TRUE:
        dark, other = family.dark(rng), family.dark(rng)
        colour = mix(np.broadcast_to(dark, (*thick.shape, 3)), other, fields.at("cloudy", span * 0.7))
        shine = ramp(fields.at("rough", span * 0.4), 0.8, 1.0) * np.float32(rng.uniform(0, 0.35))
        return mix(colour, water.sky, shine), full * np.float32(rng.uniform(0.6, 0.98))
    first, second = family.emulsion(rng), family.emulsion(rng)
    turn = water.blows + float(rng.normal(0, 0.5))
    bands = fields.at(
        "cloudy", span * float(rng.uniform(0.2, 0.8)), turn=turn, stretch=float(rng.uniform(1, 6))
    )
    colour = mix(np.broadcast_to(first, (*thick.shape, 3)), second, bands)
    grain = (fields.at("rough", span * float(rng.uniform(0.1, 0.4))) - 0.5) * np.float32(
        rng.uniform(0.1, 0.7)
    )
    return np.clip(colour * thrice(1 + grain), 0, 1), full * np.float32(rng.uniform(0.65, 0.98))


def _rainbow(rng: np.random.Generator, view: View, fields: Fields, water: Water, thick: Floats) -> Floats:
    """Interference in a film of 0.1 to 1.5 micrometres (two beams; index 1.45, path there and back)."""
    kind = "smooth" if chance(rng, 0.5) else "cloudy"
    turn, stretch = float(rng.uniform(0, np.pi)), float(rng.uniform(1, 4))
    bands = fields.at(kind, view.scale * float(rng.uniform(0.4, 1.5)), turn=turn, stretch=stretch)
    film = 0.12 + (0.35 * thick + 0.65 * bands) * float(rng.uniform(0.3, 1.1))
    fades = np.exp(-film / np.float32(rng.uniform(0.7, 2.0)))
    waves = np.cos(film[..., None] * np.float32(4 * np.pi * 1.45) / WAVELENGTHS) * fades[..., None]
    light = (water.sky + water.colour.mean((0, 1))) / 2
    return np.clip(light * (1 + waves * np.float32(rng.uniform(0.35, 0.95))), 0, 1).astype(np.float32)
