"""What no likeness can outweigh: who was seen together, who would have run too fast, who is too large or too small.

The measure is the body: distances are in heights of the box, so that they mean the same near and far. Each veto is of
two tracks, the same in both orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.merging.camera import NO_STRETCH
from siseon.applications.people.merging.tracks import Track

FASTEST = 5.0
"""Heights a second: 8 m/s at 1.6 m, as children run too."""
SLACK = 1.0
"""Heights: a box that is cut by the picture's edge has its middle elsewhere."""
SIZE_AT_ONCE = 2.0
"""Ratio of heights of one person: standing to sitting, whole to cut."""
SIZE_A_SECOND = 1.25
"""By which the ratio grows with each second: who walks from 10 m to 3 m within 5 s looks 3.3 times as tall."""
LARGEST_RATIO = 8.0
NEAR_END = 5
"""Boxes of whose heights the median is the height at an end."""


@dataclass(frozen=True, slots=True, eq=False)
class Vetoes:
    """(N, N) bool each, symmetric, False on the diagonal."""

    together: NDArray[np.bool_]
    too_fast: NDArray[np.bool_]
    other_size: NDArray[np.bool_]

    @property
    def any(self) -> NDArray[np.bool_]:
        """(N, N) bool."""
        return self.together | self.too_fast | self.other_size


def vetoes(tracks: Sequence[Track]) -> Vetoes:
    """Of all pairs.

    Two are together where the time from first to last moment of the one meets that of the other: a tracker that held
    on to an id through an occlusion says that its person was there. A place or a size of another stretch of the camera
    says nothing.
    """
    first = np.array([track.span[0] for track in tracks])
    last = np.array([track.span[1] for track in tracks])
    together = (first[:, None] <= last[None, :]) & (first[None, :] <= last[:, None])
    np.fill_diagonal(together, False)

    gap = (first[None, :] - last[:, None]) / 1000.0  # [i, j]: from the end of i to the start of j, seconds
    before = gap > 0
    comparable = before & _same_stretch(tracks)
    tall_last = np.array([float(np.median(track.heights[-NEAR_END:])) for track in tracks])
    tall_first = np.array([float(np.median(track.heights[:NEAR_END])) for track in tracks])
    ends = np.array([track.centres[-1] for track in tracks])
    starts = np.array([track.centres[0] for track in tracks])
    height = np.maximum(tall_last[:, None], tall_first[None, :])
    way = np.abs(starts[None, :] - ends[:, None]) / height
    too_fast = comparable & (way > SLACK + FASTEST * gap)

    ratio = height / np.minimum(tall_last[:, None], tall_first[None, :])
    grown = SIZE_AT_ONCE * SIZE_A_SECOND ** np.clip(gap, 0.0, 60.0)
    other_size = comparable & (ratio > np.minimum(grown, LARGEST_RATIO))
    return Vetoes(together, too_fast | too_fast.T, other_size | other_size.T)


def _same_stretch(tracks: Sequence[Track]) -> NDArray[np.bool_]:
    """[i, j]: whether the end of i and the start of j lie on one plane."""
    end = np.array([track.stretch[-1] for track in tracks])
    start = np.array([track.stretch[0] for track in tracks])
    same: NDArray[np.bool_] = (end[:, None] == start[None, :]) & (end[:, None] != NO_STRETCH)
    return same
