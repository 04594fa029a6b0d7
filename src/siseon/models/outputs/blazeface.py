"""Decode the two maps of BlazeFace's back-camera network: "BlazeFace: Sub-millisecond Neural Face Detection on Mobile
GPUs" (Bazarevsky et al., arXiv 1907.05047).

Each cell of a grid has several anchors; each anchor says by a logit how likely a face is there, where its centre lies
from the cell's own, and how large it is, in pixels of the network's input. The six points behind are not used.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.models.outputs.candidates import Candidates, best_first
from siseon.models.outputs.nms import suppress

GRIDS = ((16, 2), (8, 6))
"""Cells a side and anchors a cell of each map, in the card's order."""
VALUES = 16
"""Of an anchor: centre x and y, width, height, six points."""


def interpret_blazeface(
    scores: Sequence[NDArray[np.float32]],
    boxes: Sequence[NDArray[np.float32]],
    *,
    side: int,
    score_threshold: float,
    iou: float,
) -> list[Candidates]:
    """Faces of each image of a batch after suppression, all of class 0, in pixels of the network's input.

    ``scores``: per grid (n, cells × anchors, 1) float32 logits; ``boxes``: per grid (n, cells × anchors, 16) float32.
    ``side``: width and height of the input in pixels.

    Raises:
        ValueError: the outputs are not those of the two grids.
    """
    if not len(scores) == len(boxes) == len(GRIDS):
        raise ValueError(f"{len(scores)} score and {len(boxes)} box outputs: BlazeFace has two of each")
    for score, box, (cells, anchors) in zip(scores, boxes, GRIDS, strict=True):
        count = cells * cells * anchors
        if score.shape[1:] != (count, 1) or box.shape[1:] != (count, VALUES):
            raise ValueError(
                f"scores {score.shape} and boxes {box.shape}, but a grid of {cells} × {cells} with {anchors} anchors a "
                f"cell gives (n, {count}, 1) and (n, {count}, {VALUES}): the card's outputs do not fit"
            )
    logits = np.concatenate(scores, axis=1)[..., 0]
    shapes = np.concatenate(boxes, axis=1)[..., :4]
    centres = np.concatenate([_centres(cells, anchors) for cells, anchors in GRIDS]) * np.float32(side)
    return [
        suppress(_interpret(row, shape, centres, score_threshold), iou)
        for row, shape in zip(logits, shapes, strict=True)
    ]


def _interpret(
    logits: NDArray[np.float32],
    shapes: NDArray[np.float32],
    centres: NDArray[np.float32],
    score_threshold: float,
) -> Candidates:
    scores = np.float32(1) / (np.float32(1) + np.exp(-np.clip(logits, -80, 80)))
    # Written so that a NaN survives: it must reach the contract, which names it.
    chosen = np.flatnonzero(~(scores < score_threshold))
    chosen = chosen[best_first(scores[chosen])]
    centre, half = centres[chosen] + shapes[chosen, :2], shapes[chosen, 2:] / np.float32(2)
    xyxy = np.concatenate([centre - half, centre + half], axis=1)
    return Candidates(xyxy, scores[chosen], np.zeros(len(chosen), np.int64)).without_collapsed()


def _centres(cells: int, anchors: int) -> NDArray[np.float32]:
    """(cells × cells × anchors, 2) float32: x, y of the cell's centre as a share of the input, row by row."""
    rows, columns = np.mgrid[0:cells, 0:cells]
    points = (np.stack([columns.ravel(), rows.ravel()], axis=1) + 0.5) / cells
    return np.repeat(points, anchors, axis=0).astype(np.float32)
