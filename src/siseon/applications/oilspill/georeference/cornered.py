"""The view of a camera whose picture's corners are known on the ground, as packets of MISB ST 0601 tell them.

The rays to the four corners of a picture are alike in length where they meet its plane, so their sum is the optical
axis and their differences are its sides: heading, tilt, roll and angles of view follow in closed form.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from siseon.applications.oilspill.georeference.attitude import Floats, angles_of
from siseon.applications.oilspill.georeference.known import Known, Unknown
from siseon.applications.oilspill.georeference.pose import Pose
from siseon.applications.oilspill.georeference.ray import direction_to, directions, metres_from
from siseon.applications.oilspill.position.refusing import CORNERS

AGREE = 3.0
"""Standard deviations within which what is known twice must agree."""
SKEWED = 0.05
"""Of half the picture's diagonal: by so much its corners may be off those of a picture; of a swapped pair they are off
by more than half of it."""
ROUNDED_M = 0.13
"""By which a corner that is stated by its offset is rounded."""
SIDES = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
"""Right and down, of the corners in their order."""


def corners_of(known: Known) -> Floats | None:
    """(4, 2) longitudes and latitudes, from the picture's top left, clockwise as seen; None: they are not known."""
    places = [known.pair(longitude, latitude) for latitude, longitude in CORNERS]
    return np.array(places) if None not in places else None


def seen_by(pose: Pose, corners: Floats, up: float) -> Pose:
    """The pose, turned and zoomed so that its picture has these corners.

    Args:
        pose: where the camera is.
        corners: (4, 2), as of ``corners_of``.
        up: metres above the sea of the ground that they lie on.

    Raises:
        Unknown: no picture that is taken from there has them.
    """
    rays = _rays(pose, corners, up)
    forward = _unit(rays.sum(axis=0))
    across, down = (_unit((SIDES[:, [at]] * rays).sum(axis=0)) for at in (0, 1))
    right = _unit(across + np.cross(down, forward))
    right = _unit(right - right @ forward * forward)
    axes = np.stack([right, np.cross(forward, right), forward])
    depth = rays @ forward
    if depth.min() <= 0:
        raise Unknown("the picture's corners lie on all sides of the camera")
    slopes = rays @ axes[:2].T / depth[:, None]
    halves = np.abs(slopes).mean(axis=0)
    if not halves.min() > 0:
        raise Unknown("the picture's corners on the ground lie in one line, or are one point")
    if (off := float(np.abs(slopes - SIDES * halves).max() / np.hypot(*halves))) > SKEWED:
        raise Unknown(f"its corners on the ground are {off:.0%} off those of a picture taken from the camera")
    azimuth, depression, roll = angles_of(axes)
    hfov, vfov = (2 * math.degrees(math.atan(half)) for half in halves)
    widths = np.linalg.norm(metres_from((corners[0, 0], corners[0, 1]), corners[[1, 3]]), axis=1)
    rounded = ROUNDED_M / max(float(widths.min()), ROUNDED_M)
    sigmas = replace(pose.sigmas, fov=math.hypot(pose.sigmas.fov, rounded))
    return replace(
        pose, sigmas=sigmas, azimuth=azimuth, depression=depression, roll=roll, hfov=hfov, vfov=vfov
    )


def agreeing(pose: Pose, corners: Floats, up: float, width: int, height: int) -> None:
    """Check that the corners of a picture of that size lie where a pose by the angles sees them.

    Raises:
        Unknown: they differ by more than both may be off.
    """
    pixels = (SIDES + 1) / 2 * [width, height]
    rays, seen = _rays(pose, corners, up), directions(pose, width, height, pixels)
    off = float(np.degrees(2 * np.arcsin(np.minimum(np.linalg.norm(rays - seen, axis=1) / 2, 1))).max())
    half = math.degrees(math.atan(math.hypot(*np.tan(np.radians([pose.hfov / 2, pose.vfov / 2])))))
    sigmas = pose.sigmas
    about = half * math.hypot(sigmas.fov, math.radians(sigmas.roll))
    near = float(np.linalg.norm(metres_from((pose.longitude, pose.latitude), corners), axis=1).min())
    moved = math.hypot(sigmas.position_m, sigmas.height_m) / math.hypot(near, pose.height_m)
    if off > AGREE * math.hypot(sigmas.azimuth, sigmas.tilt, about, math.degrees(moved)):
        raise Unknown(
            f"its corners on the ground lie up to {off:.1f}° off where the camera's angles see them"
        )


def _rays(pose: Pose, corners: Floats, up: float) -> Floats:
    return np.stack([direction_to(pose, (float(east), float(north)), up) for east, north in corners])


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12))
