"""Whose face it is: that of the person in the upper part of whose box it lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

INSIDE = 0.6
"""Share of the face that lies in the person's box, at least."""
UPPER = 0.5
"""Share of the person's box, from the top, in which the centre of a face lies."""


def owners(faces: NDArray[np.float32], people: NDArray[np.float32]) -> list[int | None]:
    """The person's row for each face, each person's once, by the share of the face within the person's box; None where
    it is nobody's, or two claim it alike.

    ``faces``: (F, 4), ``people``: (P, 4) float32, xyxy in the same pixels.
    """
    found: list[int | None] = [None] * len(faces)
    if not len(faces) or not len(people):
        return found
    low = np.maximum(faces[:, None, :2], people[None, :, :2])
    high = np.minimum(faces[:, None, 2:], people[None, :, 2:])
    share = np.clip(high - low, 0, None).prod(axis=2) / (faces[:, 2:] - faces[:, :2]).prod(axis=1)[:, None]
    centre = (faces[:, None, :2] + faces[:, None, 2:]) / 2
    size = people[None, :, 2:] - people[None, :, :2]
    place = (centre - people[None, :, :2]) / size
    fits = (share >= INSIDE) & (place[..., 1] <= UPPER)
    # Of several whose box it lies in, the one whose head it is nearest to: above the middle of the box.
    off = np.where(fits, np.abs(place[..., 0] - 0.5) + place[..., 1], np.inf)
    for _ in range(min(off.shape)):
        face, person = (int(one) for one in np.unravel_index(int(off.argmin()), off.shape))
        if not np.isfinite(off[face, person]):
            break
        found[face] = person
        off[face, :] = off[:, person] = np.inf
    return found
