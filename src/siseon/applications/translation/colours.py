"""The colours of letters: measured in the original, and made legible on the ground where they are not.

Method: a random sample of the original's pixels falls into two clusters (k-means); of these the letters' is the one
that is not the commonest colour of the ground without them. Where both differ from it, letters have a rim, and the rim
is what lies further out. Contrast is that of WCAG 2.2: 4.5 : 1 is what it asks for text.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.translation.clusters import two_clusters
from siseon.applications.translation.contracts import Colour
from siseon.applications.translation.ground import commonest

SAMPLES = 1000
"""Pixels that are clustered: k-means on all of a large sign takes a hundred times as long and finds the same."""
LEAST_CONTRAST = 4.5
OTHER = 60.0
"""Of 255, distance in RGB from which a cluster is a colour of its own and not ground that the mask caught."""
RIM_SHARE = 0.15
"""Of the sample, that a rim takes at least."""
STEPS = 64
"""Between a colour and black or white, when it is moved until it is legible."""
EXTREMES = (5, 95)
"""Percentiles of the ground's luminance on which letters must be legible."""
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Palette:
    """How letters are coloured."""

    ink: Colour
    outline: Colour | None
    """Of a rim around them; None: they have none."""


def luminance(colours: NDArray[np.uint8] | Floats) -> Floats:
    """Relative luminance (WCAG 2.2) in [0, 1] of (..., 3) sRGB in [0, 255]."""
    share = np.asarray(colours, np.float32) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722], np.float32), np.float32)


def contrast(one: NDArray[np.uint8] | Floats, other: NDArray[np.uint8] | Floats) -> Floats:
    """Contrast ratio (WCAG 2.2), 1 to 21, of (..., 3) sRGB colours."""
    a, b = luminance(one), luminance(other)
    return np.asarray((np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05), np.float32)


def measure(original: Pixels, ground: Pixels, mask: NDArray[np.bool_], rng: np.random.Generator) -> Palette:
    """The colours that letters have.

    Args:
        original: (h, w, 3) uint8 RGB with the letters.
        ground: the same without them.
        mask: (h, w), where they stood.
        rng: for the sample.
    """
    where = np.flatnonzero(mask.ravel())
    if not len(where):
        return Palette(BLACK, None)
    common = commonest(ground[mask])
    where = rng.choice(where, min(SAMPLES, len(where)), replace=False)
    sample = original.reshape(-1, 3)[where].astype(np.float32)
    depth = np.asarray(cv2.distanceTransform(_padded(mask), cv2.DIST_L2, 3), np.float32)[1:-1, 1:-1].ravel()[
        where
    ]
    labels, centres = two_clusters(sample)
    away = np.linalg.norm(centres - common, axis=1)
    shares = np.bincount(labels, minlength=2) / len(labels)
    first = int(np.argmax(away))
    second = 1 - first
    if min(away) > OTHER and min(shares) >= RIM_SHARE and np.linalg.norm(centres[0] - centres[1]) > OTHER:
        inner, rim = _by_depth(depth, labels, first, second)
        if rim is not None:
            return Palette(_core(sample[labels == inner], common), _core(sample[labels == rim], common))
    return Palette(_core(sample[labels == first], common), None)


def _padded(mask: NDArray[np.bool_]) -> Pixels:
    return np.pad(mask.astype(np.uint8), 1)


def _by_depth(depth: Floats, labels: NDArray[np.int32], one: int, other: int) -> tuple[int, int | None]:
    """The cluster inside, and the one around it; None where neither is clearly further in."""
    inside = [float(depth[labels == label].mean()) for label in (one, other)]
    if max(inside) < 1.2 * min(inside):
        return one, None
    return (one, other) if inside[0] > inside[1] else (other, one)


def _core(colours: Floats, ground: Floats) -> Colour:
    """The colour of the quarter that differs most from the ground: of thin letters the rest is blended with it."""
    away = np.linalg.norm(colours - ground, axis=1)
    red, green, blue = (
        np.median(colours[away >= np.percentile(away, 75)], axis=0).round().astype(int).tolist()
    )
    return red, green, blue


def legible(palette: Palette, ground: Pixels) -> Palette:
    """The palette, or a near one whose ink has a contrast of 4.5 : 1 with its rim or, without one, with the ground.

    Light letters stay light and dark ones dark. Where that is not legible they get a rim in the ground's own shade.

    Args:
        palette: as measured, or as a person wants it.
        ground: (N, 3) uint8 pixels that letters will stand on, N at least 1.
    """
    levels = luminance(ground)
    order = np.argsort(levels)
    behind = ground[order[(np.array(EXTREMES) / 100 * (len(order) - 1)).astype(int)]]
    ink = np.array(palette.ink, np.uint8)
    lighter = bool(luminance(ink) > np.median(levels))
    if palette.outline is not None:
        behind = np.array([palette.outline], np.uint8)
        lighter = bool(luminance(ink) > luminance(behind[0]))
    moved = _moved(palette.ink, WHITE if lighter else BLACK, behind)
    if moved is not None:
        return Palette(moved, palette.outline)
    # An ink of middling lightness may be read on neither black nor white of the rim's side: then it goes further out.
    far, near = (WHITE, BLACK) if lighter else (BLACK, WHITE)
    ink_out = _moved(palette.ink, far, np.array([near], np.uint8)) or far
    shade = commonest(ground).round().astype(int).tolist()
    rim = _moved((shade[0], shade[1], shade[2]), near, np.array([ink_out], np.uint8)) or near
    return Palette(ink_out, rim)


def _moved(colour: Colour, end: Colour, behind: Pixels) -> Colour | None:
    """The first colour on the way to ``end`` that is legible with all of ``behind``, (N, 3); None without any."""
    share = np.linspace(0, 1, STEPS, dtype=np.float32)[:, None]
    way = (np.array(colour, np.float32) * (1 - share) + np.array(end, np.float32) * share).round()
    enough = (contrast(way[:, None], behind[None]) >= LEAST_CONTRAST).all(axis=1)
    if not enough.any():
        return None
    red, green, blue = way[int(np.argmax(enough))].astype(int).tolist()
    return red, green, blue
