"""From what a network says about an object's shape to the pixels of its mask.

Three families say it in three ways: as weights of prototypes that all objects share ("YOLACT", Bolya et al., arXiv
1904.02689: YOLOv8-seg and its like), as a map of the whole input for each query (RF-DETR-Seg), as a small map of the
inside of the box (Mask R-CNN). All become a ``ShapeMap``: a map of values above 0 inside the object, and the area of
the input that it covers. ``paint`` samples the map at the pixels of the image, bilinearly and only within the box, so
that a mask costs what its box covers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Boxes, Frame, Mask

HALF = np.float32(0.5)
"""Probability from which a pixel belongs to the object."""

Area = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the network's input."""


class ShapeMap(NamedTuple):
    """Where one object is: ``values`` (rows, columns) float32, above 0 inside, spread over ``area``."""

    values: NDArray[np.float32]
    area: Area


def prototype_shapes(
    prototypes: NDArray[np.float32],
    coefficients: NDArray[np.float32],
    xyxy: NDArray[np.float32],
    size: tuple[int, int],
) -> Iterator[ShapeMap]:
    """The weighted sum of the prototypes around each box; its sign is that of the logit.

    ``prototypes``: (k, rows, columns) float32 over the whole input of ``size`` (width, height).
    ``coefficients``: (n, k) float32. ``xyxy``: (n, 4) float32, in pixels of the input.
    """
    _, rows, columns = prototypes.shape
    across, down = size[0] / columns, size[1] / rows  # pixels of the input a cell
    for weights, (x1, y1, x2, y2) in zip(coefficients, xyxy.tolist(), strict=True):
        # One cell more on each side: the values at a box's edge are between two cells.
        left, right = _span(x1 / across, x2 / across, columns)
        top, bottom = _span(y1 / down, y2 / down, rows)
        part = prototypes[:, top:bottom, left:right]
        values = np.tensordot(weights, part, axes=1).astype(np.float32, copy=False)
        yield ShapeMap(values, (left * across, top * down, right * across, bottom * down))


def whole_shapes(maps: NDArray[np.float32], size: tuple[int, int]) -> Iterator[ShapeMap]:
    """Maps (n, rows, columns), above 0 inside, each over the whole input of ``size`` (width, height)."""
    return (ShapeMap(values, (0.0, 0.0, float(size[0]), float(size[1]))) for values in maps)


def boxed_shapes(probabilities: NDArray[np.float32], xyxy: NDArray[np.float32]) -> Iterator[ShapeMap]:
    """Probabilities (n, rows, columns), each spread over its box of ``xyxy`` (n, 4).

    A ring of zeros goes around each, as in the reference code: what is beyond the box is not the object.
    """
    rows, columns = probabilities.shape[1:]
    for inside, (x1, y1, x2, y2) in zip(probabilities, xyxy.tolist(), strict=True):
        wide, high = (x2 - x1) / columns, (y2 - y1) / rows
        yield ShapeMap(np.pad(inside, 1) - HALF, (x1 - wide, y1 - high, x2 + wide, y2 + high))


def paint(shapes: Iterable[ShapeMap], boxes: Boxes, source: Frame) -> tuple[Mask, ...]:
    """The mask of each box, in the boxes' frame; nothing is inside beyond the box, rounded outward to whole pixels.

    ``shapes``: of the same objects, in pixels of ``source``, the frame of the network's input, which is scaled and
    shifted against the boxes' frame.
    """
    matrix = boxes.frame.matrix_to(source)
    return tuple(
        _paint_one(shape, xyxy, matrix, boxes.frame)
        for shape, xyxy in zip(shapes, boxes.xyxy.tolist(), strict=True)
    )


def _paint_one(shape: ShapeMap, xyxy: list[float], matrix: NDArray[np.float64], frame: Frame) -> Mask:
    left, top = math.floor(xyxy[0]), math.floor(xyxy[1])
    right, bottom = math.ceil(xyxy[2]), math.ceil(xyxy[3])
    x1, y1, x2, y2 = shape.area
    rows, columns = shape.values.shape
    # A pixel's centre, to the input, to the map, whose values stand at the centres of its cells.
    per = np.array([columns / (x2 - x1), rows / (y2 - y1)])
    scale = np.array([matrix[0, 0], matrix[1, 1]]) * per
    shift = (matrix[:2, 2] - (x1, y1)) * per + scale * (left + 0.5, top + 0.5) - 0.5
    sampled = cv2.warpAffine(
        shape.values,
        np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]]]),
        (right - left, bottom - top),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return Mask.encode_part(np.asarray(sampled) > 0, left, top, frame)


def _span(low: float, high: float, cells: int) -> tuple[int, int]:
    """Cells from ``low`` to ``high`` and one more on each side; never none, wherever the box lies."""
    first = min(max(0, math.floor(low) - 1), cells - 1)
    return first, min(max(math.ceil(high) + 1, first + 1), cells)
