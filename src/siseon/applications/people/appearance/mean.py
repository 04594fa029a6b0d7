"""One look of a tracklet from those of its crops, of which some show somebody else's arm or a pillar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BESIDE = 1.5
"""Times the median distance from the mean beyond which a crop is left out."""
AGREED = 1e-6
"""Distance at which crops are the same: nothing is left out then."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a tracklet looks."""

    vector: NDArray[np.float32]
    """(d,) of unit length."""
    crops: int
    """That it is the mean of."""
    quality: float
    """Mean of what they are worth."""


def look_of(vectors: NDArray[np.float32], worth: NDArray[np.float64]) -> Look | None:
    """The mean weighted by worth, without those far from it, by euclidean distance; None of nothing.

    ``vectors``: (n, d) of unit length; ``worth``: (n,) in (0, 1].
    """
    if not len(vectors):
        return None
    wide = vectors.astype(np.float64)
    distance = np.linalg.norm(wide - _mean(wide, worth), axis=1)
    kept = distance <= max(float(np.median(distance)) * BESIDE, AGREED)
    vector = _mean(wide[kept], worth[kept])
    return Look(vector.astype(np.float32), int(kept.sum()), float(worth[kept].mean()))


def _mean(vectors: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    mean = (vectors * weights[:, None]).sum(axis=0)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length > 0 else vectors[0])
