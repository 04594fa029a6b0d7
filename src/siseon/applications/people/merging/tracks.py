"""Tracks: tracklets that go on over the borders of chunks, as arrays, on the plane of the camera's stretch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.chunks import in_order
from siseon.applications.people.contracts import Appearance, ChunkSeen, Refusal
from siseon.applications.people.merging.camera import View, views
from siseon.applications.people.merging.stitch import stitched
from siseon.applications.people.vectors import unpacked


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One person as long as a tracker held on, over N moments, each once."""

    sub_ids: tuple[int, ...]
    t_ms: NDArray[np.int64]
    """(N,), ascending."""
    centres: NDArray[np.complex128]
    """(N,) middles of the boxes, x + iy, in pixels of the stretch."""
    heights: NDArray[np.float64]
    """(N,) of the boxes, in pixels of the stretch."""
    stretch: NDArray[np.int64]
    """(N,) number of the stretch; -1: not known."""
    vectors: NDArray[np.float64]
    """(K, D) unit length; K is 0 without appearance."""
    weights: NDArray[np.float64]
    """(K,) number of crops by their quality."""

    @property
    def span(self) -> tuple[int, int]:
        """First and last millisecond."""
        return int(self.t_ms[0]), int(self.t_ms[-1])


def tracks_of(chunks: Iterable[ChunkSeen]) -> tuple[tuple[Track, ...], tuple[Refusal, ...]]:
    """In order of (first moment, first id), and what could not be stitched or compared.

    ``chunks`` may come in any order; those that failed are just not there.
    """
    ordered = in_order(chunks)
    chains, refused = stitched(ordered)
    seen = _seen(ordered)
    descriptor, others = _descriptor(seen.descriptors)
    tracks = [
        _track(
            [seen.rows[id] for id in chain],
            chain,
            [look for id in chain if (look := seen.looks.get((id, descriptor))) is not None],
        )
        for chain in chains
    ]
    return tuple(sorted(tracks, key=lambda one: (one.span[0], one.sub_ids))), (*refused, *others)


def _descriptor(descriptors: Mapping[int, str]) -> tuple[str | None, tuple[Refusal, ...]]:
    """The descriptor of most chunks, by whose number they are given; appearances of another are of no use."""
    counts = Counter(descriptors.values())
    chosen = min(counts, key=lambda name: (-counts[name], name), default=None)
    others = tuple(
        Refusal(
            what="appearance",
            reason="other_run",
            chunk=chunk,
            detail=f"described by {descriptor}, others by {chosen}",
        )
        for chunk, descriptor in descriptors.items()
        if descriptor != chosen
    )
    return chosen, others


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Of a tracklet at N moments, in pixels of the stretch."""

    t_ms: NDArray[np.int64]
    centres: NDArray[np.complex128]
    heights: NDArray[np.float64]
    stretch: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of all chunks tracks are made of."""

    rows: dict[int, _Rows] = field(default_factory=dict)
    """By tracklet."""
    looks: dict[tuple[int, str | None], Appearance] = field(default_factory=dict)
    """By tracklet and descriptor."""
    descriptors: dict[int, str] = field(default_factory=dict)
    """By chunk, of those that have one."""


def _seen(chunks: Iterable[ChunkSeen]) -> _Seen:
    seen = _Seen()
    for chunk, looks in views(chunks):
        rows: defaultdict[int, list[tuple[int, complex, float, int]]] = defaultdict(list)
        for moment, look in zip(chunk.moments, looks, strict=True):
            for one in moment.boxes:
                rows[one.id].append((moment.t_ms, *_placed(one.box, look)))
        for id, several in rows.items():
            times, centres, heights, stretch = zip(*several, strict=True)
            seen.rows[id] = _Rows(
                np.array(times, np.int64),
                np.array(centres, np.complex128),
                np.array(heights, float),
                np.array(stretch, np.int64),
            )
        for tracklet in chunk.tracklets:
            if tracklet.appearance is not None:
                seen.looks[tracklet.id, chunk.descriptor] = tracklet.appearance
        if chunk.descriptor is not None:
            seen.descriptors[chunk.chunk] = chunk.descriptor
    return seen


def _placed(box: tuple[float, float, float, float], look: View) -> tuple[complex, float, int]:
    x1, y1, x2, y2 = box
    middle = look.turn * complex((x1 + x2) / 2, (y1 + y2) / 2) + look.shift
    return middle, abs(look.turn) * (y2 - y1), look.stretch


def _track(rows: Sequence[_Rows], sub_ids: Sequence[int], looks: Sequence[Appearance]) -> Track:
    """``rows``: of each of ``sub_ids``, in order of time."""
    # The border once, of the chunk before: of equal times the first one counts.
    times, at = np.unique(np.concatenate([one.t_ms for one in rows]), return_index=True)
    weights = np.array([look.crops * look.quality for look in looks], float)
    return Track(
        sub_ids=tuple(sub_ids),
        t_ms=times,
        centres=np.concatenate([one.centres for one in rows])[at],
        heights=np.concatenate([one.heights for one in rows])[at],
        stretch=np.concatenate([one.stretch for one in rows])[at],
        vectors=np.array([unpacked(look.vector) for look in looks], float)[weights > 0],
        weights=weights[weights > 0],
    )
