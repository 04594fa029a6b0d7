"""Decode the output of YOLOX networks of any size (nano to x, any input that is a multiple of the strides).

The exports carry undecoded boxes: for each anchor point an offset from its grid cell and the logarithm of
the size, both in units of the stride, then objectness and class scores that are already sigmoids.
Described in "YOLOX: Exceeding YOLO Series in 2021" (Ge et al., arXiv 2107.08430), section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from siseon.models.outputs.candidates import Candidates, best_first
from siseon.models.outputs.nms import suppress

STRIDES = (8, 16, 32)
"""Pixels between anchor points on each level of the published networks."""


def interpret_yolox(
    output: NDArray[np.float32],
    *,
    width: int,
    height: int,
    strides: Sequence[int] = STRIDES,
    decoded: bool = False,
    score_threshold: float,
    iou: float,
) -> list[Candidates]:
    """Boxes of each image of a batch after class-wise suppression.

    ``output``: (n, points, 5 + classes) float32: cx, cy, w, h, objectness, class scores.
    ``decoded``: the export applied the grid itself, so that cx, cy, w, h are pixels already.
    ``width``, ``height``: of the network's input in pixels; the boxes are in that frame.
    ``score_threshold``: least objectness × class score that is kept; ``iou``: see ``suppress``.

    Raises:
        ValueError: the number of points does not belong to that input size and those strides.
    """
    points, steps = _anchor_points(width, height, tuple(strides))
    if output.ndim != 3 or output.shape[1] != len(points) or output.shape[2] < 6:
        raise ValueError(
            f"output has shape {output.shape}, but a {width}x{height} input with strides {tuple(strides)} "
            f"gives (n, {len(points)}, 5 + classes): the card's input size or strides do not fit the weights"
        )
    return [suppress(_interpret_one(image, points, steps, decoded, score_threshold), iou) for image in output]


def _interpret_one(
    rows: NDArray[np.float32],
    points: NDArray[np.float32],
    steps: NDArray[np.float32],
    decoded: bool,
    score_threshold: float,
) -> Candidates:
    # Class scores are at most 1, so objectness alone rules out nearly all of the points, cheaply.
    # Written so that a NaN survives: it must reach the contract, which names it.
    likely = np.flatnonzero(~(rows[:, 4] < score_threshold))
    per_class = rows[likely, 4:5] * rows[likely, 5:]
    chosen, class_ids = np.nonzero(~(per_class < score_threshold))
    scores = per_class[chosen, class_ids]
    order = best_first(scores)
    chosen, class_ids, scores = likely[chosen[order]], class_ids[order], scores[order]
    centre, half = rows[chosen, 0:2], rows[chosen, 2:4]
    if not decoded:
        centre, half = (centre + points[chosen]) * steps[chosen], np.exp(half) * steps[chosen]
    half = half * np.float32(0.5)
    xyxy = np.concatenate([centre - half, centre + half], axis=1)
    return Candidates(xyxy, scores, class_ids).without_collapsed()


@lru_cache(maxsize=16)
def _anchor_points(
    width: int, height: int, strides: tuple[int, ...]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Grid cell (points, 2) as x, y and stride (points, 1) of every row of the output, level by level."""
    cells, steps = [], []
    for stride in strides:
        rows, columns = np.mgrid[0 : height // stride, 0 : width // stride]
        cells.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
        steps.append(np.full((rows.size, 1), stride))
    points = np.concatenate(cells).astype(np.float32)
    step = np.concatenate(steps).astype(np.float32)
    points.setflags(write=False)
    step.setflags(write=False)
    return points, step
