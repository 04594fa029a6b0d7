"""How alike tracks look: distances between robust means of unit vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.merging.tracks import Track

OUTLIER = 2.5
"""Times the median distance from the mean: an appearance farther off is of somebody who stood in the way."""


def robust_mean(tracks: Sequence[Track]) -> NDArray[np.float64]:
    """(D,) of unit length: the weighted mean without what lies far from it. Some track has an appearance."""
    vectors = np.concatenate([track.vectors for track in tracks if len(track.vectors)])
    weights = np.concatenate([track.weights for track in tracks if len(track.vectors)])
    mean = _mean(vectors, weights)
    far = np.linalg.norm(vectors - mean, axis=1)
    kept = far <= OUTLIER * np.median(far)
    return _mean(vectors[kept], weights[kept])


def distances(means: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, D) and (M, D) unit vectors to (N, M), Euclidean: 0 to 2."""
    result: NDArray[np.float64] = np.sqrt(np.clip(2.0 - 2.0 * means @ others.T, 0.0, 4.0))
    return result


def _mean(vectors: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = weights @ vectors
    length = np.linalg.norm(mean)
    return mean / length if length > 0 else vectors[0]
