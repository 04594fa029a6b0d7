"""Seven segments: which ones are lit for a character, and the shapes that makers give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.generated.dial import Split

Floats = NDArray[np.float64]
Mask = NDArray[np.uint8]
Shape = Literal["hexagon", "mitre", "bar", "dots", "capsule", "chamfer"]

SHAPES: dict[Split, tuple[Shape, ...]] = {
    "development": ("hexagon", "mitre", "bar", "dots"),
    "evaluation": ("capsule", "chamfer"),
}
SHIFT = 4
"""Bits after the point in OpenCV's coordinates."""

# Segments a to g: top, upper right, lower right, bottom, lower left, upper left, middle.
LIT = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
    "8": "abcdefg", "9": "abcdfg", "-": "g", " ": "", "A": "abcefg", "C": "adef", "E": "adefg", "F": "aefg",
    "H": "bcefg", "L": "def", "P": "abefg", "U": "bcdef", "b": "cdefg", "d": "bcdeg", "n": "ceg", "o": "cdeg",
    "r": "eg", "t": "defg",
}  # fmt: skip
OTHER_WAYS = {"6": "fgedc", "7": "abcf", "9": "abcfg"}
"""As some makers write them: without the upper or lower bar, with a hook."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How the segments of a display are cut; lengths are in heights of a digit."""

    shape: Shape
    width: float
    """Of a digit."""
    thick: float
    gap: float
    """Between the ends of two segments."""
    slant: float
    """By which the top leans to the right."""
    other_ways: frozenset[str]
    """Characters that are written as in ``OTHER_WAYS``."""

    def lit(self, character: str) -> str:
        """The segments that are lit."""
        return OTHER_WAYS[character] if character in self.other_ways else LIT[character]


def cut(rng: np.random.Generator, split: Split) -> Cut:
    """A cut of a family of the split."""
    shape = SHAPES[split][int(rng.integers(len(SHAPES[split])))]
    return Cut(
        shape=shape,
        width=float(rng.uniform(0.42, 0.66)),
        thick=float(rng.uniform(0.07, 0.13) if shape == "dots" else rng.uniform(0.08, 0.19)),
        gap=float(rng.uniform(0.0, 0.03)),
        slant=float(rng.choice([0.0, rng.uniform(0, 0.2)])),
        other_ways=frozenset(one for one in OTHER_WAYS if rng.random() < 0.2),
    )


def draw_segments(mask: Mask, lit: str, at: tuple[float, float], height: float, how: Cut, value: int) -> None:
    """Draw the segments of one digit whose top left corner is ``at``, in pixels, into (H, W) uint8."""
    thick = how.thick * height
    for name in lit:
        start, end = _ends(name, how.width * height, height, thick)
        along = end - start
        length = float(np.hypot(*along))
        along = along / length
        start, end = start + along * how.gap * height, end - along * how.gap * height
        if how.shape == "dots":
            for share in (0.12, 0.37, 0.63, 0.88):
                spot = _leaning(start[None] + share * (end - start), at, height, how.slant)[0]
                cv2.circle(
                    mask, _fixed(spot), round(0.48 * thick * (1 << SHIFT)), (value,), -1, cv2.LINE_AA, SHIFT
                )
        elif how.shape == "capsule":
            points = _leaning(
                np.array([start + along * thick / 3, end - along * thick / 3]), at, height, how.slant
            )
            cv2.line(
                mask, _fixed(points[0]), _fixed(points[1]), (value,), max(1, round(thick)), cv2.LINE_AA, SHIFT
            )
        else:
            outline = _leaning(_outline(name, start, end, along, thick, how.shape), at, height, how.slant)
            fixed = np.round(outline * (1 << SHIFT)).astype(np.int32)
            cv2.fillPoly(mask, [fixed], (value,), cv2.LINE_AA, SHIFT)


def _ends(name: str, width: float, height: float, thick: float) -> tuple[Floats, Floats]:
    """Where the middle line of a segment begins and ends: the corners of the figure eight."""
    left, right = thick / 2, width - thick / 2
    top, middle, bottom = thick / 2, height / 2, height - thick / 2
    ends = {
        "a": ((left, top), (right, top)),
        "b": ((right, top), (right, middle)),
        "c": ((right, middle), (right, bottom)),
        "d": ((left, bottom), (right, bottom)),
        "e": ((left, middle), (left, bottom)),
        "f": ((left, top), (left, middle)),
        "g": ((left, middle), (right, middle)),
    }[name]
    return np.array(ends[0]), np.array(ends[1])


def _outline(name: str, start: Floats, end: Floats, along: Floats, thick: float, shape: Shape) -> Floats:
    half = thick / 2
    across = np.array([-along[1], along[0]]) * half
    back = along * half
    if shape == "hexagon" or (name == "g" and shape in ("mitre", "chamfer")):
        return np.array(
            [
                start,
                start + back + across,
                end - back + across,
                end,
                end - back - across,
                start + back - across,
            ]
        )
    if shape == "bar":
        return np.array(
            [start + back + across, end - back + across, end - back - across, start + back - across]
        )
    # The outer side is long, the inner one short; which side is outer depends on where the segment is.
    kept = 0.45 if shape == "chamfer" else 1.0
    if name in "ad":
        outer = np.array([0.0, -half if name == "a" else half])
        first, last = start - back * kept, end + back * kept
        return np.array([first + outer, last + outer, end - back - outer, start + back - outer])
    outer = np.array([half if name in "bc" else -half, 0.0])
    corner, middle, inwards = (start, end, back) if name in "bf" else (end, start, -back)
    return np.array(
        [
            corner - inwards * kept + outer,
            middle - inwards * 0.5 + outer,
            middle,
            middle - inwards - outer,
            corner + inwards - outer,
        ]
    )


def _leaning(points: Floats, at: tuple[float, float], height: float, slant: float) -> Floats:
    leaning = points.copy()
    leaning[:, 0] += slant * (height - points[:, 1])
    return np.asarray(leaning + np.array(at))


def _fixed(point: Floats) -> tuple[int, int]:
    x, y = (round(float(value) * (1 << SHIFT)) for value in point)
    return x, y
