"""Read the answer of a two-stage network (Faster and Mask R-CNN): boxes, classes and scores that are final.

The export holds proposals, suppression and the limit of answers itself. It takes one image a call: its outputs have
no batch axis, (k, 4) boxes, (k,) classes, (k,) scores. "Mask R-CNN" (He et al., arXiv 1703.06870).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.models.outputs.candidates import Candidates, best_first


def interpret_maskrcnn(
    boxes: NDArray[np.float32],
    classes: NDArray[np.int64],
    scores: NDArray[np.float32],
    *,
    first_class: int = 1,
    score_threshold: float,
) -> Candidates:
    """The answers of one image of at least ``score_threshold``, best first; ``rows`` are the answers' own.

    ``boxes``: (k, 4) float32, corners in pixels of the network's input.
    ``classes``: (k,) int64; those before ``first_class`` are background and left out.
    ``scores``: (k,) float32 in [0, 1].

    Raises:
        ValueError: the three arrays do not describe the same answers.
    """
    count = len(scores)
    if boxes.shape != (count, 4) or classes.shape != (count,) or scores.shape != (count,):
        raise ValueError(
            f"boxes {boxes.shape}, classes {classes.shape} and scores {scores.shape} do not describe the same "
            "answers: expected (k, 4), (k,) and (k,); the card may have swapped the outputs"
        )
    # Written so that a NaN survives: it must reach the contract, which names it.
    rows = np.flatnonzero(~(scores < score_threshold) & (classes >= first_class))
    rows = rows[best_first(scores[rows])]
    return Candidates(boxes[rows], scores[rows], classes[rows] - first_class, rows).without_collapsed()
