"""Decode the boxes-and-logits family: RT-DETR, D-FINE, RF-DETR, DETR exports.

A fixed set of queries each gives logits over the classes and a box (cx, cy, w, h) as a share of the input.
No suppression is needed: the networks are trained to answer each object once. Two ways of scoring are in
use: independent sigmoids, where one query may stand for several classes (RT-DETR, D-FINE, RF-DETR), and a
softmax whose last class means "nothing here" (the first DETR).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.models.outputs.candidates import Candidates, best_first
from siseon.models.outputs.classify import Activation, probabilities

MAX_DETECTIONS = 300
"""Answers kept per image: the number of queries of the published networks."""


def interpret_detr(
    logits: NDArray[np.float32],
    boxes: NDArray[np.float32],
    *,
    width: int,
    height: int,
    activation: Activation = "sigmoid",
    first_class: int = 0,
    score_threshold: float,
    max_detections: int = MAX_DETECTIONS,
) -> list[Candidates]:
    """The best ``max_detections`` answers of each image of a batch.

    ``logits``: (n, queries, classes) float32, before the activation.
    ``boxes``: (n, queries, 4) float32: centre x, centre y, width, height as a share of the input, in [0, 1].
    ``width``, ``height``: of the network's input in pixels; the boxes are in that frame.
    ``first_class``: logits before it are no class of the labels (RF-DETR keeps index 0 for background).

    Raises:
        ValueError: the two arrays do not describe the same queries.
    """
    if logits.ndim != 3 or boxes.shape != (*logits.shape[:2], 4):
        raise ValueError(
            f"logits {logits.shape} and boxes {boxes.shape} do not describe the same queries: "
            "expected (n, queries, classes) and (n, queries, 4); the card may have swapped the outputs"
        )
    scores = probabilities(logits, activation)
    # The last class of a softmax means "nothing here".
    scores = scores[..., first_class:-1] if activation == "softmax" else scores[..., first_class:]
    size = np.array([width, height, width, height], dtype=np.float32)
    return [
        _interpret_one(score, box * size, score_threshold, max_detections)
        for score, box in zip(scores, boxes, strict=True)
    ]


def _interpret_one(
    scores: NDArray[np.float32], cxcywh: NDArray[np.float32], score_threshold: float, max_detections: int
) -> Candidates:
    queries, class_ids = np.nonzero(~(scores < score_threshold))
    chosen = best_first(scores[queries, class_ids], max_detections)
    queries, class_ids = queries[chosen], class_ids[chosen]
    centre, half = cxcywh[queries, :2], cxcywh[queries, 2:] * np.float32(0.5)
    xyxy = np.concatenate([centre - half, centre + half], axis=1)
    return Candidates(
        xyxy, scores[queries, class_ids].astype(np.float32), class_ids.astype(np.int64), queries
    ).without_collapsed()
