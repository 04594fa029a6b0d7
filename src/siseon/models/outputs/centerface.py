"""Decode the output of CenterFace, which finds faces as points: "CenterFace: Joint Face Detection and Alignment
Using Face as Point" (Xu et al., arXiv 1911.03599).

Each cell of a map at a quarter of the input says how likely a face has its centre there, where in the cell, and how
large the face is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.models.outputs.candidates import Candidates, best_first
from siseon.models.outputs.nms import suppress

STRIDE = 4
"""Pixels of the input a cell."""


def interpret_centerface(
    heatmap: NDArray[np.float32],
    scales: NDArray[np.float32],
    offsets: NDArray[np.float32],
    *,
    score_threshold: float,
    iou: float,
) -> list[Candidates]:
    """Faces of each image of a batch after suppression, all of class 0, in pixels of the network's input.

    ``heatmap``: (n, 1, rows, columns) float32, already sigmoid.
    ``scales``: (n, 2, rows, columns) float32, logarithms of height and width in strides.
    ``offsets``: (n, 2, rows, columns) float32, of the centre from the cell's own, down and right, in strides.

    Raises:
        ValueError: the outputs do not belong together.
    """
    count, _, rows, columns = heatmap.shape if heatmap.ndim == 4 else (0, 0, 0, 0)
    pair = (count, 2, rows, columns)
    if heatmap.shape != (count, 1, rows, columns) or scales.shape != pair or offsets.shape != pair:
        raise ValueError(
            f"heatmap {heatmap.shape}, scales {scales.shape} and offsets {offsets.shape} are not "
            "(n, 1, rows, columns) and twice (n, 2, rows, columns): the card's outputs do not fit"
        )
    return [
        suppress(_interpret(heatmap[index, 0], scales[index], offsets[index], score_threshold), iou)
        for index in range(count)
    ]


def _interpret(
    heatmap: NDArray[np.float32],
    scales: NDArray[np.float32],
    offsets: NDArray[np.float32],
    score_threshold: float,
) -> Candidates:
    # Written so that a NaN survives: it must reach the contract, which names it.
    cells = np.stack(np.nonzero(~(heatmap < score_threshold)))
    scores = heatmap[cells[0], cells[1]]
    best = best_first(scores)
    cells, scores = cells[:, best], scores[best]
    centre = cells + offsets[:, cells[0], cells[1]] + np.float32(0.5)
    half = np.exp(scales[:, cells[0], cells[1]]) / 2
    (top, left), (bottom, right) = (centre - half) * STRIDE, (centre + half) * STRIDE
    xyxy = np.stack([left, top, right, bottom], axis=1).astype(np.float32)
    return Candidates(xyxy, scores, np.zeros(len(scores), np.int64)).without_collapsed()
