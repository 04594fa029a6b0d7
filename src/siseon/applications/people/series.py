"""All that was seen of one person, as arrays over time, whatever chunks and tracklets it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.chunks import in_order
from siseon.applications.people.contracts import KEY_POINTS, ChunkSeen
from siseon.applications.people.merging.camera import View, views
from siseon.applications.people.merging.correcting import Identity, Piece


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


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A tracklet at N moments, with poses at M of them."""

    t_ms: NDArray[np.int64]
    boxes: NDArray[np.float64]
    turn: NDArray[np.complex128]
    shift: NDArray[np.complex128]
    stretch: NDArray[np.int64]
    pose_ms: NDArray[np.int64]
    points: NDArray[np.float64]


def series_of(identities: Sequence[Identity], chunks: Iterable[ChunkSeen]) -> tuple[Series, ...]:
    """Of each person, numbered from 1."""
    wanted = Counter(piece.sub_id for identity in identities for piece in identity.pieces)
    held = {
        id: one
        for chunk, looks in views(in_order(chunks))
        for id, one in _tracklets(chunk, looks, wanted).items()
    }
    made = []
    for number, identity in enumerate(identities, 1):
        made.append(_series(number, identity, held))
        for piece in identity.pieces:  # of hours both would take twice the memory
            wanted[piece.sub_id] -= 1
            if not wanted[piece.sub_id]:
                del held[piece.sub_id]
    return tuple(made)


def _tracklets(chunk: ChunkSeen, looks: Sequence[View], wanted: Container[int]) -> dict[int, _Held]:
    rows: dict[int, list[tuple[int, tuple[float, ...], View]]] = {}
    for moment, look in zip(chunk.moments, looks, strict=True):
        for seen in moment.boxes:
            if seen.id in wanted:
                rows.setdefault(seen.id, []).append((moment.t_ms, seen.box, look))
    poses = {one.id: one.poses for one in chunk.tracklets}
    return {
        id: _Held(
            t_ms=np.array([t_ms for t_ms, _, _ in several], np.int64),
            boxes=np.array([box for _, box, _ in several], float),
            turn=np.array([look.turn for _, _, look in several], np.complex128),
            shift=np.array([look.shift for _, _, look in several], np.complex128),
            stretch=np.array([look.stretch for _, _, look in several], np.int64),
            pose_ms=np.array([pose.t_ms for pose in poses[id]], np.int64),
            points=np.array([pose.points for pose in poses[id]], float).reshape(-1, KEY_POINTS, 3),
        )
        for id, several in rows.items()
    }


def _series(number: int, identity: Identity, held: Mapping[int, _Held]) -> Series:
    pieces = [_within(held[piece.sub_id], piece) for piece in identity.pieces]
    # At a border the chunk before counts: of equal times the first one.
    t_ms, at = np.unique(np.concatenate([one.t_ms for one in pieces]), return_index=True)
    pose_ms, posed = np.unique(np.concatenate([one.pose_ms for one in pieces]), return_index=True)
    boxes = np.concatenate([one.boxes for one in pieces])[at]
    turn = np.concatenate([one.turn for one in pieces])[at]
    shift = np.concatenate([one.shift for one in pieces])[at]
    return Series(
        person=number,
        t_ms=t_ms,
        boxes=boxes,
        feet=turn * ((boxes[:, 0] + boxes[:, 2]) / 2 + 1j * boxes[:, 3]) + shift,
        heights=np.abs(turn) * (boxes[:, 3] - boxes[:, 1]),
        stretch=np.concatenate([one.stretch for one in pieces])[at],
        pose_ms=pose_ms,
        points=np.concatenate([one.points for one in pieces])[posed],
    )


def _within(one: _Held, piece: Piece) -> _Held:
    ends = piece.from_ms, piece.to_ms + 1
    seen = slice(*np.searchsorted(one.t_ms, ends))
    posed = slice(*np.searchsorted(one.pose_ms, ends))
    return _Held(
        one.t_ms[seen],
        one.boxes[seen],
        one.turn[seen],
        one.shift[seen],
        one.stretch[seen],
        one.pose_ms[posed],
        one.points[posed],
    )
