"""Whether what was taken for a needle goes on where no needle does: beyond the scale.

A needle ends on the scale. The shadow of a cable and many scratches go on, over the marks and the rim.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.needle import Needle
from siseon.applications.gauges.plane import on_circle
from siseon.applications.gauges.polar import sample

Floats = NDArray[np.float64]
Single = NDArray[np.float32]

OWN: Floats = np.linspace(0.3, 0.6, 10)
"""Radii of the scale at which a needle is compared with what is beside it."""
BEYOND: Floats = np.linspace(1.05, 1.17, 7)
"""The same past the outer ends of its marks; a needle may cover them, and a rim begins there."""
CORE: Floats = np.array([-0.01, 0.0, 0.01])
"""Radii to the side of its line."""
NEXT: Floats = np.array([0.05, 0.065, 0.08])
"""Radii from its edge to what is beside it."""
EDGE = 0.6
"""Times its width, from its line to its edge."""
LIKE = 0.4
"""Of its own difference to what is beside it, from which the line is still seen."""
DARK = 10.0
"""Grey levels that are added before light is compared by its ratio, so that noise in the dark is not."""
MOST = 0.7
"""Of such places, where the line is seen, from which it goes on there."""


@dataclass(frozen=True, slots=True)
class Onward:
    """How a line stands out, and whether it goes on."""

    contrast: float
    """Of its colour, to what is beside it: the length of the difference of (R, G, B)."""
    beyond: bool


def onward(pixels: NDArray[np.uint8], to_picture: Floats, scale_radius: float, needle: Needle) -> Onward:
    """Of a needle in (H, W, 3) uint8 RGB, whose dial (3, 3) leads to the picture."""
    along, across = (
        np.array(on_circle(needle.direction, 1.0)),
        np.array(on_circle(needle.direction + 90, 1.0)),
    )
    passes = np.sin(np.radians(needle.angle - needle.direction))
    edge = EDGE * needle.width
    wide = passes + np.concatenate([-edge - NEXT, CORE, edge + NEXT])
    long = np.concatenate([OWN, BEYOND])
    points = long[:, None, None] * along + wide[:, None] * across
    seen = sample(pixels, to_picture, points * scale_radius)
    core = seen[:, len(NEXT) : -len(NEXT)].mean(axis=1)
    sides = seen[:, np.r_[: len(NEXT), -len(NEXT) : 0]].mean(axis=1)
    like = _like_its_own(core - sides) | _like_its_own(np.log((core + DARK) / (sides + DARK)))
    contrast = np.linalg.norm(np.median((core - sides)[: len(OWN)], axis=0))
    return Onward(float(contrast), bool(like[len(OWN) :].mean() >= MOST))


def _like_its_own(difference: Single) -> NDArray[np.bool_]:
    """Where a line differs from its sides as it does where it is a needle: by so much, as a scratch does whatever it
    covers, or, of logarithms, by such a share of the light, as a shadow does."""
    own = np.median(difference[: len(OWN)], axis=0)
    return np.asarray(difference @ own > LIKE * (own @ own))
