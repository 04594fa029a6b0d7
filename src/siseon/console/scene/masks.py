"""The outlines of a mask: a browser draws and lights up a path, not a picture for each object."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from siseon.console.scene.shapes import Point
from siseon.contracts import ContractViolation, Frame, Mask

MOST_PIXELS = 40_000_000
"""Of a mask that is traced: beyond that its outline would cost more than it tells."""
MOST_RINGS = 200
SIMPLER_BY = 0.6
"""Pixels that an outline may leave the mask by."""


def outlines(wire: Mapping[str, JsonValue], size: tuple[int, int]) -> tuple[tuple[Point, ...], ...]:
    """The outer rings and the holes of a mask on the wire; nothing where it is none, or too large."""
    import cv2
    import numpy as np

    width, height = size
    if not 0 < width * height <= MOST_PIXELS:
        return ()
    try:
        mask = Mask.from_wire(dict(wire), Frame.root(width=width, height=height))
        pixels = mask.pixels().astype(np.uint8)
    except ContractViolation:
        return ()
    found, _ = cv2.findContours(pixels, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    rings = [cv2.approxPolyDP(each, SIMPLER_BY, closed=True)[:, 0, :] for each in found[:MOST_RINGS]]
    return tuple(tuple((float(x), float(y)) for x, y in ring) for ring in rings if len(ring) >= 3)
