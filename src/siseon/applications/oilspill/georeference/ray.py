"""Where pixels look at the sea, and where places of the sea are in the picture.

Exact on the ellipsoid of WGS 84 (its two constants below: NIMA TR8350.2), so the earth's curve is in it. The sea's
surface is the ellipsoid, lifted to mean sea level: a pose's height counts from the sea, and that the lifted surface is
a hundred metres wider at most is 16 millionths of a distance. Light goes straight: refraction, which lifts what lies
near the horizon by about a seventh of the earth's curve, is left to the guard of ``plane``.

Pixels are (x, y) from the outer corner of the first one; places are (longitude, latitude) in degrees. Directions are
unit vectors (east, north, up) at the camera.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.georeference.pose import Pose

Floats = NDArray[np.float64]

AXIS_M = 6378137.0
FLATTENING = 1 / 298.257223563
SQUARED_ECCENTRICITY = FLATTENING * (2 - FLATTENING)
HALF_AXES_M = np.array([AXIS_M, AXIS_M, AXIS_M * (1 - FLATTENING)])


def directions(pose: Pose, width: int, height: int, pixels: Floats) -> Floats:
    """(N, 3) directions in which (N, 2) pixels of a picture of that size look, without the lens's distortion."""
    across = np.tan(np.radians(pose.hfov / 2)) * (pixels[:, 0] / width * 2 - 1)
    down = np.tan(np.radians(pose.vfov / 2)) * (pixels[:, 1] / height * 2 - 1)
    rays = np.stack([across, down, np.ones(len(pixels))], axis=1) @ pose.axes()
    return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True))


def below_horizon(pose: Pose, rays: Floats) -> Floats:
    """(N,) degrees by which directions point below the sea's horizon, which lies below level by its dip."""
    dip = np.degrees(np.arccos(AXIS_M / (AXIS_M + pose.height_m)))
    return np.asarray(np.degrees(np.arcsin(np.clip(-rays[:, 2], -1, 1))) - dip)


def ground(pose: Pose, width: int, height: int, pixels: Floats) -> Floats:
    """(N, 2) places of the sea that (N, 2) pixels show; NaN for those that look over the horizon."""
    camera, to_earth = _camera(pose)
    origin = camera / HALF_AXES_M
    rays = directions(pose, width, height, pixels) @ to_earth / HALF_AXES_M
    # The ellipsoid as a unit ball: the nearer root of a t² + 2 b t + c, in the form that does not cancel.
    a, b, c = (rays**2).sum(axis=1), rays @ origin, float(origin @ origin) - 1
    inside = b**2 - a * c
    hit = (b < 0) & (inside >= 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.where(hit, c / (-b + np.sqrt(np.where(hit, inside, np.nan))), np.nan)
    return _places((origin + rays * far[:, None]) * HALF_AXES_M)


def seen(pose: Pose, width: int, height: int, places: Floats) -> Floats:
    """(N, 2) pixels where (N, 2) places of the sea are, also beyond the picture's edges.

    NaN for what lies behind the camera or the horizon.
    """
    camera, to_earth = _camera(pose)
    points = _points(places)
    x, y, z = ((points - camera) @ to_earth.T @ pose.axes().T).T
    # The surface there faces the camera: its normal is the gradient of the ellipsoid's equation.
    faces = (points / HALF_AXES_M**2 * (camera - points)).sum(axis=1) > 0
    depth = np.where((z > 0) & faces, z, np.nan)
    across = x / depth / np.tan(np.radians(pose.hfov / 2))
    down = y / depth / np.tan(np.radians(pose.vfov / 2))
    return np.stack([(across + 1) / 2 * width, (down + 1) / 2 * height], axis=1)


def direction_to(pose: Pose, place: tuple[float, float], up_m: float = 0.0) -> Floats:
    """(3,) the direction from the camera to what lies ``up_m`` above the sea at a (longitude, latitude)."""
    camera, to_earth = _camera(pose)
    target = _points(np.array([place]))[0] + _to_earth(*place)[2] * up_m
    ray = to_earth @ (target - camera)
    return np.asarray(ray / np.linalg.norm(ray))


def metres_from(place: tuple[float, float], places: Floats) -> Floats:
    """(N, 2) metres east and north of a (longitude, latitude), in its tangent plane: for neighbours of it."""
    to_earth = _to_earth(*place)
    return np.asarray(((_points(places) - _points(np.array([place]))) @ to_earth.T)[:, :2])


def _camera(pose: Pose) -> tuple[Floats, Floats]:
    """(3,) metres from the earth's middle, and (3, 3) whose rows are east, north and up there."""
    to_earth = _to_earth(pose.longitude, pose.latitude)
    foot = _points(np.array([[pose.longitude, pose.latitude]]))[0]
    return foot + to_earth[2] * pose.height_m, to_earth


def _to_earth(longitude: float, latitude: float) -> Floats:
    lon, lat = np.radians(longitude), np.radians(latitude)
    return np.array(
        [
            [-np.sin(lon), np.cos(lon), 0.0],
            [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)],
            [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)],
        ]
    )


def _points(places: Floats) -> Floats:
    """(N, 3) metres from the earth's middle of (N, 2) places of the ellipsoid."""
    lon, lat = np.radians(places).T
    normal = AXIS_M / np.sqrt(1 - SQUARED_ECCENTRICITY * np.sin(lat) ** 2)
    z = normal * (1 - SQUARED_ECCENTRICITY) * np.sin(lat)
    return np.stack([normal * np.cos(lat) * np.cos(lon), normal * np.cos(lat) * np.sin(lon), z], axis=1)


def _places(points: Floats) -> Floats:
    """(N, 2) places of (N, 3) points that lie on the ellipsoid."""
    x, y, z = points.T
    latitude = np.arctan2(z, (1 - SQUARED_ECCENTRICITY) * np.hypot(x, y))
    return np.asarray(np.degrees(np.stack([np.arctan2(y, x), latitude], axis=1)))
