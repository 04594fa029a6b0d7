"""The colours of lines as they were read: what they stand on, and what their letters may be of."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

GRID = (9, 48)
"""Points across and along a line at which its colours are sampled."""
INKS = (0.0, 0.03, 0.08, 0.15)
"""Bounds of the shares of these points, the farthest from the ground's colour first, whose medians may be the ink: thin
strokes have few points, and letters with a rim two colours."""
INK_DISTANCE = 0.5
"""Distance of an ink from the ground, over that of the farthest one, at least; nearer ones are mixed with it."""

Points = NDArray[np.float32]


class Colours(NamedTuple):
    """Of N lines, in CIE Lab."""

    ground: Points
    """(N, 3)."""
    spread: NDArray[np.float32]
    """(N,): the median distance of a ground's points from it."""
    inks: Points
    """(N, K, 3): what may be the ink; NaN for none."""


def line_colours(quads: Points, pixels: NDArray[np.uint8]) -> Colours:
    """From a grid of points in each line.

    Args:
        quads: (N, 4, 2) corners, clockwise from each text's own top left.
        pixels: (H, W, 3) uint8 RGB.
    """
    rows, columns = GRID
    v, u = np.meshgrid(np.linspace(0.02, 0.98, rows), np.linspace(0.01, 0.99, columns), indexing="ij")
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=-1).reshape(-1, 4)
    points = np.einsum("pc,ncd->npd", weights.astype(np.float32), quads)
    x = np.clip(points[..., 0].round().astype(int), 0, pixels.shape[1] - 1)
    y = np.clip(points[..., 1].round().astype(int), 0, pixels.shape[0] - 1)
    samples = cv2.cvtColor(pixels[y, x].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    edge = np.zeros(GRID, bool)
    edge[[0, -1]] = True
    ground = np.median(samples[:, edge.ravel()], axis=1)
    far = np.linalg.norm(samples - ground[:, None], axis=2)
    spread = np.median(far[:, edge.ravel()], axis=1)
    order = np.argsort(-far, axis=1)[..., None]
    bounds = [round(share * far.shape[1]) for share in INKS]
    inks = np.stack(
        [
            np.median(np.take_along_axis(samples, order[:, start:end], axis=1), axis=1)
            for start, end in pairwise(bounds)
        ],
        axis=1,
    )
    distance = np.linalg.norm(inks - ground[:, None], axis=2)
    inks[distance < INK_DISTANCE * distance[:, :1]] = np.nan
    return Colours(ground, spread, inks)
