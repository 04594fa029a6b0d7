"""A generated display before a camera: at an angle, near or far, on a wall with things on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.generated.dial import Split
from siseon.applications.gauges.generated.digital.camera import taken
from siseon.applications.gauges.generated.digital.face import Face, Style, face
from siseon.applications.gauges.plane import project
from siseon.contracts import Image

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 480
STYLES: tuple[Style, ...] = ("segments", "segments", "counter", "matrix")
"""In turn."""


@dataclass(frozen=True, slots=True, eq=False)
class DisplayPhoto:
    """A photo and its truth."""

    image: Image
    face: Face
    to_picture: Floats
    """(3, 3) from the pixels of the face to those of the picture."""

    def corners(self, margin: float = 0.25) -> Floats:
        """(4, 2) in the picture: of a counter's window; of a display around its digits, with a margin in heights of
        them. From the top left, clockwise."""
        x1, y1, x2, y2 = self.face.digits
        more = margin * (y2 - y1)
        if self.face.style == "counter":
            x1, y1, x2, y2 = self.face.window
            more = 0.0
        box = [(x1 - more, y1 - more), (x2 + more, y1 - more), (x2 + more, y2 + more), (x1 - more, y2 + more)]
        return project(self.to_picture, np.array(box))


def display_photo(index: int, split: Split = "development", style: Style | None = None) -> DisplayPhoto:
    """The photo of that number; the same each time. ``style``: None for one after the other."""
    rng = np.random.default_rng([index, 2 if split == "development" else 3])
    drawn = face(rng, split, STYLES[index % len(STYLES)] if style is None else style)
    to_picture, high = _view(rng, drawn)
    pixels = _wall(rng)
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    matrix = half @ to_picture @ np.linalg.inv(half)
    shown = drawn.pixels.astype(np.float32)
    shrunk = (drawn.digits[3] - drawn.digits[1]) / high
    if shrunk > 1:
        shown = np.asarray(cv2.GaussianBlur(shown, (0, 0), 0.4 * shrunk), np.float32)
    cover = cv2.warpPerspective(np.ones(shown.shape[:2], np.float32), matrix, (WIDTH, HEIGHT))[..., None]
    laid = cv2.warpPerspective(shown, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    seen = pixels + (laid - pixels) * cover
    photo = taken(np.clip(seen, 0, 255).astype(np.uint8), rng, high)
    return DisplayPhoto(Image.from_array(photo), drawn, to_picture)


def _view(rng: np.random.Generator, drawn: Face) -> tuple[Floats, float]:
    """(3, 3) from the face to the picture, and how high its digits are there."""
    high, wide = drawn.pixels.shape[:2]
    tall = drawn.digits[3] - drawn.digits[1]
    most = min(0.9 * WIDTH / wide, 0.9 * HEIGHT / high)
    scale = float(np.clip(rng.uniform(16, 70) / tall, 0.0, most))
    tilt, roll = np.radians(rng.uniform(-25, 25, 2)), np.radians(rng.normal(0, 3))
    spread = np.array([wide, high]) * scale * np.cos(tilt)
    middle = np.array([WIDTH, HEIGHT]) / 2 + rng.uniform(-0.4, 0.4, 2) * (np.array([WIDTH, HEIGHT]) - spread)
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    linear = turn @ np.diag(scale * np.cos(tilt))
    away = np.sin(tilt) * scale / 1200  # the camera is some screens away
    matrix = np.eye(3)
    matrix[:2, :2] = linear + np.outer(middle, away)
    matrix[:2, 2], matrix[2, :2] = middle, away
    centred = np.array([[1, 0, -wide / 2], [0, 1, -high / 2], [0, 0, 1]])
    return matrix @ centred, tall * scale * float(np.cos(tilt[1]))


def _wall(rng: np.random.Generator) -> NDArray[np.float32]:
    """With plates, pipes and holes."""
    pixels = np.full((HEIGHT, WIDTH, 3), rng.integers(40, 220, 3), np.uint8)
    for _ in range(int(rng.integers(3, 12))):
        colour = tuple(int(value) for value in rng.integers(15, 240, 3))
        x, y = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))
        wide, high = (int(value) for value in rng.integers(10, 180, 2))
        kind = int(rng.integers(3))
        if kind == 0:
            cv2.rectangle(pixels, (x, y), (x + wide, y + high), colour, -1)
        elif kind == 1:
            cv2.circle(pixels, (x, y), wide // 3, colour, int(rng.choice([-1, 3])), cv2.LINE_AA)
        else:
            cv2.line(pixels, (x, y), (x + wide, y - high), colour, int(rng.integers(2, 12)), cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 1.0), np.float32)
