"""Which frames are of one flight: those that hang together, each near the next; one that stands alone is misplaced."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEXT_KM = 300.0
"""Between frames of one flight: half an hour of a fast aircraft without a picture of the sea."""
MOST_KM = 3_000.0
"""From the middle: so far one map is true to 3 % in lengths (its areas are), and farther no flight goes."""
CELL_KM = 50.0
"""Frames within one are together without being compared, so that many cost no more than their places do."""
EARTH_KM = 6371.0088
"""Mean radius (IUGG)."""
ALONE = "km from the middle of the flight, and apart from it"
"""How it is said of a frame that is not of the flight."""


def strays(places: Sequence[tuple[float, float]]) -> dict[int, str]:
    """Numbers of the frames at these longitudes and latitudes that are not of the flight, and why, for a person.

    The flight is the most frames of which each is near another.
    """
    if not places:
        return {}
    vectors = _vectors(places)
    cells, of = np.unique(np.floor(vectors / CELL_KM), axis=0, return_inverse=True)
    parts = _parts((cells + 0.5) * CELL_KM)[of.ravel()]
    own = parts == np.bincount(parts).argmax()
    within = vectors[own]
    middle = within[np.linalg.norm(within - np.median(within, axis=0), axis=1).argmin()]
    chords = np.linalg.norm(vectors - middle, axis=1)
    away = 2 * EARTH_KM * np.arcsin(np.minimum(chords / 2 / EARTH_KM, 1.0))
    return {
        int(number): f"it is {away[number]:,.0f} {ALONE}"
        for number in np.flatnonzero(~own | (away > MOST_KM))
    }


def _vectors(places: Sequence[tuple[float, float]]) -> Floats:
    """(N, 3) kilometres from the middle of the earth, which have no seam."""
    longitude, latitude = np.radians(np.array(places)).T
    level = np.cos(latitude)
    return np.asarray(
        EARTH_KM * np.stack([level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)], axis=1)
    )


def _parts(middles: Floats) -> NDArray[np.int64]:
    """The number of the part that each of (N, 3) places belongs to: each is near another of its own."""
    found = np.full(len(middles), -1)
    for first in range(len(middles)):
        if found[first] >= 0:
            continue
        found[first] = first
        front = [first]
        while front:
            near = np.linalg.norm(middles - middles[front.pop()], axis=1) <= NEXT_KM + CELL_KM
            new = np.flatnonzero(near & (found < 0))
            found[new] = first
            front += new.tolist()
    return found
