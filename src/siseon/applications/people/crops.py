"""Which moments of a tracklet are looked at closely: those that show most of the person, spread over its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.footage import Sighting
from siseon.contracts import Image

MOST_CROPS = 12
"""Of a tracklet: more change the mean of their looks little."""
FULL_HEIGHT = 128
"""Pixels of a crop's height from which more do not help: half of what a network of looks takes."""
LEAST_HEIGHT = 24
"""Pixels below which a crop shows no person."""
EDGE = 2.0
"""Pixels from the picture's edge at which a box may be cut by it."""
LEAST_WORTH = 0.05
"""Below it a moment tells nothing of a person: covered, faint or far away."""
CUT = 0.6
"""What a box is worth that touches the left, right or upper edge; a camera that sees no feet is usual."""


@dataclass(frozen=True, slots=True)
class Held:
    """A tracklet: in which pictures, as which box of each."""

    number: int
    """From 1, in its chunk."""
    shots: NDArray[np.int64]
    """(K,) indices of pictures, rising."""
    rows: NDArray[np.int64]
    """(K,) indices of boxes in them."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A moment worth a look."""

    shot: int
    row: int
    quality: float
    """In (0, 1]."""


def held(numbers: Sequence[NDArray[np.int64]]) -> list[Held]:
    """The tracklets of a chunk by their boxes' numbers, 0 for none, in order of those."""
    count = max((int(one.max(initial=0)) for one in numbers), default=0)
    places: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for shot, ids in enumerate(numbers):
        for row, number in enumerate(ids.tolist()):
            if number:
                places[number - 1].append((shot, row))
    return [
        Held(number, *(np.array(part, np.int64) for part in zip(*found, strict=True)))
        for number, found in enumerate(places, 1)
        if found
    ]


def worth(sighting: Sighting, size: tuple[int, int]) -> NDArray[np.float64]:
    """(N,) in [0, 1] how well each box of a picture shows a whole person who is not covered.

    ``size``: (width, height) of the upright video.
    """
    xyxy = sighting.xyxy.astype(np.float64)
    if not len(xyxy):
        return np.empty(0)
    height = xyxy[:, 3] - xyxy[:, 1]
    large = np.where(height < LEAST_HEIGHT, 0.0, np.clip(height / FULL_HEIGHT, 0, 1))
    cut = (xyxy[:, 0] < EDGE) | (xyxy[:, 1] < EDGE) | (xyxy[:, 2] > size[0] - EDGE)
    worth: NDArray[np.float64] = (
        sighting.scores * large * (1 - _covered(xyxy)) * np.where(cut, CUT, 1.0)
    ).astype(np.float64)
    return worth


def best(tracklet: Held, worths: Sequence[NDArray[np.float64]], most: int = MOST_CROPS) -> list[Chosen]:
    """At most ``most`` moments: its time in equal parts, the best of each, in order; worth too little: none.

    ``worths``: of each picture's boxes.
    """
    values = np.array(
        [worths[shot][row] for shot, row in zip(tracklet.shots, tracklet.rows, strict=True)], np.float64
    )
    chosen = []
    for part in np.array_split(np.arange(len(values)), min(most, len(values))):
        at = int(part[values[part].argmax()])
        if values[at] >= LEAST_WORTH:
            chosen.append(Chosen(int(tracklet.shots[at]), int(tracklet.rows[at]), float(values[at])))
    return chosen


def _covered(xyxy: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) the largest share of each box that lies within another whose feet are lower, and which so stands before
    it."""
    low = np.maximum(xyxy[:, None, :2], xyxy[None, :, :2])
    high = np.minimum(xyxy[:, None, 2:], xyxy[None, :, 2:])
    inner = np.clip(high - low, 0, None).prod(axis=2)
    before = xyxy[None, :, 3] > xyxy[:, None, 3]
    area = (xyxy[:, 2:] - xyxy[:, :2]).prod(axis=1)
    return np.asarray((inner * before / area[:, None]).max(axis=1))


def cut(image: Image, xyxy: NDArray[np.float32]) -> Image | None:
    """The pixels in a box, (4,) in the picture's root frame; None where it lies wholly outside."""
    corners = image.frame.root_frame.map_points(xyxy.reshape(2, 2), image.frame)
    (x1, y1), (x2, y2) = np.floor(corners[0]).astype(int).tolist(), np.ceil(corners[1]).astype(int).tolist()
    if min(x2, image.width) <= max(x1, 0) or min(y2, image.height) <= max(y1, 0):
        return None
    return image.crop(x1, y1, x2, y2)
