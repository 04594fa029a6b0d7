"""Colours of a sample, sorted into two."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

ROUNDS = 20
NEAR_ENOUGH = 0.5
"""Of 255: movement of centres at which the search ends."""

Floats = NDArray[np.float32]


def two_clusters(sample: Floats) -> tuple[NDArray[np.int32], Floats]:
    """k-means with k = 2: labels (N,) and centres (2, 3) of (N, 3) colours; the same sample is always sorted alike."""
    labels = np.zeros((len(sample), 1), np.int32)
    if len(sample) < 2:
        return labels.ravel(), np.repeat(sample[:1], 2, axis=0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, ROUNDS, NEAR_ENOUGH)
    cv2.setRNGSeed(1)
    _, found, centres = cv2.kmeans(sample, 2, labels, criteria, 2, cv2.KMEANS_PP_CENTERS)
    return np.asarray(found, np.int32).ravel(), np.asarray(centres, np.float32)
