"""How far off a place may be: the errors of a pose carried through to the sea.

CE90 is the radius of the circle about a place that holds the true one in 90 of 100 cases (MISB ST 0601 tag 45, NATO
STANAG 2215). The carrying is linear (the law of propagation of uncertainty, JCGM 100:2008, 5.1.2), so it is too small
where a ray meets the sea at a low angle and one standard deviation of tilt changes the range by its half; the horizon
guard of ``plane`` keeps away from there.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np

from siseon.applications.oilspill.georeference.attitude import Floats, angles_of, skew
from siseon.applications.oilspill.georeference.pose import Pose
from siseon.applications.oilspill.georeference.ray import ground, metres_from

SHARE = 0.9
STEP = 0.01
"""Of a standard deviation, for slopes: small beside every curve, large beside rounding."""
CIRCLE_1D, CIRCLE_2D = 1.6449, 2.1460
"""Radii for ``SHARE`` of a normal error along one line, and of a round one, in standard deviations."""


def disturbed(pose: Pose, errors: Floats) -> Pose:
    """The pose with errors, (8,) in standard deviations of it.

    In order: position to the east, to the north, height, azimuth about the vertical, tilt about the level axis across
    the view, tilt about the level axis along it, roll about the optical axis, angles of view.
    """
    sigmas = pose.sigmas
    east, north = errors[:2] * sigmas.position_m
    across, along = errors[4:6] * sigmas.tilt
    up, azimuth = errors[2] * sigmas.height_m, errors[3] * sigmas.azimuth
    roll, fov = errors[6] * sigmas.roll, errors[7] * sigmas.fov
    right = np.array([math.cos(math.radians(pose.azimuth)), -math.sin(math.radians(pose.azimuth)), 0.0])
    ahead = np.array([-right[1], right[0], 0.0])
    axes = pose.axes()
    for axis, angle in (
        (axes[2], roll),
        (ahead, along),
        (right, across),
        (np.array([0.0, 0.0, -1.0]), azimuth),
    ):
        axes = axes @ _turn(axis, math.radians(angle)).T
    turned, depression, about = angles_of(axes)
    metres_of_degree = math.radians(1) * 6371e3
    return replace(
        pose,
        longitude=pose.longitude + east / metres_of_degree / math.cos(math.radians(pose.latitude)),
        latitude=pose.latitude + north / metres_of_degree,
        height_m=max(pose.height_m + up, 1e-3),
        azimuth=turned,
        depression=depression,
        roll=about,
        hfov=pose.hfov * (1 + fov),
        vfov=pose.vfov * (1 + fov),
    )


def ce90_m(pose: Pose, width: int, height: int, pixel: tuple[float, float]) -> float:
    """Metres of CE90 where one pixel meets the sea; NaN where it looks over the horizon.

    Args:
        pose: the camera and how sure it is.
        width: pixels of the picture across.
        height: and down.
        pixel: (x, y).
    """
    pixels = np.array([pixel])
    place = ground(pose, width, height, pixels)[0]
    moved = [
        ground(disturbed(pose, sign * STEP * error), width, height, pixels)[0]
        for error in np.eye(8)
        for sign in (1, -1)
    ]
    offsets = metres_from((float(place[0]), float(place[1])), np.array(moved))
    slopes = (offsets[::2] - offsets[1::2]) / (2 * STEP)
    if not np.isfinite(slopes).all():
        return math.nan
    small, large = np.sqrt(np.maximum(np.linalg.eigvalsh(slopes.T @ slopes), 0))
    return circle(float(large), float(small))


def circle(large: float, small: float) -> float:
    """Radius of the circle that holds ``SHARE`` of a normal error with these standard deviations along its axes."""
    if large == 0:
        return 0.0
    if small < large * 1e-4:
        return CIRCLE_1D * large
    low, high = CIRCLE_1D * large * 0.999, CIRCLE_2D * large * 1.001
    nodes, weights = _nodes()
    angles = nodes * math.pi / 2
    for _ in range(40):
        radius = (low + high) / 2
        # Strips of the circle across its long axis; x = radius sin(angle) takes the corners out of the integral.
        x, half = radius * np.sin(angles), radius * np.cos(angles)
        inside = np.array([math.erf(y / small / math.sqrt(2)) for y in half])
        density = np.exp(-((x / large) ** 2) / 2) / (large * math.sqrt(2 * math.pi))
        held = float((weights * math.pi / 2 * density * inside * half).sum())
        low, high = (low, radius) if held > SHARE else (radius, high)
    return (low + high) / 2


@cache
def _nodes() -> tuple[Floats, Floats]:
    """Of the integral, with their weights."""
    return np.polynomial.legendre.leggauss(64)


def _turn(axis: Floats, angle: float) -> Floats:
    """(3, 3) rotation by radians, counter-clockwise as seen from the axis' tip."""
    cross = skew(axis)
    return np.asarray(np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross)
