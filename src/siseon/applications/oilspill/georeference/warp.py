"""A picture and its classes laid on a map: a raster with north at its top, in metres of the georeference's UTM zone."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import Georeference
from siseon.applications.oilspill.georeference.plane import through
from siseon.applications.oilspill.palette import NOTHING
from siseon.contracts import ContractViolation

MOST_PIXELS = 2.0
"""Pixels of a map per pixel of its picture: a square that is turned by 45 degrees has a box of twice its area."""
NEIGHBOURS = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Warped:
    """One frame on the map."""

    picture: NDArray[np.uint8]
    """(h, w, 3) RGB; black where the frame shows nothing."""
    classes: NDArray[np.uint8]
    """(h, w) numbers of ``SEA_CLASSES``; ``NOTHING`` where the frame shows nothing."""
    shown: NDArray[np.bool_]
    """(h, w) what the frame shows, with ``filled``."""
    filled: NDArray[np.bool_]
    """(h, w) pixels taken from their neighbours, in the picture and in the classes alike."""
    transform: tuple[float, float, float, float, float, float]
    """a, b, c, d, e, f: easting = a x + b y + c, northing = d x + e y + f, from the outer corner of the first pixel."""
    crs: str
    """``EPSG:32633``, say."""


def warped(
    picture: NDArray[np.uint8],
    classes: NDArray[np.uint8],
    georeference: Georeference,
    hidden: NDArray[np.bool_] | None = None,
) -> Warped:
    """The frame on the map, with pixels as wide as ``gsd_m``, or wider where it reaches far to the horizon.

    A pixel of the map without one of the frame (a thin stroke of the overlay, an edge that rounding takes) is filled
    once, by the largest of its 3 × 3 neighbours, if the frame lies on both sides of it; one mask of such pixels serves
    the picture and the classes.

    Args:
        picture: (H, W, 3) RGB.
        classes: (H, W) numbers of ``SEA_CLASSES``.
        georeference: of this picture.
        hidden: (H, W) pixels that show no sea, such as the overlay's.

    Raises:
        ContractViolation: the arrays differ in size.
    """
    height, width = classes.shape
    if picture.shape != (height, width, 3) or (hidden is not None and hidden.shape != (height, width)):
        raise ContractViolation(f"a picture of {picture.shape} does not go with classes of {classes.shape}")
    top = round(georeference.horizon_y or 0)
    to_metres = np.array(georeference.matrix)
    ring = through(to_metres, np.array([[0.0, top], [width, top], [width, height], [0, height]]))
    (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
    most = MOST_PIXELS * width * height
    side = max(georeference.gsd_m, float(np.sqrt((east - west) * (north - south) / most)))
    size = max(1, int(np.ceil((east - west) / side))), max(1, int(np.ceil((north - south) / side)))
    transform = (side, 0.0, float(west), 0.0, -side, float(north))
    known = np.ones((height, width), np.uint8) if hidden is None else (~hidden).astype(np.uint8)
    known[:top] = 0
    # OpenCV counts from the middle of a pixel, everything else here from its outer corner.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    raster = np.array([[*transform[:3]], [*transform[3:]], [0, 0, 1]])
    matrix = np.linalg.inv(raster @ half) @ to_metres @ half
    known = _laid(known, matrix, size, cv2.INTER_NEAREST)
    colours = _laid(picture, matrix, size, cv2.INTER_LINEAR) * (known[..., None] > 0)
    numbers = _laid(classes, matrix, size, cv2.INTER_NEAREST) * (known > 0)
    filled = _holes(known)
    colours[filled] = cv2.dilate(colours, NEIGHBOURS)[filled]
    numbers[filled] = cv2.dilate(numbers, NEIGHBOURS)[filled]
    shown = (known > 0) | filled
    numbers[~shown] = NOTHING
    return Warped(colours, numbers, shown, filled, transform, georeference.crs)


def _laid(
    pixels: NDArray[np.uint8], matrix: NDArray[np.float64], size: tuple[int, int], how: int
) -> NDArray[np.uint8]:
    """Pixels of the map; 0 beyond the frame's edges, but colours are not mixed with what lies there."""
    border = cv2.BORDER_REPLICATE if how == cv2.INTER_LINEAR else cv2.BORDER_CONSTANT
    return np.asarray(cv2.warpPerspective(pixels, matrix, size, flags=how, borderMode=border), np.uint8)


def _holes(known: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """What a dilation by one pixel covers and an erosion after it leaves: holes, not the frame's outer edge."""
    closed = np.asarray(cv2.morphologyEx(known, cv2.MORPH_CLOSE, NEIGHBOURS))
    return np.asarray((closed > 0) & (known == 0))
