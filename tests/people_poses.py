"""Joints of somebody who stands, sits or reaches, drawn by hand: for tests of what is told from them.

Pixels; a body 200 tall has a trunk of 58, which is the unit. Feet stand at y = 300.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.contracts import KeyPoint, Pose

STANDING = {
    "nose": (8, -185), "left_eye": (6, -188), "right_eye": (6, -188), "left_ear": (0, -187), "right_ear": (0, -187),
    "left_shoulder": (-2, -164), "right_shoulder": (2, -164), "left_elbow": (-2, -127), "right_elbow": (2, -127),
    "left_wrist": (-2, -98), "right_wrist": (2, -98), "left_hip": (-2, -106), "right_hip": (2, -106),
    "left_knee": (-2, -57), "right_knee": (2, -57), "left_ankle": (-2, -8), "right_ankle": (2, -8),
}  # fmt: skip
"""From the side, looking to the right; from the point between the feet."""
SITTING = STANDING | {
    **{name: (x, y + 49) for name, (x, y) in STANDING.items() if "knee" not in name and "ankle" not in name},
    "left_knee": (45, -57), "right_knee": (49, -57), "left_ankle": (45, -8), "right_ankle": (49, -8),
}  # fmt: skip
BENT = STANDING | {
    "nose": (80, -98), "left_eye": (83, -100), "right_eye": (83, -100), "left_ear": (82, -106), "right_ear": (82, -106),
    "left_shoulder": (56, -104), "right_shoulder": (58, -108), "left_elbow": (56, -67), "right_elbow": (58, -71),
    "left_wrist": (56, -38), "right_wrist": (58, -42),
}  # fmt: skip
LYING = {name: (-y - 90, x - 12) for name, (x, y) in STANDING.items()}
REACHING = STANDING | {"right_elbow": (39, -164), "right_wrist": (68, -164)}


def points(
    places: dict[str, tuple[float, float]], *, x: float = 0.0, y: float = 300.0, without: str | None = None
) -> NDArray[np.float64]:
    """(17, 3); joints whose names hold ``without`` are not seen."""
    made = [[px + x, py + y, 0.9] for px, py in places.values()]
    found = np.array(made)
    if without is not None:
        found[[without in name for name in places], 2] = 0.1
    return found


def pose(t_ms: int, found: NDArray[np.float64]) -> Pose:
    return Pose(t_ms=t_ms, points=tuple(KeyPoint(*(float(value) for value in point)) for point in found))
