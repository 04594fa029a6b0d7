"""Tracks: tracklets that go on over the borders of chunks, as arrays, on the plane of the camera's stretch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.contracts import ChunkSeen, Refusal, Tracklet
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


def tracks_of(chunks: Sequence[ChunkSeen]) -> tuple[tuple[Track, ...], tuple[Refusal, ...]]:
    """In order of (first moment, first id), and what could not be stitched or compared.

    ``chunks`` may come in any order; those that failed are just not there.
    """
    ordered = sorted(chunks, key=lambda chunk: chunk.chunk)
    chains, refused = stitched(ordered)
    descriptor, others = _descriptor(ordered)
    seen = _seen(ordered)
    tracklets = {one.id: (one, chunk.descriptor) for chunk in ordered for one in chunk.tracklets}
    tracks = [
        _track(chain, seen, [one for one, made in (tracklets[id] for id in chain) if made == descriptor])
        for chain in chains
    ]
    return tuple(sorted(tracks, key=lambda one: (one.span[0], one.sub_ids))), (*refused, *others)


def _descriptor(chunks: Sequence[ChunkSeen]) -> tuple[str | None, tuple[Refusal, ...]]:
    """The descriptor of most chunks; appearances of another are of no use."""
    counts = Counter(chunk.descriptor for chunk in chunks if chunk.descriptor is not None)
    chosen = min(counts, key=lambda name: (-counts[name], name), default=None)
    others = tuple(
        Refusal(
            what="appearance",
            reason="other_run",
            chunk=chunk.chunk,
            detail=f"described by {chunk.descriptor}, others by {chosen}",
        )
        for chunk in chunks
        if chunk.descriptor not in (None, chosen)
    )
    return chosen, others


Row = tuple[int, complex, float, int]


def _seen(chunks: Sequence[ChunkSeen]) -> dict[int, list[Row]]:
    """Time, middle, height and stretch of each tracklet, by its id."""
    rows: defaultdict[int, list[Row]] = defaultdict(list)
    for chunk, looks in zip(chunks, views(chunks), strict=True):
        for moment, look in zip(chunk.moments, looks, strict=True):
            for one in moment.boxes:
                rows[one.id].append((moment.t_ms, *_placed(one.box, look)))
    return rows


def _placed(box: tuple[float, float, float, float], look: View) -> tuple[complex, float, int]:
    x1, y1, x2, y2 = box
    middle = look.turn * complex((x1 + x2) / 2, (y1 + y2) / 2) + look.shift
    return middle, abs(look.turn) * (y2 - y1), look.stretch


def _track(chain: Sequence[int], seen: dict[int, list[Row]], described: Sequence[Tracklet]) -> Track:
    rows = {row[0]: row for id in reversed(chain) for row in seen[id]}  # the border once, of the chunk before
    times = sorted(rows)
    looks = [one.appearance for one in described if one.appearance is not None]
    weights = np.array([look.crops * look.quality for look in looks], float)
    return Track(
        sub_ids=tuple(chain),
        t_ms=np.array(times, np.int64),
        centres=np.array([rows[t][1] for t in times], np.complex128),
        heights=np.array([rows[t][2] for t in times], float),
        stretch=np.array([rows[t][3] for t in times], np.int64),
        vectors=np.array([unpacked(look.vector) for look in looks], float)[weights > 0],
        weights=weights[weights > 0],
    )
