"""ByteTrack (Zhang and others, ECCV 2022): boxes are given to tracks where those are expected, first the sure ones,
then the faint ones to the tracks that are left.

It names what ``ByteTrackTracker`` of the package ``trackers`` (Roboflow, Apache-2.0), version 2.6.1, names with two
boxes before a track counts, and follows its rules for pictures at uneven times; ``test_bytetrack.py`` compares the two.
It is apart because that package's imports took a quarter of a short run, and its filter in eight dimensions is four
times the same one in two: sides move by themselves, and all of a track are equally sure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.following.assignment import assigned

JITTER, DRIFT = 0.1, 0.01
"""Variances: of a side that is seen, square pixels, and of what a side and its pace change by in a picture."""
EVEN_S = 0.004
"""How much later or earlier than expected a picture may come and still count as in time: clocks count milliseconds."""
NOBODY = -1


@dataclass(frozen=True, slots=True)
class _Tracks:
    """T of them, the oldest first."""

    ids: NDArray[np.int64]
    """(T,); ``NOBODY``: has one box."""
    sides: NDArray[np.float64]
    """(T, 4) x1, y1, x2, y2 where it is expected."""
    paces: NDArray[np.float64]
    """(T, 4) of them, a picture."""
    doubt: NDArray[np.float64]
    """(T, 3) variance of a side, its covariance with its pace, variance of its pace."""
    unseen_s: NDArray[np.float64]
    """(T,) since the last box."""

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, kept: NDArray[np.generic]) -> _Tracks:
        return _Tracks(
            self.ids[kept], self.sides[kept], self.paces[kept], self.doubt[kept], self.unseen_s[kept]
        )

    def with_new(self, boxes: NDArray[np.float64]) -> _Tracks:
        count = len(boxes)
        return _Tracks(
            np.append(self.ids, np.full(count, NOBODY)),
            np.concatenate([self.sides, boxes]),
            np.concatenate([self.paces, np.zeros((count, 4))]),
            np.concatenate([self.doubt, np.tile([1.0, 0.0, 1.0], (count, 1))]),
            np.append(self.unseen_s, np.zeros(count)),
        )


class ByteTrack:
    """Follows boxes from picture to picture."""

    def __init__(self, *, rate: float, lost_s: float, begins: float, sure: float, overlap: float) -> None:
        """
        Args:
            rate: pictures a second, as a rule.
            lost_s: seconds that a track goes on without a box.
            begins: score of a box from which it may begin a track.
            sure: score from which it counts in the first round.
            overlap: IoU with where a track is expected, at least.
        """
        self.rate, self.lost_s = rate, lost_s
        self.begins, self.sure, self.overlap = begins, sure, overlap
        self._at_s: float | None = None
        self._next = 0
        self._tracks = _Tracks(
            np.empty(0, np.int64), np.empty((0, 4)), np.empty((0, 4)), np.empty((0, 3)), np.empty(0)
        )

    def update(
        self, xyxy: NDArray[np.float32], scores: NDArray[np.float32], at_s: float
    ) -> NDArray[np.int64]:
        """(N,) int64 the numbers of the tracks, from 0, of (N, 4) boxes in their order; -1: none, or not yet.

        ``at_s``: later than at the last call.
        """
        passed_s = 1 / self.rate if self._at_s is None else at_s - self._at_s
        self._at_s = at_s
        tracks = _later(self._tracks, passed_s, self.rate)
        tracks = tracks[tracks.unseen_s <= self.lost_s]
        boxes = xyxy.astype(np.float64)
        whose = np.full(len(boxes), NOBODY)
        """Index of the track of each box."""
        left = np.arange(len(tracks))
        is_sure = scores >= self.sure
        for rows in (np.flatnonzero(is_sure), np.flatnonzero(~is_sure)):
            overlaps = _overlaps(tracks.sides[left], boxes[rows])
            pairs = [(row, at) for row, at in assigned(overlaps) if overlaps[row, at] >= self.overlap]
            for row, at in pairs:
                whose[rows[at]] = left[row]
            left = np.delete(left, [row for row, _ in pairs])
        found = np.flatnonzero(whose >= 0)
        tracks = self._seen(tracks, whose[found], boxes[found])
        ids = np.full(len(boxes), NOBODY)
        ids[found] = tracks.ids[whose[found]]
        # Who has one box only must have another at once.
        tracks = tracks[tracks.ids != NOBODY]
        beginning = (whose < 0) & is_sure & (scores.astype(np.float64) >= self.begins)
        self._tracks = tracks.with_new(boxes[beginning])
        return ids

    def _seen(self, tracks: _Tracks, rows: NDArray[np.int64], boxes: NDArray[np.float64]) -> _Tracks:
        """With the boxes that these rows have now; those that have none before get their number."""
        ids = tracks.ids.copy()
        new = np.sort(rows[ids[rows] == NOBODY])
        ids[new] = np.arange(self._next, self._next + len(new))
        self._next += len(new)
        return replace(_corrected(tracks, rows, boxes), ids=ids)


def _later(tracks: _Tracks, passed_s: float, rate: float) -> _Tracks:
    """Where they are expected after so long."""
    step = passed_s * rate
    side, both, pace = tracks.doubt.T
    if abs(step - 1) <= EVEN_S * rate:
        drift = DRIFT, 0.0, DRIFT
    else:  # the pace changes at random, and the sides follow
        drift = DRIFT * step**4 / 4, DRIFT * step**3 / 2, DRIFT * step**2
    return replace(
        tracks,
        sides=tracks.sides + step * tracks.paces,
        doubt=np.stack(
            [
                side + 2 * step * both + step**2 * pace + drift[0],
                both + step * pace + drift[1],
                pace + drift[2],
            ],
            axis=1,
        ),
        unseen_s=tracks.unseen_s + passed_s,
    )


def _corrected(tracks: _Tracks, rows: NDArray[np.int64], boxes: NDArray[np.float64]) -> _Tracks:
    """By boxes that are seen of these rows: Kalman's filter of a side and its pace."""
    sides, paces, doubt, unseen_s = (
        tracks.sides.copy(),
        tracks.paces.copy(),
        tracks.doubt.copy(),
        tracks.unseen_s.copy(),
    )
    side, both, pace = doubt[rows].T
    trust, push = side / (side + JITTER), both / (side + JITTER)
    missed = boxes - sides[rows]
    sides[rows] += trust[:, None] * missed
    paces[rows] += push[:, None] * missed
    doubt[rows] = np.stack(
        [
            (1 - trust) ** 2 * side + trust**2 * JITTER,
            (1 - trust) * (both - push * side) + trust * push * JITTER,
            pace - 2 * push * both + push**2 * side + push**2 * JITTER,
        ],
        axis=1,
    )
    unseen_s[rows] = 0
    return _Tracks(tracks.ids, sides, paces, doubt, unseen_s)


def _overlaps(expected: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.float32]:
    """(T, N) IoU; 0 of what the filter has turned inside out."""
    top_left = np.maximum(expected[:, None, :2], boxes[None, :, :2])
    inner = np.clip(np.minimum(expected[:, None, 2:], boxes[None, :, 2:]) - top_left, 0, None).prod(axis=2)
    areas = [(each[:, 2:] - each[:, :2]).prod(axis=1) for each in (expected, boxes)]
    both = areas[0][:, None] + areas[1][None, :] - inner
    shares = np.divide(inner, both, out=np.zeros_like(inner), where=both > 0)
    return np.asarray(shares, np.float32)
