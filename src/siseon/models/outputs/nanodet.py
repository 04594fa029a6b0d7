"""Decode the output of NanoDet networks (generalised focal loss heads, one pair of outputs per stride).

A point says how far the four sides of its box are as a distribution over ``bins`` multiples of the
stride ("Generalized Focal Loss", Li et al., arXiv 2006.04388); the distance is its expectation. In
NanoDet-m the point of a cell is its centre.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.models.outputs.candidates import Candidates, best_first
from siseon.models.outputs.nms import suppress

STRIDES = (8, 16, 32)
"""Pixels between anchor points on each level of NanoDet-m."""


def interpret_nanodet(
    scores: Sequence[NDArray[np.float32]],
    distances: Sequence[NDArray[np.float32]],
    *,
    width: int,
    height: int,
    strides: Sequence[int] = STRIDES,
    score_threshold: float,
    iou: float,
) -> list[Candidates]:
    """Boxes of each image of a batch after class-wise suppression.

    ``scores``: per stride (n, points, classes) float32, already sigmoid.
    ``distances``: per stride (n, points, 4 × bins) float32 logits: left, top, right, bottom.
    ``width``, ``height``: of the network's input in pixels; the boxes are in that frame.

    Raises:
        ValueError: the outputs do not belong to that input size and those strides.
    """
    if not len(scores) == len(distances) == len(strides):
        raise ValueError(
            f"{len(scores)} score and {len(distances)} distance outputs for {len(strides)} strides: "
            "the card must name one of each per stride, in order"
        )
    for score, distance, stride in zip(scores, distances, strides, strict=True):
        points = (width // stride) * (height // stride)
        if score.shape[1] != points or distance.shape[:2] != score.shape[:2] or distance.shape[2] % 4:
            raise ValueError(
                f"stride {stride}: scores {score.shape} and distances {distance.shape}, but an input of "
                f"{width}x{height} gives {points} points: the card's input size, strides or outputs do not fit"
            )
    found = []
    for image in range(scores[0].shape[0]):
        levels = [
            _interpret_level(score[image], distance[image], width // stride, stride, score_threshold)
            for score, distance, stride in zip(scores, distances, strides, strict=True)
        ]
        merged = Candidates(
            *(np.concatenate(part) for part in zip(*(level[:3] for level in levels), strict=True))
        )
        found.append(suppress(merged.select(best_first(merged.scores)).without_collapsed(), iou))
    return found


def _interpret_level(
    scores: NDArray[np.float32],
    distances: NDArray[np.float32],
    columns: int,
    stride: int,
    score_threshold: float,
) -> Candidates:
    class_ids = scores.argmax(axis=1)
    best = scores[np.arange(len(scores)), class_ids]
    # Written so that a NaN survives: it must reach the contract, which names it.
    chosen = np.flatnonzero(~(best < score_threshold))
    sides = _expected(distances[chosen]) * np.float32(stride)
    y, x = np.divmod(chosen, columns)
    centre = (np.stack([x, y], axis=1).astype(np.float32) + np.float32(0.5)) * np.float32(stride)
    xyxy = np.concatenate([centre - sides[:, :2], centre + sides[:, 2:]], axis=1)
    return Candidates(xyxy, best[chosen], class_ids[chosen])


def _expected(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of the distribution of each side: (k, 4 × bins) logits to (k, 4), in units of the stride."""
    bins = logits.shape[1] // 4
    grouped = logits.reshape(-1, 4, bins)
    weights = np.exp(grouped - grouped.max(axis=2, keepdims=True))
    steps = np.arange(bins, dtype=np.float32)
    expected: NDArray[np.float32] = (weights @ steps) / weights.sum(axis=2)
    return expected
