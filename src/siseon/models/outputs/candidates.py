"""What every detection decoder returns: raw candidates, before any contract is checked.

It is apart from the decoders because all of them, and non-maximum suppression, speak it. The arrays are
what the network said, in pixels of the network's input; clamping, frames and label checks happen where
``Detections`` are built from them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_CANDIDATES = 3000
"""Best-scored candidates of one image that reach suppression: 3000 cost 5 ms, more is a broken threshold."""


class Candidates(NamedTuple):
    """Boxes that a network proposes for one image, best score first.

    ``xyxy``: (n, 4) float32, corners in pixels of the network's input.
    ``scores``: (n,) float32 in [0, 1].
    ``class_ids``: (n,) int64, index into the model's labels.
    ``rows``: (n,) int64, the row of the network's output (anchor point, query) that each came from, by which its
    mask is found; None from the decoders of families that have no masks.
    """

    xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    rows: NDArray[np.int64] | None = None

    @property
    def finite(self) -> bool:
        """Whether no coordinate and no score is NaN or infinite."""
        return bool(np.isfinite(self.xyxy).all() and np.isfinite(self.scores).all())

    def without_collapsed(self) -> Candidates:
        """Leave out boxes whose width or height is so small that float32 rounds it to exactly nothing."""
        extent = self.xyxy[:, 2:] - self.xyxy[:, :2]
        return self if extent.all() else self.select(np.flatnonzero(extent.all(axis=1)))

    def select(self, index: NDArray[np.int64]) -> Candidates:
        """The candidates at ``index`` ((k,) int64), in that order."""
        rows = None if self.rows is None else self.rows[index]
        return Candidates(self.xyxy[index], self.scores[index], self.class_ids[index], rows)


def best_first(scores: NDArray[np.float32], limit: int = MAX_CANDIDATES) -> NDArray[np.int64]:
    """Indices of the ``limit`` highest of ``scores`` (n,), in descending order; ties keep their order."""
    return np.argsort(-scores, kind="stable")[:limit].astype(np.int64, copy=False)
