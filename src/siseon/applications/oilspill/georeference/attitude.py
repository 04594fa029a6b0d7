"""How the angles of a platform and of the camera on it make up where the camera looks.

After MISB ST 0601 (tags 5 to 7 and 18 to 20): heading clockwise from true north, pitch nose up, roll right wing down,
turned in this order; then the camera's azimuth clockwise from the nose, its elevation (down is negative) and its roll
(clockwise from behind), in this order. All angles in degrees. Axes are (3, 3) with rows right, down and forward in the
picture, and columns east, north and up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NORTH_EAST_DOWN = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
"""To east, north, up."""
STRAIGHT = 1e-6
"""A level part of the optical axis shorter than this has no direction: it looks straight down or up."""


def composed(platform: tuple[float, float, float], camera: tuple[float, float, float]) -> Floats:
    """Axes of a camera, from (heading, pitch, roll) of its platform and its own (azimuth, elevation, roll)."""
    forward, right, down = (NORTH_EAST_DOWN @ _turned(*platform) @ _turned(*camera)).T
    return np.stack([right, down, forward])


def turned_to(axes: Floats, forward: Floats) -> Floats:
    """The axes after the shortest turn that lets the optical axis point along ``forward``, (3,) and a unit vector.

    By Rodrigues' formula; the two must not be opposite.
    """
    cross = skew(skew(axes[2]) @ forward)
    turn = np.eye(3) + cross + cross @ cross / (1 + axes[2] @ forward)
    return np.asarray(axes @ turn.T)


def skew(vector: Floats) -> Floats:
    """(3, 3) whose product with another vector is their cross product."""
    x, y, z = vector
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def angles_of(axes: Floats) -> tuple[float, float, float]:
    """(azimuth, depression, roll) as of a ``Pose``; straight down, all turning is azimuth."""
    right, down, forward = axes
    level = float(np.hypot(forward[0], forward[1]))
    depression = float(np.degrees(np.arctan2(-forward[2], level)))
    if level < STRAIGHT:
        ahead = -down if forward[2] < 0 else down
        return float(np.degrees(np.arctan2(ahead[0], ahead[1]))) % 360, depression, 0.0
    azimuth = np.arctan2(forward[0], forward[1])
    flat = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0])
    roll = np.degrees(np.arctan2(right @ skew(forward) @ flat, right @ flat))
    return float(np.degrees(azimuth)) % 360, depression, float(roll)


def _turned(heading: float, pitch: float, roll: float) -> Floats:
    (ch, cp, cr), (sh, sp, sr) = (f(np.radians([heading, pitch, roll])) for f in (np.cos, np.sin))
    about_down = np.array([[ch, -sh, 0.0], [sh, ch, 0.0], [0.0, 0.0, 1.0]])
    about_right = np.array([[cp, 0.0, sp], [0.0, 1.0, 0.0], [-sp, 0.0, cp]])
    about_nose = np.array([[1.0, 0.0, 0.0], [0.0, cr, -sr], [0.0, sr, cr]])
    return np.asarray(about_down @ about_right @ about_nose)
