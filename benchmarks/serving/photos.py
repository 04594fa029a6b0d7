"""Photos with a known number of objects, made from those of COCO: none, one, ten, and about a hundred.

The detector verifies each count: a number in the table is what the networks see, not what is meant to be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
from by_hand import Detector, Objects, Pixels, crops, decode
from numpy.typing import NDArray

COUNTS = 4
TILES = 10
"""Tiles on a side of the mosaic; each holds one object."""
TILE = 128
"""Pixels of a tile's side, so that its object is large enough to be classified."""
MARGIN = 0.1
"""Of a box's longer side, left around an object cut out for the mosaic."""
TRIALS = 120
"""Pictures tried: what the detector sees in a new picture is found by asking it."""
PAIR_HEIGHT = 480
QUALITY = 90


def compose(photos: Sequence[Path], folder: Path) -> dict[int, Path]:
    """Write a JPEG for each into ``folder``, unless they are there; paths by the number of objects that it finds."""
    there = sorted((int(path.stem.partition("-")[2]), path) for path in folder.glob("objects-*.jpg"))
    if len(there) == COUNTS:
        return dict(there)
    detector = Detector()
    pictures = [decode(path.read_bytes()) for path in photos]
    found = [detector([pixels])[0] for pixels in pictures]
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for goal, pixels in (
        (0, [np.full((480, 640, 3), 128, np.uint8)]),
        (
            1,
            [
                pixels
                for pixels, objects in zip(pictures, found, strict=True)
                if len(crops(pixels, objects)) == 1
            ],
        ),
        (10, list(_pairs(pictures, found, 10))),
        (TILES**2, _mosaics(pictures, found)),
    ):
        count, encoded = _nearest(detector, pixels, goal)
        paths[count] = folder / f"objects-{count}.jpg"
        paths[count].write_bytes(encoded)
    return paths


def _nearest(detector: Detector, pictures: Sequence[Pixels], goal: int) -> tuple[int, bytes]:
    """Of the first pictures, encoded, the one with the number of objects nearest to ``goal``."""
    best: tuple[int, bytes] | None = None
    for pixels in pictures[:TRIALS]:
        encoded = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality=QUALITY)
        decoded = decode(encoded)
        (objects,) = detector([decoded])
        count = len(crops(decoded, objects))
        if len(objects.scores) == count and (best is None or abs(count - goal) < abs(best[0] - goal)):
            best = count, encoded
        if best is not None and best[0] == goal:
            break
    if best is None:
        raise SystemExit(f"no picture with about {goal} objects could be made of these photos")
    return best


def _pairs(pictures: Sequence[Pixels], found: Sequence[Objects], count: int) -> Iterator[Pixels]:
    """Two photos side by side that have ``count`` objects together."""
    for (left, those), (right, others) in combinations(zip(pictures, found, strict=True), 2):
        if len(those.scores) + len(others.scores) == count:
            yield np.hstack([_of_height(left, PAIR_HEIGHT), _of_height(right, PAIR_HEIGHT)])


def _mosaics(pictures: Sequence[Pixels], found: Sequence[Objects]) -> list[Pixels]:
    """One object in every tile, for each object, the surest first."""
    parts = [
        (float(score), _around(pixels, box))
        for pixels, objects in zip(pictures, found, strict=True)
        for box, score in zip(objects.xyxy, objects.scores, strict=True)
    ]
    parts.sort(key=lambda part: -part[0])
    tiles = [cv2.resize(part, (TILE, TILE), interpolation=cv2.INTER_AREA) for _, part in parts[:TRIALS]]
    return [np.tile(tile, (TILES, TILES, 1)) for tile in tiles]


def _around(pixels: Pixels, box: NDArray[np.float32]) -> Pixels:
    """A square around the box, as far as the picture reaches."""
    x1, y1, x2, y2 = box
    half = max(x2 - x1, y2 - y1) * (0.5 + MARGIN)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    return pixels[int(max(0, y - half)) : int(y + half) + 1, int(max(0, x - half)) : int(x + half) + 1]


def _of_height(pixels: Pixels, height: int) -> Pixels:
    size = round(pixels.shape[1] * height / pixels.shape[0]), height
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
