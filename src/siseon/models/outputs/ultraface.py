"""Decode the output of UltraFace (Ultra-Light-Fast-Generic-Face-Detector-1MB, Linzaer): a single-shot detector whose
export has its priors applied, so that corners come as shares of the input and scores are probabilities already.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.models.outputs.candidates import Candidates, best_first
from siseon.models.outputs.nms import suppress


def interpret_ultraface(
    scores: NDArray[np.float32],
    boxes: NDArray[np.float32],
    *,
    width: int,
    height: int,
    score_threshold: float,
    iou: float,
) -> list[Candidates]:
    """Faces of each image of a batch after suppression, all of class 0, in pixels of the network's input.

    ``scores``: (n, priors, 2) float32: background, face. ``boxes``: (n, priors, 4) float32: corners, 0–1.
    ``width``, ``height``: of the input in pixels.

    Raises:
        ValueError: the outputs do not belong together.
    """
    if scores.ndim != 3 or scores.shape[2] != 2 or boxes.shape != (*scores.shape[:2], 4):
        raise ValueError(
            f"scores {scores.shape} and boxes {boxes.shape} are not (n, priors, 2) and (n, priors, 4): the card's "
            "outputs do not fit"
        )
    scale = np.array([width, height, width, height], np.float32)
    return [
        suppress(_interpret(score[:, 1], box * scale, score_threshold), iou)
        for score, box in zip(scores, boxes, strict=True)
    ]


def _interpret(scores: NDArray[np.float32], xyxy: NDArray[np.float32], score_threshold: float) -> Candidates:
    # Written so that a NaN survives: it must reach the contract, which names it.
    chosen = np.flatnonzero(~(scores < score_threshold))
    chosen = chosen[best_first(scores[chosen])]
    ordered = (xyxy[chosen, 2:] > xyxy[chosen, :2]).all(axis=1) | ~np.isfinite(xyxy[chosen]).all(axis=1)
    chosen = chosen[ordered]
    return Candidates(xyxy[chosen], scores[chosen], np.zeros(len(chosen), np.int64)).without_collapsed()
