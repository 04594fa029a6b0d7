"""The plane of a dial and its picture: where points of one lie in the other.

In the dial's plane the middle is (0, 0) and the rim the unit circle; x goes right, y down. Angles are degrees
clockwise from the top. Points of the picture are pixels, from the outer corner of its first pixel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import ContractViolation

Floats = NDArray[np.floating]

PERSPECTIVE = 0.1
"""How strong a perspective is to be expected: the change of scale from the middle to the rim."""
MOST_PERSPECTIVE = 0.5
"""The same from which the middle is not that of the rim: a camera would stand within a diameter of the dial."""
SKEW = 1.0
"""Radii by which a dial that is turned away is expected to be squeezed askew at most: four points above, below, left
and right of the middle do not tell, and a click beside one of them would."""
LITTLE_SKEW = 0.3
"""The same of a first guess."""
CLICK = 0.01
"""Radii by which a point that somebody clicked on is off, as expected."""
OFF_THE_RIM = 0.06
"""Radii by which a rim point may be off the ellipse."""
STEPS = 25


def on_circle(angle: float, radius: float) -> tuple[float, float]:
    """The point at an angle."""
    return float(radius * np.sin(np.radians(angle))), float(-radius * np.cos(np.radians(angle)))


def angles_of(points: Floats) -> NDArray[np.float64]:
    """(N,) degrees in [0, 360) of (N, 2) points of the dial's plane."""
    return np.asarray(np.degrees(np.arctan2(points[:, 0], -points[:, 1])) % 360)


def homography(middle: Floats, linear: Floats, perspective: Floats) -> NDArray[np.float64]:
    """(3, 3) from the dial's plane to the picture: ``middle + linear @ u / (1 + perspective · u)``."""
    matrix = np.eye(3)
    matrix[:2, :2] = linear + np.outer(middle, perspective)
    matrix[:2, 2], matrix[2, :2] = middle, perspective
    return matrix


def project(matrix: Floats, points: Floats) -> NDArray[np.float64]:
    """(N, 2) points through a homography."""
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def fit_plane(middle: Floats, rim: Floats) -> NDArray[np.float64]:
    """The (3, 3) homography from the dial's plane to the picture, by its middle and at least four points on its rim.

    Five unknowns are fitted by Gauss–Newton: what makes the rim the unit circle (the linear part is symmetric: how the
    dial is turned is left to its scale), and a perspective that is expected to be slight, which four points leave open,
    as they may leave how it is squeezed askew.

    Raises:
        ContractViolation: the points do not lie on an ellipse around the middle.
    """
    offsets = rim - middle
    square = np.stack([offsets[:, 0] ** 2, 2 * offsets[:, 0] * offsets[:, 1], offsets[:, 1] ** 2], axis=1)
    expected = np.array([0.0, (offsets**2).sum(axis=1).mean() * CLICK / LITTLE_SKEW, 0.0])
    known = np.concatenate([np.ones(len(rim)), [0.0]])
    a, b, c = np.linalg.lstsq(np.vstack([square, expected]), known, rcond=None)[0]
    values, vectors = np.linalg.eigh(np.array([[a, b], [b, c]]))
    if values.min() <= 0:
        raise ContractViolation("the rim points do not lie around the middle of the dial")
    start = vectors @ np.diag(values**-0.5) @ vectors.T
    unknowns = np.array([start[0, 0], start[0, 1], start[1, 1], 0.0, 0.0])
    size = np.array([start.trace(), start.trace(), start.trace(), 1.0, 1.0])

    def residuals(x: Floats) -> NDArray[np.float64]:
        radii = np.linalg.norm(project(np.linalg.inv(_matrix(middle, x)), rim), axis=1)
        return np.concatenate([(radii - 1) / CLICK, [2 * x[1] / start.trace() / SKEW], x[3:] / PERSPECTIVE])

    for _ in range(STEPS):
        now = residuals(unknowns)
        moved = [residuals(unknowns + 1e-6 * change) for change in np.diag(size)]
        slopes = (np.stack(moved, axis=1) - now[:, None]) / (1e-6 * size)
        step = np.linalg.lstsq(slopes, -now, rcond=None)[0]
        unknowns = unknowns + step
        if np.abs(step / size).max() < 1e-9:
            break
    off = np.abs(residuals(unknowns)[: len(rim)]).max() * CLICK
    if not np.isfinite(off) or off > OFF_THE_RIM:
        raise ContractViolation(
            f"a rim point is {off:.0%} of the radius off the ellipse of the others",
            hint="click on one circle of the dial: its rim, or the arc of its scale",
        )
    if np.linalg.norm(unknowns[3:]) > MOST_PERSPECTIVE:
        raise ContractViolation("the rim points do not lie around the middle of the dial")
    return _matrix(middle, unknowns)


def tilt_of(matrix: Floats) -> float:
    """Degrees by which a dial is turned away from the camera: 0 seen from the front."""
    linear = matrix[:2, :2] - np.outer(matrix[:2, 2], matrix[2, :2])
    values = np.linalg.svd(linear, compute_uv=False)
    return float(np.degrees(np.arccos(min(1.0, values[1] / values[0]))))


def radius_of(matrix: Floats) -> float:
    """Pixels from the middle to the rim, the mean of all directions."""
    linear = matrix[:2, :2] - np.outer(matrix[:2, 2], matrix[2, :2])
    return float(np.sqrt(abs(np.linalg.det(linear))))


def _matrix(middle: Floats, unknowns: Floats) -> NDArray[np.float64]:
    a, b, c, p, q = unknowns
    return homography(middle, np.array([[a, b], [b, c]]), np.array([p, q]))
