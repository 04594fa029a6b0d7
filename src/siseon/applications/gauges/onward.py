"""Whether what was taken for a needle is seen where no needle is: beyond the scale, or on the hub up to the middle.

A needle ends on the scale. The shadow of a cable and many scratches go on, over the marks and the rim. And a needle is
held in the middle: it goes under a hub, or on past it as a tail or a ring. A scratch on the glass may do neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.needle import Needle
from siseon.applications.gauges.plane import on_circle, radius_of
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
ON_HUB: Floats = np.linspace(0.015, 0.05, 8)
"""Radii of the scale where a hub is, on the line's side of the middle."""
PAST: Floats = np.linspace(-0.06, -0.025, 8)
"""The same on the other side."""
BESIDE_ON_HUB: Floats = np.array([0.01, 0.02, 0.03])
"""Radii from its edge to what is beside it there, still on the hub."""
SEEN = 0.2
"""Of its contrast, from which a line is seen on the hub. Chosen on generated dials of development, no needle of which
had more than 0.1 there."""
LESS = 0.5
"""Of that on the hub, up to which it ends in the middle; of the medians of both, since the end of a scratch is soft."""
SHARP = 0.03
"""Radii of the scale, of a needle's blur; beyond, needle and hub run into each other."""
APART = 3.0
"""Pixels that ``ON_HUB`` must have; they do so on smaller dials."""
MOST = 0.7
"""Of such places, where the line is seen, from which it goes on there."""


@dataclass(frozen=True, slots=True)
class Onward:
    """How a line stands out, and whether it goes on."""

    contrast: float
    """Of its colour, to what is beside it: the length of the difference of (R, G, B)."""
    beyond: bool
    on_hub: bool
    """Whether it lies on the hub, and ends there."""


def onward(pixels: NDArray[np.uint8], to_picture: Floats, scale_radius: float, needle: Needle) -> Onward:
    """Of a needle in (H, W, 3) uint8 RGB, whose dial (3, 3) leads to the picture."""
    edge = EDGE * needle.width
    beside = np.concatenate([-edge - NEXT, CORE, edge + NEXT])
    points = _along(needle, np.concatenate([OWN, BEYOND]), beside)
    seen = sample(pixels, to_picture, points * scale_radius)
    core = seen[:, len(NEXT) : -len(NEXT)].mean(axis=1)
    sides = seen[:, np.r_[: len(NEXT), -len(NEXT) : 0]].mean(axis=1)
    like = _like_its_own(core - sides) | _like_its_own(np.log((core + DARK) / (sides + DARK)))
    contrast = np.linalg.norm(np.median((core - sides)[: len(OWN)], axis=0))
    scale = radius_of(to_picture) * scale_radius
    clear = needle.blur <= SHARP and float(np.ptp(ON_HUB)) * scale >= APART
    on_hub = clear and _ends_on_hub(pixels, to_picture, scale_radius, needle, float(contrast))
    return Onward(float(contrast), bool(like[len(OWN) :].mean() >= MOST), on_hub)


def _ends_on_hub(
    pixels: NDArray[np.uint8], to_picture: Floats, scale_radius: float, needle: Needle, contrast: float
) -> bool:
    """Whether its line is seen on one side of the middle and not on the other."""
    edge = EDGE * needle.width
    beside = np.concatenate([-edge - BESIDE_ON_HUB, CORE / 2, edge + BESIDE_ON_HUB])
    seen = sample(pixels, to_picture, _along(needle, np.concatenate([ON_HUB, PAST]), beside) * scale_radius)
    core = seen[:, len(BESIDE_ON_HUB) : -len(BESIDE_ON_HUB)].mean(axis=1)
    sides = np.median(seen[:, np.r_[: len(BESIDE_ON_HUB), -len(BESIDE_ON_HUB) : 0]], axis=1)
    here, past = np.split(core - sides, [len(ON_HUB)])
    on_hub, beyond = (np.linalg.norm(np.median(side, axis=0)) for side in (here, past))
    return bool(on_hub > SEEN * contrast and beyond < LESS * on_hub)


def _along(needle: Needle, long: Floats, beside: Floats) -> Floats:
    """(A, B, 2) points of the dial's plane, so many radii of the scale along a needle's line and beside it."""
    along, across = (
        np.array(on_circle(needle.direction, 1.0)),
        np.array(on_circle(needle.direction + 90, 1.0)),
    )
    passes = np.sin(np.radians(needle.angle - needle.direction))
    return np.asarray(long[:, None, None] * along + (passes + beside)[:, None] * across)


def _like_its_own(difference: Single) -> NDArray[np.bool_]:
    """Where a line differs from its sides as it does where it is a needle: by so much, as a scratch does whatever it
    covers, or, of logarithms, by such a share of the light, as a shadow does."""
    own = np.median(difference[: len(OWN)], axis=0)
    return np.asarray(difference @ own > LIKE * (own @ own))
