"""Non-maximum suppression within each class.

OpenCV's batched suppression is used: on 30, 300 and 3000 candidates it took 9, 88 and 4560 µs on one
thread where a vectorised numpy version (pairwise IoU, iterated to its fixpoint) took 33, 740 and 62370.
Both keep the same boxes.
"""

from __future__ import annotations

import cv2
import numpy as np

from siseon.models.outputs.candidates import Candidates


def suppress(candidates: Candidates, iou: float) -> Candidates:
    """Keep the best of the boxes of one class that overlap by more than ``iou``, best score first.

    Boxes of different classes never suppress each other. ``iou`` in (0, 1]. Candidates that hold a NaN or an
    infinity come back whole: OpenCV would drop them in silence, the contract behind names them.
    """
    if len(candidates.scores) == 0 or not candidates.finite:
        return candidates
    # OpenCV wants x, y, width, height in float64 and 32-bit class ids.
    rectangles = candidates.xyxy.astype(np.float64)
    rectangles[:, 2:] -= rectangles[:, :2]
    class_ids = candidates.class_ids.astype(np.int32)
    # Its stubs ask for Python sequences; it takes arrays without a copy per element.
    kept = cv2.dnn.NMSBoxesBatched(rectangles, candidates.scores, class_ids, -1.0, iou)  # type: ignore[arg-type]
    return candidates.select(np.asarray(kept, dtype=np.int64).reshape(-1))
