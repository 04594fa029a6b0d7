"""Colours of displays: light on dark, dark on light; those of the evaluation are bands that training leaves out."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

from siseon.applications.gauges.generated.dial import Split
from siseon.applications.gauges.generated.pens import Colour

EVALUATION_LIGHTS: tuple[tuple[Colour, Colour], ...] = (
    ((255, 165, 25), (30, 18, 8)),  # amber
    ((95, 240, 215), (8, 20, 22)),  # fluorescent
    ((250, 190, 90), (60, 40, 20)),
)
EVALUATION_CRYSTALS: tuple[tuple[Colour, Colour], ...] = (
    ((36, 42, 88), (186, 204, 198)),
    ((245, 240, 190), (20, 70, 60)),
    ((30, 20, 12), (240, 150, 50)),  # orange behind
    ((20, 40, 40), (100, 205, 190)),
)
HELD_OUT = ((22.0, 48.0), (160.0, 195.0))
"""Hues in degrees, from orange to amber and from teal to cyan, that only evaluation has."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Of one display."""

    ink: Colour
    ground: Colour
    frame: Colour
    panel: Colour
    glows: bool
    ghost: float
    """How much of its colour an unlit segment has."""


def colours(rng: np.random.Generator, split: Split) -> Colours:
    """Of a family of the split."""
    glows = bool(rng.random() < 0.5)
    if split == "evaluation":
        pairs = EVALUATION_LIGHTS if glows else EVALUATION_CRYSTALS
        ink, ground = pairs[int(rng.integers(len(pairs)))]
    elif glows:
        ink = hue(
            rng,
            float(rng.choice([rng.uniform(0.8, 1.0), rng.uniform(0.0, 0.5)])),
            float(rng.uniform(0.55, 1.0)),
        )
        ground = hue(rng, float(rng.uniform(0, 0.8)), float(rng.uniform(0.02, 0.25)))
    else:
        ink = hue(rng, float(rng.uniform(0, 0.6)), float(rng.uniform(0.05, 0.35)))
        ground = hue(rng, float(rng.uniform(0, 0.7)), float(rng.uniform(0.55, 0.95)))
        if rng.random() < 0.25:
            ink, ground = ground, ink
    ghost = float(rng.choice([0.0, rng.uniform(0.0, 0.12 if glows else 0.2)]))
    if split == "development" and rng.random() < 0.15:  # a display that is hardly driven
        share = rng.uniform(0.35, 0.7)
        ink = tuple(int(g + (i - g) * share) for i, g in zip(ink, ground, strict=True))  # type: ignore[assignment]
        ghost = min(ghost, 0.05)
    return Colours(ink, ground, around(rng), around(rng), glows, ghost)


def hue(rng: np.random.Generator, saturation: float, value: float) -> Colour:
    """A colour of a hue that training may have."""
    angle = float(rng.uniform(0, 360))
    while any(low <= angle <= high for low, high in HELD_OUT):
        angle = float(rng.uniform(0, 360))
    red, green, blue = colorsys.hsv_to_rgb(angle / 360, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def around(rng: np.random.Generator) -> Colour:
    """Of what is around a display."""
    grey = int(rng.integers(15, 235))
    red, green, blue = (int(np.clip(grey + value, 0, 255)) for value in rng.integers(-25, 26, 3))
    if rng.random() < 0.12:
        red, green, blue = (int(value) for value in rng.integers(0, 256, 3))
    return red, green, blue
