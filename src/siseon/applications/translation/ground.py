"""The ground that letters stand on, where it is simple enough to be known: a colour, or a plane of colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLES = 6000
"""Pixels that a plane is fitted to; more make it no better, and a large sign takes no longer than a small one."""
BIN = 16
"""Levels of a channel that are one bin of the histogram in which the commonest colour is sought."""
CATCH = (40.0, 24.0, 16.0, 12.0, 12.0)
"""Of 255: distance within which a pixel belongs to the plane, fit after fit."""
PARTS = np.array([8, 2])
"""Across and down."""
LEAST_SHARE = 0.2
"""Of the pixels, that belong to a plane at least: heavy letters fill two thirds of their line."""
LEAST_NOISE, MOST_NOISE = 1.0, 5.5
"""Of 255: deviation of a ground. Less is a rendered page, more is a texture."""
FLAT = 4.0
"""Of 255: what a plane's colour changes over its pixels when it is flat, at most."""

Colours = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A colour for each pixel of a patch, by a linear function of its place."""

    terms: Colours
    """(3, 3): for a constant, x and y (rows) what they add to red, green, blue (columns)."""
    noise: float
    """Deviation of the ground's own pixels from it, of 255."""
    flat: bool

    def colours(self, height: int, width: int) -> Colours:
        """(height, width, 3) float32 in [0, 255]."""
        y, x = np.ogrid[:height, :width]
        constant, across, down = self.terms
        colours = constant + x[..., None] * across + y[..., None] * down
        return np.asarray(np.clip(colours, 0, 255), np.float32)


def commonest(colours: NDArray[np.uint8] | Colours) -> Colours:
    """(3,) float32: the mode of (N, 3) colours, N at least 1: the median of the fullest bin."""
    bins = np.asarray(colours, np.uint8) // BIN
    keys = bins.astype(np.int32) @ np.array([256, 16, 1], np.int32)
    return np.asarray(np.median(colours[keys == np.bincount(keys).argmax()], axis=0), np.float32)


def fit_plane(patch: NDArray[np.uint8], inside: NDArray[np.bool_], rng: np.random.Generator) -> Plane | None:
    """The plane that most pixels between the letters lie on; None where the ground is no plane.

    Method: least squares on the pixels near the commonest colour, then on those near the fitted plane, nearer each
    time.

    Args:
        patch: (H, W, 3) uint8.
        inside: (H, W), the pixels that count.
        rng: for the sample.
    """
    y, x = np.nonzero(inside)
    if len(y) < 16:
        return None
    if len(y) > SAMPLES:
        chosen = rng.choice(len(y), SAMPLES, replace=False)
        y, x = y[chosen], x[chosen]
    colours = patch[y, x].astype(np.float32)
    where = np.stack([np.ones(len(y)), x, y], axis=1).astype(np.float32)
    # A steep plane has no colour that is common: then those of small parts show it.
    level = np.array([commonest(colours), [0, 0, 0], [0, 0, 0]], np.float32)
    fits = [_narrowed(colours, where, start) for start in (level, _through_parts(colours, where))]
    terms, near = max(fits, key=lambda fit: int(fit[1].sum()))
    if near.mean() < LEAST_SHARE:
        return None
    off = np.abs(colours[near] - where[near] @ terms).max(axis=1)
    # The median of the largest of three channels' deviations is about 1.2 of one channel's deviation.
    noise = max(LEAST_NOISE, float(np.median(off)) / 1.2)
    if noise > MOST_NOISE:
        return None
    change = np.abs(terms[1]) * np.ptp(x) + np.abs(terms[2]) * np.ptp(y)
    if change.max() > FLAT:
        return Plane(terms, noise, flat=False)
    flat = np.median(colours[near], axis=0).round()
    return Plane(np.array([flat, [0, 0, 0], [0, 0, 0]], np.float32), noise, flat=True)


def _narrowed(colours: Colours, where: Colours, terms: Colours) -> tuple[Colours, NDArray[np.bool_]]:
    """The plane that is nearest to the pixels near ``terms``, and which are near it."""
    near = np.zeros(len(colours), bool)
    for reach in CATCH:
        near = np.abs(colours - where @ terms).max(axis=1) <= reach
        if near.mean() < LEAST_SHARE:
            break
        terms = np.linalg.lstsq(where[near], colours[near], rcond=None)[0].astype(np.float32)
    return terms, near


def _through_parts(colours: Colours, where: Colours) -> Colours:
    """The plane nearest to the commonest colours of parts."""
    places = where[:, 1:]
    low = places.min(axis=0)
    cell = (places - low) / (np.ptp(places, axis=0) + 1) * PARTS
    number = cell.astype(int) @ np.array([PARTS[1], 1])
    parts = [np.flatnonzero(number == index) for index in np.unique(number)]
    middles = np.stack([where[part].mean(axis=0) for part in parts])
    modes = np.stack([commonest(colours[part]) for part in parts])
    return np.asarray(np.linalg.lstsq(middles, modes, rcond=None)[0], np.float32)
