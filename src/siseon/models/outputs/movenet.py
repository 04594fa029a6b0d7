"""Decode MoveNet SinglePose: seventeen points of one body, in COCO's order (Google, "Next-Generation Pose Detection
with MoveNet and TensorFlow.js", 2021).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

POINTS = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
"""Names of the points, in the output's order; left and right are the person's own."""


def interpret_movenet(output: NDArray[np.float32], *, width: int, height: int) -> NDArray[np.float32]:
    """(n, 17, 3) float32: x, y in pixels of the network's input, and the score of each point, of one body an image.

    ``output``: (n, 1, 17, 3) float32: y and x as shares of the input, score.

    Raises:
        ValueError: another shape, or what is no number.
    """
    if output.ndim != 4 or output.shape[1:] != (1, len(POINTS), 3):
        raise ValueError(
            f"output has shape {output.shape}, MoveNet SinglePose gives (n, 1, {len(POINTS)}, 3)"
        )
    if not np.isfinite(output).all():
        raise ValueError("points are not finite: the weights are damaged or overflow")
    y, x, score = np.moveaxis(output[:, 0], 2, 0)
    return np.stack([x * width, y * height, np.clip(score, 0, 1)], axis=2).astype(np.float32)
