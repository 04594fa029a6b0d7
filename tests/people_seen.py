"""Chunks as seen, made of where people are: for tests of what is concluded from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.contracts import (
    Appearance,
    ChunkSeen,
    Moment,
    Pose,
    SeenBox,
    Similarity,
    Tracklet,
)
from siseon.applications.people.vectors import packed
from siseon.contracts.wire import Box

STEP_MS = 200
STILL = Similarity(1.0, 0.0, 0.0, 0.0)


def body(x: float, *, y: float = 300.0, tall: float = 200.0) -> Box:
    """A box of somebody whose feet are at (x, y)."""
    return Box(x - tall / 5, y - tall, x + tall / 5, y)


def direction(number: int, *, size: int = 16) -> NDArray[np.float64]:
    """Unit vectors that are far from each other."""
    return np.eye(size)[number]


def chunk(
    number: int,
    boxes: Mapping[int, Mapping[int, Box]],
    *,
    looks: Mapping[int, NDArray[np.float64]] | None = None,
    poses: Mapping[int, Sequence[Pose]] | None = None,
    camera: Mapping[int, Similarity | None] | None = None,
    length_ms: int = 2_000,
    descriptor: str = "test",
) -> ChunkSeen:
    """``boxes``: by number of the tracklet in the chunk, then by time in the video, in steps of 200 ms."""
    start, end = number * length_ms, (number + 1) * length_ms
    ids = {one: number * 1000 + one for one in sorted(boxes) if boxes[one]}
    return ChunkSeen(
        chunk=number,
        start_ms=start,
        end_ms=end,
        width=1280,
        height=720,
        descriptor=descriptor,
        moments=tuple(
            Moment(
                t_ms=t,
                camera=(camera or {}).get(t, STILL),
                boxes=tuple(
                    SeenBox(id=ids[one], box=boxes[one][t], score=0.9) for one in ids if t in boxes[one]
                ),
            )
            for t in range(start, end + 1, STEP_MS)
        ),
        tracklets=tuple(
            Tracklet(
                id=ids[one],
                appearance=None
                if looks is None or one not in looks
                else Appearance(vector=packed(looks[one]), crops=5, quality=1.0),
                poses=tuple((poses or {}).get(one, ())),
            )
            for one in ids
        ),
    )


def times(first: int, last: int) -> range:
    """Both included."""
    return range(first, last + 1, STEP_MS)
