"""What a generated dial looks like, chosen at random from families, and its face and needle drawn from the front."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from PIL import Image, ImageDraw

from siseon.applications.gauges.generated.pens import (
    SHIFT,
    SIDE,
    Colour,
    Floats,
    Pixels,
    bar,
    fixed,
    length,
    polygon,
    thick,
    write,
)
from siseon.applications.gauges.plane import on_circle

Split = Literal["development", "evaluation"]

NEEDLES: dict[Split, tuple[str, ...]] = {
    "development": ("taper", "bar"),
    "evaluation": ("lance", "blade", "lollipop"),
}
COLOURS: dict[Split, tuple[tuple[Colour, Colour, Colour], ...]] = {
    # face, ink, needle
    "development": (
        ((238, 238, 234), (20, 20, 22), (15, 15, 15)),
        ((28, 30, 33), (236, 234, 226), (240, 240, 236)),
        ((244, 243, 238), (25, 25, 60), (205, 30, 25)),
    ),
    "evaluation": (
        ((250, 246, 226), (40, 30, 20), (35, 30, 30)),
        ((16, 34, 60), (226, 232, 240), (250, 200, 40)),
        ((222, 228, 232), (30, 34, 40), (20, 60, 150)),
        ((40, 40, 40), (200, 205, 200), (235, 60, 40)),
    ),
}
SCALES: tuple[tuple[tuple[float, ...], str], ...] = (
    ((0, 2, 4, 6, 8, 10), "bar"),
    ((0, 20, 40, 60, 80, 100), "psi"),
    ((0, 50, 100, 150, 200, 250, 300), "psi"),
    ((0, 1, 2, 3, 4, 5, 6), "bar"),
    ((-30, -20, -10, 0, 10, 20, 30), "A"),
    ((0, 40, 80, 120, 160), "°C"),
    ((-40, -20, 0, 20, 40, 60), "°C"),
    ((0, 100, 200, 300, 400), "kPa"),
    ((0, 4, 8, 12, 16), "MPa"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """One dial; lengths are in radii of the rim, angles in degrees clockwise from the top."""

    numerals: tuple[float, ...]
    """In the order of their angles."""
    angles: tuple[float, ...]
    """Of the numerals, rising; uneven on a scale that is not linear."""
    unit: str
    minor: int
    """Divisions between two numerals."""
    face: Colour
    ink: Colour
    needle_colour: Colour
    needle: str
    length: float
    """Of the needle, from the middle to its tip."""
    tail: float
    scale_radius: float
    """Outer ends of the marks."""
    bold: int
    """Pixels of a drawing that the lines of letters are broader by on each side."""
    title: str

    def angle_of(self, value: float) -> float:
        """Where the needle points at a value of the scale."""
        order = np.argsort(self.numerals)
        return float(np.interp(value, np.array(self.numerals)[order], np.array(self.angles)[order]))


def design(rng: np.random.Generator, split: Split) -> Design:
    """A dial of a family of the split."""
    numerals, unit = SCALES[int(rng.integers(len(SCALES)))]
    sweep = float(rng.choice([180.0, 240.0, 270.0, 270.0, 300.0]))
    steps = np.full(len(numerals) - 1, 1.0)
    kind = float(rng.random())
    if kind < 0.2:  # as on many pressure gauges: the first division is smaller
        steps[0] = rng.uniform(0.45, 0.8)
    elif kind < 0.3:
        steps = rng.uniform(0.7, 1.3, len(steps))
    angles = -sweep / 2 + sweep * np.concatenate([[0.0], np.cumsum(steps) / steps.sum()])
    if rng.random() < 0.1:
        numerals = numerals[::-1]
    face, ink, needle_colour = COLOURS[split][int(rng.integers(len(COLOURS[split])))]
    scale_radius = float(rng.uniform(0.8, 0.93))
    return Design(
        numerals=numerals,
        angles=tuple(angles.tolist()),
        unit=unit,
        minor=int(rng.choice([2, 4, 5, 10])),
        face=face,
        ink=ink,
        needle_colour=needle_colour,
        needle=NEEDLES[split][int(rng.integers(len(NEEDLES[split])))],
        length=scale_radius * float(rng.uniform(0.82, 1.0)),
        tail=float(rng.uniform(0.0, 0.35)),
        scale_radius=scale_radius,
        bold=0 if split == "development" else 2,
        title=str(rng.choice(["", "PRESSURE", "SISEON", "CL. 1.6", "TEMPERATURE"])),
    )


def face(dial: Design) -> Pixels:
    """(SIDE, SIDE, 3) uint8 RGB: rim, marks, numerals and titles, without the needle."""
    canvas = np.full((SIDE, SIDE, 3), dial.face, np.uint8)
    cv2.circle(canvas, fixed((0.0, 0.0)), length(1.0), (70, 72, 75), thick(0.06), cv2.LINE_AA, SHIFT)
    for start, end in zip(dial.angles[:-1], dial.angles[1:], strict=True):
        for step in range(dial.minor + 1):
            major = step in (0, dial.minor)
            angle = start + (end - start) * step / dial.minor
            inner = dial.scale_radius - (0.11 if major else 0.06)
            ends = on_circle(angle, inner), on_circle(angle, dial.scale_radius)
            polygon(canvas, bar(*ends, 0.012 if major else 0.005), dial.ink)
    picture = Image.fromarray(canvas)
    pen = ImageDraw.Draw(picture)
    for value, angle in zip(dial.numerals, dial.angles, strict=True):
        write(pen, f"{value:g}", on_circle(angle, dial.scale_radius - 0.22), 0.11, dial.ink, dial.bold)
    write(pen, dial.unit, (0.0, 0.42), 0.09, dial.ink, dial.bold)
    write(pen, dial.title, (0.0, -0.35), 0.07, dial.ink, dial.bold)
    return np.array(picture)


def needle(dial: Design, angle: float) -> tuple[Pixels, Pixels]:
    """The needle's coverage (SIDE, SIDE) uint8, and that of its hub."""
    cover, hub = np.zeros((SIDE, SIDE), np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    tip, tail, long = np.array(on_circle(angle, 1.0)), dial.tail, dial.length
    side = np.array([-tip[1], tip[0]])

    def shape(*outline: tuple[float, float]) -> Floats:
        """From (along, across) to the plane, mirrored to the other side."""
        points = [along * tip + across * side for along, across in outline]
        return np.array([*points, *(along * tip - across * side for along, across in reversed(outline))])

    outlines: dict[str, list[Floats]] = {
        "taper": [shape((-tail, 0.035), (0, 0.03), (long, 0.002))],
        "bar": [shape((-tail, 0.015), (long - 0.04, 0.012), (long, 0.0))],
        "lance": [
            shape((-tail, 0.01), (long - 0.25, 0.01)),
            shape((long - 0.3, 0.008), (long - 0.2, 0.04), (long, 0.0)),
        ],
        "blade": [shape((-tail, 0.05), (0, 0.05), (long * 0.6, 0.03), (long, 0.0))],
        "lollipop": [shape((-tail, 0.012), (long, 0.004))],
    }
    for outline in outlines[dial.needle]:
        polygon(cover, outline, (255, 255, 255))
    if dial.needle == "lollipop":
        cv2.circle(cover, fixed(tuple(-tail * tip)), length(0.06), (255, 255, 255), -1, cv2.LINE_AA, SHIFT)
    cv2.circle(hub, fixed((0.0, 0.0)), length(0.075), (255, 255, 255), -1, cv2.LINE_AA, SHIFT)
    return cover, hub
