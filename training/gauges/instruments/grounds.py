"""What stands behind the instruments: photos that may be used so, and walls, pipes and clutter that are drawn.

The photos are those of scikit-image that its documentation says are free of rights (CC0 or public domain), and the two
of scikit-learn (CC BY 2.0: "china" by BayuR, "flower" by Danny Piedra); they are read where the packages are installed.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from instruments.canvas import Pixels
from instruments.palettes import chance, grey, hue

PHOTOS = (
    *(("skimage", f"data/{name}") for name in ("astronaut.png", "brick.png", "camera.png", "chelsea.png")),
    *(
        ("skimage", f"data/{name}")
        for name in ("coffee.png", "coins.png", "grass.png", "gravel.png", "rocket.jpg")
    ),
    ("sklearn", "datasets/images/china.jpg"),
    ("sklearn", "datasets/images/flower.jpg"),
)
LEAST_SIDE = 480
"""Pixels to which the photos are brought."""


@cache
def photos() -> tuple[Pixels, ...]:
    """All of ``PHOTOS``, uint8 RGB.

    Raises:
        FileNotFoundError: a package is not installed, see ``requirements.txt``.
    """
    found = []
    for package, path in PHOTOS:
        spec = find_spec(package)
        roots = (spec.submodule_search_locations or []) if spec else []
        pixels = next((cv2.imread(str(Path(root) / path), cv2.IMREAD_COLOR_RGB) for root in roots), None)
        if pixels is None:
            raise FileNotFoundError(f"{package}/{path}")
        scale = LEAST_SIDE / min(pixels.shape[:2])
        found.append(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    return tuple(found)


def ground(rng: np.random.Generator, width: int, height: int, *, with_photos: bool) -> Pixels:
    """(height, width, 3) uint8 RGB."""
    if with_photos and chance(rng, 0.55):
        pixels = _photo(rng, width, height)
        if chance(rng, 0.2):
            pixels = cv2.addWeighted(pixels, 0.5, _photo(rng, width, height), 0.5, 0)
    else:
        pixels = _drawn(rng, width, height)
    if chance(rng, 0.35):
        pixels = _structure(rng, pixels)
    return pixels


def _photo(rng: np.random.Generator, width: int, height: int) -> Pixels:
    """A cut of a photo, turned, mirrored and with other colours."""
    pixels = photos()[int(rng.integers(len(photos())))]
    high, wide = pixels.shape[:2]
    share = float(rng.uniform(0.25, 1.0)) * min(wide / width, high / height)
    part_w, part_h = max(8, int(width * share)), max(8, int(height * share))
    x, y = int(rng.integers(0, wide - part_w + 1)), int(rng.integers(0, high - part_h + 1))
    part = cv2.resize(pixels[y : y + part_h, x : x + part_w], (width, height), interpolation=cv2.INTER_LINEAR)
    if chance(rng, 0.5):
        part = part[:, ::-1]
    if chance(rng, 0.2):
        part = part[::-1]
    if chance(rng, 0.4):
        part = part[..., rng.permutation(3)]
    if chance(rng, 0.1):
        part = 255 - part
    return np.ascontiguousarray(part)


def _drawn(rng: np.random.Generator, width: int, height: int) -> Pixels:
    """A wall with a gradient and a grain, and things on it that hide each other."""
    first, last = (
        np.array(grey(rng, 20, 235) if chance(rng, 0.6) else hue(rng, (0.1, 0.7), (0.2, 0.9))) for _ in "ab"
    )
    ramp = np.linspace(0, 1, width if chance(rng, 0.5) else height)
    line = (first + (last - first) * ramp[:, None] * float(rng.uniform(0, 0.6))).astype(np.float32)
    plane = np.broadcast_to(line[None] if len(ramp) == width else line[:, None], (height, width, 3)).copy()
    plane += _grain(rng, width, height)[..., None] * float(rng.uniform(2, 25))
    pixels = np.clip(plane, 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(0, 18))):
        _thing(rng, pixels)
    return pixels


def _grain(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Noise of several sizes, about −1 to 1."""
    total = np.zeros((height, width), np.float32)
    for cells in (3, 9, 30, 90):
        coarse = rng.standard_normal((max(2, cells * height // width), cells)).astype(np.float32)
        total += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR) * float(
            rng.uniform(0, 0.6)
        )
    return total


def _thing(rng: np.random.Generator, pixels: Pixels) -> None:
    height, width = pixels.shape[:2]
    colour = grey(rng, 10, 245) if chance(rng, 0.5) else hue(rng, (0.2, 1.0), (0.1, 1.0))
    x, y = int(rng.integers(-20, width)), int(rng.integers(-20, height))
    wide, high = (int(value) for value in rng.integers(6, 130, 2))
    match int(rng.integers(6)):
        case 0:
            cv2.rectangle(pixels, (x, y), (x + wide, y + high), colour, -1)
        case 1:
            cv2.ellipse(
                pixels, (x, y), (wide, high), float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA
            )
        case 2:
            points = (rng.uniform(-1, 1, (int(rng.integers(3, 7)), 2)) * (wide, high) + (x, y)).astype(
                np.int32
            )
            cv2.fillPoly(pixels, [points], colour, cv2.LINE_AA)
        case 3:
            _pipe(rng, pixels, colour)
        case 4:
            start = float(rng.uniform(0, 360))
            arc = (x, y), (wide, wide), 0, start, start + float(rng.uniform(40, 360)), colour
            cv2.ellipse(pixels, *arc, max(1, high // 8), cv2.LINE_AA)
        case _:
            end = int(rng.integers(0, width)), int(rng.integers(0, height))
            cv2.line(pixels, (x, y), end, colour, max(1, high // 14), cv2.LINE_AA)


def _pipe(rng: np.random.Generator, pixels: Pixels, colour: tuple[int, int, int]) -> None:
    """A shaded cylinder across the picture."""
    height, width = pixels.shape[:2]
    across, thick = chance(rng, 0.5), int(rng.integers(6, 60))
    at = int(rng.integers(0, height if across else width))
    round_ = np.sqrt(np.clip(1 - np.linspace(-1, 1, thick) ** 2, 0, 1)) * 0.9 + 0.25
    strip = np.clip(np.array(colour) * round_[:, None], 0, 255).astype(np.uint8)
    if across:
        part = pixels[at : at + thick]
        part[:] = strip[: len(part), None]
    else:
        side = pixels[:, at : at + thick]
        side[:] = strip[None, : side.shape[1]]


def _structure(rng: np.random.Generator, pixels: Pixels) -> Pixels:
    """Something that repeats: bricks, tiles, slats, a fence."""
    height, width = pixels.shape[:2]
    step, colour = int(rng.integers(8, 60)), grey(rng, 10, 245)
    thick = max(1, step // int(rng.integers(5, 14)))
    over = pixels.copy()
    offset, stop = int(rng.integers(0, step)), int(rng.uniform(0.3, 1.0) * width)
    for y in range(offset, height, step):
        cv2.line(over, (0, y), (stop, y), colour, thick)
    if chance(rng, 0.6):
        for x in range(offset, stop, step * int(rng.integers(1, 4))):
            cv2.line(over, (x, 0), (x, height), colour, thick)
    return cv2.addWeighted(over, 0.7, pixels, 0.3, 0)
