"""Decode the anchor-free head without objectness that YOLOv8, YOLOv9, YOLO11 and their like export.

One output (n, 4 + classes [+ mask coefficients], points): centre x, centre y, width, height in pixels of the
network's input, then a score of each class that is a sigmoid already, then the weights of the mask prototypes where
the network segments. Laid out the other way round than YOLOX's, points last. The decoder is written from that layout;
the published weights of Ultralytics are AGPL-3.0: a user brings them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.models.outputs.candidates import Candidates, best_first
from siseon.models.outputs.nms import suppress

STRIDES = (8, 16, 32)
"""Pixels between anchor points on each level of the published networks."""

BOX = 4
"""Rows of an output before the scores of the classes."""


def interpret_yolov8(
    output: NDArray[np.float32],
    *,
    width: int,
    height: int,
    strides: Sequence[int] = STRIDES,
    coefficients: int = 0,
    score_threshold: float,
    iou: float,
) -> list[Candidates]:
    """Boxes of each image of a batch after class-wise suppression; ``rows`` are anchor points.

    ``output``: (n, 4 + classes + coefficients, points) float32: cx, cy, w, h in pixels, class scores, weights.
    ``width``, ``height``: of the network's input in pixels; the boxes are in that frame.
    ``coefficients``: weights of mask prototypes behind the classes.
    ``score_threshold``: least class score that is kept; ``iou``: see ``suppress``.

    Raises:
        ValueError: the number of points does not belong to that input size and those strides.
    """
    points = sum((width // stride) * (height // stride) for stride in strides)
    if output.ndim != 3 or output.shape[2] != points or output.shape[1] <= BOX + coefficients:
        raise ValueError(
            f"output has shape {output.shape}, but a {width}x{height} input with strides {tuple(strides)} and "
            f"{coefficients} mask coefficients gives (n, 4 + classes + {coefficients}, {points}): the card's input "
            "size or strides do not fit the weights"
        )
    classes = output.shape[1] - BOX - coefficients
    return [
        suppress(_interpret_one(image[:BOX], image[BOX : BOX + classes], score_threshold), iou)
        for image in output
    ]


def _interpret_one(
    cxcywh: NDArray[np.float32], scores: NDArray[np.float32], score_threshold: float
) -> Candidates:
    # Written so that a NaN survives: it must reach the contract, which names it.
    class_ids, points = np.nonzero(~(scores < score_threshold))
    best = best_first(scores[class_ids, points])
    class_ids, points = class_ids[best], points[best]
    centre, half = cxcywh[:2, points].T, cxcywh[2:, points].T * np.float32(0.5)
    xyxy = np.concatenate([centre - half, centre + half], axis=1)
    return Candidates(xyxy, scores[class_ids, points], class_ids, points).without_collapsed()
