"""All that was seen of one person, as arrays over time, whatever chunks and tracklets it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.contracts import KEY_POINTS, ChunkSeen, Pose
from siseon.applications.people.merging.camera import View, views
from siseon.applications.people.merging.correcting import Identity


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One person at N moments, with poses at M of them."""

    person: int
    t_ms: NDArray[np.int64]
    """(N,), ascending."""
    boxes: NDArray[np.float64]
    """(N, 4) pixels of the picture."""
    feet: NDArray[np.complex128]
    """(N,) middles of the lower edges, x + iy, in pixels of the camera's stretch."""
    heights: NDArray[np.float64]
    """(N,) in pixels of the stretch."""
    stretch: NDArray[np.int64]
    """(N,) number of it; -1: not known."""
    pose_ms: NDArray[np.int64]
    """(M,), ascending."""
    points: NDArray[np.float64]
    """(M, 17, 3) x, y in pixels of the picture, and score."""


def series_of(identities: Sequence[Identity], chunks: Iterable[ChunkSeen]) -> tuple[Series, ...]:
    """Of each person, numbered from 1."""
    ordered = sorted(chunks, key=lambda chunk: chunk.chunk)
    rows: dict[int, list[tuple[int, tuple[float, ...], View]]] = {}
    poses: dict[int, tuple[Pose, ...]] = {one.id: one.poses for chunk in ordered for one in chunk.tracklets}
    for chunk, looks in zip(ordered, views(ordered), strict=True):
        for moment, look in zip(chunk.moments, looks, strict=True):
            for one in moment.boxes:
                rows.setdefault(one.id, []).append((moment.t_ms, one.box, look))
    return tuple(_series(number, identity, rows, poses) for number, identity in enumerate(identities, 1))


def _series(
    number: int,
    identity: Identity,
    rows: dict[int, list[tuple[int, tuple[float, ...], View]]],
    poses: dict[int, tuple[Pose, ...]],
) -> Series:
    seen: dict[int, tuple[tuple[float, ...], View]] = {}
    posed: dict[int, Pose] = {}
    for piece in identity.pieces:  # at a border the chunk before counts
        for t_ms, box, look in rows[piece.sub_id]:
            if piece.from_ms <= t_ms <= piece.to_ms:
                seen.setdefault(t_ms, (box, look))
        for pose in poses[piece.sub_id]:
            if piece.from_ms <= pose.t_ms <= piece.to_ms:
                posed.setdefault(pose.t_ms, pose)
    times, pose_times = sorted(seen), sorted(posed)
    boxes = np.array([seen[t][0] for t in times], float).reshape(-1, 4)
    turn = np.array([seen[t][1].turn for t in times], np.complex128)
    shift = np.array([seen[t][1].shift for t in times], np.complex128)
    return Series(
        person=number,
        t_ms=np.array(times, np.int64),
        boxes=boxes,
        feet=turn * ((boxes[:, 0] + boxes[:, 2]) / 2 + 1j * boxes[:, 3]) + shift,
        heights=np.abs(turn) * (boxes[:, 3] - boxes[:, 1]),
        stretch=np.array([seen[t][1].stretch for t in times], np.int64),
        pose_ms=np.array(pose_times, np.int64),
        points=np.array([posed[t].points for t in pose_times], float).reshape(-1, KEY_POINTS, 3),
    )
