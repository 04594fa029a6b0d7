"""A generated dial as a camera might see it: at an angle, on clutter, behind glass, unevenly lit, blurred, noisy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.generated.crowd import NONE, Family, Second, crowd, drawn_on
from siseon.applications.gauges.generated.dial import Design, Split, design, face, needle
from siseon.applications.gauges.generated.pens import MIDDLE, RADIUS, SIDE
from siseon.applications.gauges.plane import homography, on_circle, project
from siseon.contracts import Image

Floats = NDArray[np.float64]
Hardness = Literal["clean", "photo"]

WIDTH, HEIGHT = 640, 480
HUB = (120, 116, 100)


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A photo and its truth; points are pixels of the picture, from the outer corner of its first pixel."""

    image: Image
    dial: Design
    value: float
    to_picture: Floats
    """(3, 3) from the dial's plane (the rim is the unit circle) to the picture."""
    second: Second | None = None
    """Its other scale."""

    def points(self, angles: tuple[float, ...], radius: float) -> Floats:
        """(N, 2) of the dial, as they lie in the picture."""
        return project(self.to_picture, np.array([on_circle(angle, radius) for angle in angles]))


def photo(
    index: int,
    split: Split = "development",
    *,
    hardness: Hardness = "photo",
    view: Floats | None = None,
    value: float | None = None,
    family: Family | None = None,
) -> Photo:
    """The photo of that number; the same each time.

    Args:
        index: another one gives another dial.
        split: families of dials.
        hardness: "clean" is lit evenly, sharp and without glass.
        view: (3, 3) of another photo, for the same camera; None: one is chosen.
        value: where the needle points; None: one is chosen.
        family: what it has besides a scale and a needle, or lacks; None: nothing.
    """
    rng = np.random.default_rng([index, 0 if split == "development" else 1])
    dial = design(rng, split)
    chosen = float(rng.uniform(min(dial.numerals), max(dial.numerals)))
    value = chosen if value is None else value
    crowded = NONE
    if family is not None:
        crowded = crowd(np.random.default_rng([index, 5]), split, dial, value, family)
        dial = dial if crowded.scale is None else replace(dial, title="")
    seen = _view(rng)
    to_picture = seen if view is None else view
    pixels = _clutter(rng)
    pixels = _lay(pixels, drawn_on(face(dial), dial, crowded), None, to_picture)
    for other, angle in crowded.needles:
        pixels = _lay(pixels, other.needle_colour, needle(other, angle)[0], to_picture)
    cover, hub = needle(dial, dial.angle_of(value))
    if crowded.bare:
        cover[:] = 0
    shadow = np.roll(cover, (7, 9), axis=(0, 1))
    if hardness == "photo":
        pixels = _lay(pixels, (0, 0, 0), shadow * 0.25, to_picture)
    pixels = _lay(pixels, dial.needle_colour, cover, to_picture)
    pixels = _lay(pixels, HUB, hub, to_picture)
    if hardness == "photo":
        pixels = _taken(pixels, rng, to_picture)
    image = Image.from_array(np.clip(pixels, 0, 255).astype(np.uint8))
    return Photo(image, dial, value, to_picture, crowded.scale)


def _view(rng: np.random.Generator) -> Floats:
    """A camera somewhere before the dial: tilted by up to 40°, near or far, a little rolled."""
    tilt, towards = np.radians(rng.uniform(0, 40)), rng.uniform(0, 2 * np.pi)
    radius = rng.uniform(110, 190)
    axis = np.array([np.cos(towards), np.sin(towards)])
    squeeze = np.eye(2) - (1 - np.cos(tilt)) * np.outer(axis, axis)
    roll = np.radians(rng.uniform(-8, 8))
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    near = np.sin(tilt) * rng.uniform(0.03, 0.15) * (axis @ turn)
    middle = np.array([WIDTH / 2, HEIGHT / 2]) + rng.uniform(-40, 40, 2)
    return homography(middle, radius * squeeze @ turn, near)


def _lay(
    pixels: Floats,
    what: NDArray[np.uint8] | tuple[int, int, int],
    cover: NDArray[np.generic] | None,
    view: Floats,
) -> Floats:
    """Put a drawing of the dial's plane, or a colour, where it covers the picture."""
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    to_plane = np.array([[1 / RADIUS, 0, -MIDDLE / RADIUS], [0, 1 / RADIUS, -MIDDLE / RADIUS], [0, 0, 1]])
    matrix = half @ view @ to_plane
    smooth = 0.35 * RADIUS / float(np.sqrt(abs(np.linalg.det(view[:2, :2] / view[2, 2]))))

    def seen(drawing: NDArray[np.generic]) -> Floats:
        soft = cv2.GaussianBlur(np.asarray(drawing, np.float32), (0, 0), smooth)
        return np.asarray(cv2.warpPerspective(soft, matrix, (WIDTH, HEIGHT)), np.float64)

    disc = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(disc, (round(MIDDLE), round(MIDDLE)), round(RADIUS * 1.03), (255,), -1, cv2.LINE_AA)
    share = (seen(disc if cover is None else cover) / 255)[..., None]
    ground = np.array(what, np.float64) if isinstance(what, tuple) else seen(what)
    return pixels * (1 - share) + ground * share


def _clutter(rng: np.random.Generator) -> Floats:
    """A wall with pipes and plates."""
    pixels = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:] = rng.integers(60, 200, 3)
    for _ in range(int(rng.integers(4, 12))):
        colour = tuple(int(value) for value in rng.integers(20, 235, 3))
        x, y = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))
        wide, high = (int(value) for value in rng.integers(15, 160, 2))
        kind = int(rng.integers(3))
        if kind == 0:
            cv2.rectangle(pixels, (x, y), (x + wide, y + high), colour, -1)
        elif kind == 1:
            cv2.circle(pixels, (x, y), wide // 3, colour, 3, cv2.LINE_AA)
        else:
            end = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))
            cv2.line(pixels, (x, y), end, colour, max(2, high // 10), cv2.LINE_AA)
    return cv2.GaussianBlur(pixels, (0, 0), 1.2).astype(np.float64)


def _taken(pixels: Floats, rng: np.random.Generator, view: Floats) -> Floats:
    """Light from a side, a reflection on the glass, blur, noise and JPEG."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    towards = rng.uniform(0, 2 * np.pi)
    slope = ((x - WIDTH / 2) * np.cos(towards) + (y - HEIGHT / 2) * np.sin(towards)) / WIDTH
    pixels = pixels * (rng.uniform(0.55, 1.1) * (1 + rng.uniform(0, 0.6) * slope))[..., None]
    if rng.random() < 0.5:
        at = project(view, np.array([rng.uniform(-0.6, 0.6, 2)]))[0]
        bright = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * rng.uniform(12, 40) ** 2))
        pixels = pixels + (rng.uniform(30, 110) * bright)[..., None]
    pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.3, 1.4)), np.float64)
    pixels = pixels + rng.normal(0, rng.uniform(1, 6), pixels.shape)
    _, code = cv2.imencode(
        ".jpg",
        np.clip(pixels, 0, 255).astype(np.uint8)[..., ::-1],
        [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(70, 95))],
    )
    decoded = cv2.imdecode(code, cv2.IMREAD_COLOR_RGB)
    return np.asarray(decoded, np.float64)
