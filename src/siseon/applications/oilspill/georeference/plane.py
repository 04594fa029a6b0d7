"""How a whole picture lies on the sea: one homography from its pixels to metres of a UTM zone.

The homography is fitted to where a grid of pixels meets the ellipsoid, so the curve of the earth is in it as far as a
plane can hold it; the guard leaves out what is off by more. It also leaves out what lies near the horizon, where a
small error of tilt is a large one of place. Where an affine map does as well (a look straight down), it is one: six
parameters from height, angle of view and heading.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import Georeference
from siseon.applications.oilspill.georeference.error import ce90_m
from siseon.applications.oilspill.georeference.pose import Pose
from siseon.applications.oilspill.georeference.ray import below_horizon, directions, ground, metres_from
from siseon.applications.oilspill.georeference.utm import Zone

Floats = NDArray[np.float64]
Row = tuple[float, float, float]

LEAST_BELOW = 2.0
"""Degrees below the horizon that a pixel must look, and ``SIGMAS_BELOW`` standard deviations of tilt."""
SIGMAS_BELOW = 3.0
LEAST_ROWS = 0.05
"""Share of a picture's rows that must look at the sea."""
GRID = 9
"""Pixels of the fit along each side."""
CURVED_PX = 1.0
"""Pixels by which the plane may be off the ellipsoid."""
AFFINE_PX = 0.1
"""Pixels by which an affine map may be off the homography."""
TRIES = 20
ROUNDS = 4


def georeference(pose: Pose, width: int, height: int) -> Georeference | str:
    """How a picture of that many pixels lies on the sea, or why it cannot be told, for a person.

    Raises:
        DependencyMissing: pyproj is not installed.
    """
    top = _guard(pose, width, height)
    for _ in range(TRIES):
        if height - top < max(2, LEAST_ROWS * height):
            return _too_high(pose)
        middle = width / 2, (top + height) / 2
        pixels = _grid(width, top, height)
        places = ground(pose, width, height, np.concatenate([[middle], pixels]))
        zone = Zone.of(float(places[0, 0]), float(places[0, 1]))
        if zone is None:
            return f"latitude {places[0, 1]:.2f}° is too near the pole: UTM ends at 84° north and 80° south"
        metres = zone.metres(places[1:])
        matrix = fitted(pixels, metres)
        if _off(matrix, pixels, metres) <= CURVED_PX:
            break
        top += max(1, (height - top) // 10)
    else:
        return "the picture spans so much of the round earth that no plane fits it"
    affine = _affine(pixels, metres)
    nadir = _off(affine, pixels, through(matrix, pixels)) <= AFFINE_PX and top == 0
    return Georeference(
        method="nadir" if nadir else "oblique",
        crs=zone.crs,
        matrix=_rows(affine if nadir else matrix),
        corners=_corners(zone, affine if nadir else matrix, width, top, height),
        horizon_y=float(top) if top else None,
        gsd_m=_gsd(pose, width, height, middle),
        ce90_m=ce90_m(pose, width, height, middle),
        interpolated=pose.interpolated,
    )


def pixel_to_geo(georeference: Georeference, pixels: Floats) -> Floats:
    """(N, 2) longitudes and latitudes of (N, 2) pixels, all at once.

    Those above ``horizon_y`` are not guarded here. Over the antimeridian the longitudes go on beyond 180.

    Raises:
        DependencyMissing: pyproj is not installed.
    """
    metres = through(np.array(georeference.matrix), pixels)
    return Zone.named(georeference.crs).places(metres)


def geo_to_pixel(georeference: Georeference, places: Floats) -> Floats:
    """(N, 2) pixels of (N, 2) longitudes and latitudes, also beyond the picture's edges.

    Raises:
        DependencyMissing: pyproj is not installed.
    """
    metres = Zone.named(georeference.crs).metres(places)
    return _back(np.array(georeference.matrix), metres)


def through(matrix: Floats, points: Floats) -> Floats:
    """(N, 2) points through a (3, 3) homography."""
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def fitted(pixels: Floats, metres: Floats) -> Floats:
    """(3, 3) homography from (N, 2) pixels to (N, 2) metres, N >= 4, whose way back is off by the fewest pixels.

    The normalised direct linear transform (Hartley, In defense of the eight-point algorithm, IEEE TPAMI 19(6), 1997),
    each row divided by the denominator that the last round found for it, so that errors count in pixels however far
    away they are.
    """
    to_metres, to_pixels = _normal(metres), _normal(pixels)
    x, y = through(to_metres, metres).T
    u, v = through(to_pixels, pixels).T
    one, none = np.ones_like(x), np.zeros_like(x)
    rows = np.stack(
        [
            np.stack([x, y, one, none, none, none, -u * x, -u * y, -u], axis=1),
            np.stack([none, none, none, x, y, one, -v * x, -v * y, -v], axis=1),
        ]
    )
    weights = one
    for _ in range(ROUNDS):
        matrix = np.linalg.svd((rows * weights[:, None]).reshape(-1, 9), full_matrices=False)[2][-1].reshape(
            3, 3
        )
        weights = 1 / (matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2])
    back = np.linalg.inv(to_pixels) @ matrix @ to_metres
    matrix = np.linalg.inv(back)
    return np.asarray(matrix / (matrix[2] @ [*pixels.mean(axis=0), 1.0]))


def _guard(pose: Pose, width: int, height: int) -> int:
    """The first row from which on all rows look far enough below the horizon; ``height``: none does."""
    edges = np.arange(height + 1.0)
    least = max(LEAST_BELOW, SIGMAS_BELOW * pose.sigmas.tilt)
    # Along a row the angle below the horizon has one peak: its least is at an end.
    low = np.ones(height + 1, np.bool_)
    for x in (0.0, float(width)):
        pixels = np.stack([np.full(height + 1, x), edges], axis=1)
        low &= below_horizon(pose, directions(pose, width, height, pixels)) >= least
    above = np.flatnonzero(~low)
    return int(above[-1]) + 1 if len(above) else 0


def _too_high(pose: Pose) -> str:
    least = max(LEAST_BELOW, SIGMAS_BELOW * pose.sigmas.tilt)
    return (
        f"the camera looks above the horizon or along it: {pose.depression:.1f}° below level, with a roll of"
        f" {pose.roll:.0f}°; only what it shows at least {least:g}° below the horizon can be put on a map"
    )


def _grid(width: int, top: int, height: int) -> Floats:
    x, y = np.meshgrid(np.linspace(0, width, GRID), np.linspace(top, height, GRID))
    return np.stack([x.ravel(), y.ravel()], axis=1)


def _affine(pixels: Floats, metres: Floats) -> Floats:
    known = np.concatenate([pixels, np.ones((len(pixels), 1))], axis=1)
    middle = metres.mean(axis=0)
    matrix = np.eye(3)
    matrix[:2] = np.linalg.lstsq(known, metres - middle, rcond=None)[0].T
    matrix[:2, 2] += middle
    return matrix


def _off(matrix: Floats, pixels: Floats, metres: Floats) -> float:
    """Pixels by which the map is off at most."""
    return float(np.linalg.norm(_back(matrix, metres) - pixels, axis=1).max())


def _back(matrix: Floats, metres: Floats) -> Floats:
    """(N, 2) pixels of (N, 2) metres.

    Counted from the middle of the metres, which are millions: an inverse of such a matrix loses a tenth of a pixel.
    """
    middle = metres.mean(axis=0) if len(metres) else np.zeros(2)
    near = np.array([[1.0, 0.0, -middle[0]], [0.0, 1.0, -middle[1]], [0.0, 0.0, 1.0]]) @ matrix
    return through(np.asarray(np.linalg.inv(near)), metres - middle)


def _normal(points: Floats) -> Floats:
    """The similarity that puts points about 0 with a mean distance of the root of 2."""
    middle = points.mean(axis=0)
    scale = np.sqrt(2) / np.linalg.norm(points - middle, axis=1).mean()
    return np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1.0]])


def _rows(matrix: Floats) -> tuple[Row, Row, Row]:
    one, two, three = ((float(a), float(b), float(c)) for a, b, c in matrix)
    return one, two, three


def _corners(
    zone: Zone, matrix: Floats, width: int, top: int, height: int
) -> tuple[tuple[float, float], ...]:
    ring = np.array([[0, top], [width, top], [width, height], [0, height], [0, top]], np.float64)
    return tuple((float(lon), float(lat)) for lon, lat in zone.places(through(matrix, ring)))


def _gsd(pose: Pose, width: int, height: int, middle: tuple[float, float]) -> float:
    x, y = middle
    places = ground(pose, width, height, np.array([[x, y], [x + 1, y], [x, y + 1]]))
    (a, b), (c, d) = metres_from((float(places[0, 0]), float(places[0, 1])), places[1:])
    return float(np.sqrt(abs(a * d - b * c)))
