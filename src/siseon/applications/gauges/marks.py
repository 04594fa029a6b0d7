"""How a dial is seen, from its marks: the edges of all of them lead to its middle, around which they stand."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.plane import angles_of, homography, project, radius_of

Floats = NDArray[np.float64]

SEEN_RADIUS = 160.0
"""Pixels of the numbers' circle at which edges are looked at."""
BAND = (0.7, 1.75)
"""Radii of the numbers' circle between which marks are."""
STRONG = 0.25
"""Of the strongest edges, from which an edge counts."""
TOWARDS = 25.0
"""Degrees by which an edge may miss the middle that is assumed at first."""
NARROWING = (0.25, 0.15, 0.1, 0.06, 0.04, 0.03, 0.03)
"""Radii by which lines may miss the middle, round by round."""
LEAST_LINES = 60
SECTOR = 12.0
"""Degrees in which the marks are taken together."""
LEAST_SECTORS = 7
"""That have marks: with two divisions from number to number a scale has no more; unknown are three."""
UNEVEN = 0.12
"""Radii by which a sector's marks may be off the ellipse of the others."""
MOST_STRETCH = 1.8
"""Of the ellipse against the one that the numbers gave."""


def plane_of_marks(pixels: NDArray[np.uint8], to_picture: Floats) -> Floats | None:
    """(3, 3) from the dial's plane, in which marks stand on circles around (0, 0); None without marks.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        to_picture: (3, 3) from a plane in which the numbers stand on the unit circle, about.
    """
    points, normals = _edges(pixels, to_picture)
    middle = _middle(points, normals, to_picture)
    if middle is None:
        return None
    towards = middle - points
    towards /= np.maximum(np.linalg.norm(towards, axis=1), 1e-9)[:, None]
    radial = np.abs((towards * normals).sum(axis=1)) < np.sin(np.radians(4.0))
    return _circled(points[radial], middle, to_picture)


def _edges(pixels: NDArray[np.uint8], to_picture: Floats) -> tuple[Floats, Floats]:
    """(N, 2) places in pixels of the picture and (N, 2) directions across the strong edges where marks are."""
    scale = min(1.0, SEEN_RADIUS / radius_of(to_picture))
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    if scale < 1:
        grey = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.8))
    across = np.asarray(cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3), np.float64).ravel()
    down = np.asarray(cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3), np.float64).ravel()
    strength = np.hypot(across, down)
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]]
    points = (np.stack([x.ravel(), y.ravel()], axis=1) + 0.5) / scale
    radii = np.linalg.norm(project(np.linalg.inv(to_picture), points), axis=1)
    inside = (radii > BAND[0]) & (radii < BAND[1])
    strong = inside & (strength > STRONG * np.percentile(strength[inside], 99)) if inside.any() else inside
    normals = np.stack([across[strong], down[strong]], axis=1) / strength[strong][:, None]
    return points[strong], normals


def _middle(points: Floats, normals: Floats, to_picture: Floats) -> Floats | None:
    """(2,) where the edges lead to: least squares that trusts ever nearer lines only."""
    middle = project(to_picture, np.zeros((1, 2)))[0]
    radius = radius_of(to_picture)
    towards = (middle - points) / np.maximum(np.linalg.norm(middle - points, axis=1), 1e-9)[:, None]
    leads = np.abs((towards * normals).sum(axis=1)) < np.sin(np.radians(TOWARDS))
    points, normals = points[leads], normals[leads]
    passed = (points * normals).sum(axis=1)
    for wide in NARROWING:
        miss = (passed - normals @ middle) / (wide * radius)
        weight = np.exp(-(miss**2) / 2)
        if weight.sum() < LEAST_LINES:
            return None
        weighted = normals * weight[:, None]
        middle = np.linalg.solve(weighted.T @ normals, weighted.T @ passed)
    return np.asarray(middle, np.float64)


def _circled(points: Floats, middle: Floats, to_picture: Floats) -> Floats | None:
    """The plane stretched so that the marks, sector by sector, are equally far from the middle."""
    linear = to_picture[:2, :2] - np.outer(to_picture[:2, 2], to_picture[2, :2])
    rough = homography(middle, linear, np.zeros(2))
    places = project(np.linalg.inv(rough), points)
    sectors = (angles_of(places) // SECTOR).astype(int)
    counts = np.bincount(sectors, minlength=round(360 / SECTOR))
    full = np.flatnonzero(counts >= 0.3 * np.median(counts[counts > 0])) if len(points) else np.zeros(0, int)
    if len(full) < LEAST_SECTORS:
        return None
    typical = np.array([np.median(places[sectors == one], axis=0) for one in full])
    weight = np.ones(len(typical))
    square = np.stack([typical[:, 0] ** 2, 2 * typical[:, 0] * typical[:, 1], typical[:, 1] ** 2], axis=1)
    for _ in range(8):
        a, b, c = np.linalg.lstsq(square * weight[:, None], weight, rcond=None)[0]
        off = np.abs(square @ np.array([a, b, c]) - 1) / 2
        weight = 1 / (1 + (off / 0.04) ** 2)
    values, vectors = np.linalg.eigh(np.array([[a, b], [b, c]]))
    if values.min() <= 0 or np.sqrt(values.max() / values.min()) > MOST_STRETCH:
        return None
    if (off < UNEVEN).sum() < LEAST_SECTORS:
        return None
    stretch = vectors @ np.diag(values**-0.5) @ vectors.T
    return homography(middle, linear @ stretch, np.zeros(2))
