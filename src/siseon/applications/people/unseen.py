"""What of a chunk nobody has seen, though looks come often: pictures between two looks that are like neither of them,
as where the light goes on and off, or the film is cut twice within a fifth of a second. Nobody knows whose heads they
show, so all of them is hidden.

Every picture is compared with the one before it, small and grey. One that is unlike it is a *break*: what is shown from
then on is like the next look, unless another break comes before that. A break to other things, not to another light of
the same ones, is a *cut*: nobody goes on over it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.between import Cells, between
from siseon.applications.people.contracts import Span

if TYPE_CHECKING:
    from av import VideoFrame

CELLS = 64, 36
"""Across and down, of the small picture; breaks are told from squares of four of them."""
CHANGED, SHARE = 20, 0.6
"""Of 255, by more than which a cell changes at a break, and the share of cells that do: in films without one 0.53 at
most, but for two pictures of a shaken camera; at cuts 0.77 and more."""
UNLIKE, STIRRED = 0.5, 4
"""Correlation below which it is one too, of dark scenes say, and how much cells change at least: else it is noise."""
SAME_THINGS = 0.8
"""Correlation from which it is another light only: 0.94 and more of light that goes on, 0.58 at cuts at most."""
HELD = 100_000_000
"""Bytes of pictures, not yet in colours, that are in memory until the next look: 32 of 1,920 x 1,080. Where looks come
seldom the others cannot be looked at."""


class Visit(NamedTuple):
    """A picture between two looks that is looked at too."""

    t_ms: int
    frame: VideoFrame
    new: NDArray[np.uint8]
    """(H, W) 1 where it is unlike both looks, upright."""


class Passing:
    """Hears of all pictures of a chunk, in order."""

    def __init__(self) -> None:
        from av.video.reformatter import VideoReformatter

        self._reformatter = VideoReformatter()
        self._before: NDArray[np.float64] | None = None
        self._breaks: list[tuple[int, int]] = []
        """The times of the last picture before each, and of the first one after it."""
        self._cuts: list[int] = []
        """The times of the first pictures after each."""
        self._times: list[int] = []
        self._cells: list[Cells] = []
        self._frames: list[VideoFrame | None] = []
        """Of the pictures since the last look."""
        self._room = HELD
        self.last_ms = -1
        """Of the last picture."""

    def hear(self, t_ms: int, frame: VideoFrame) -> None:
        """The next picture."""
        small = self._reformatter.reformat(frame, *CELLS, "gray", interpolation="AREA")
        whole = np.asarray(small.to_ndarray(), np.uint8)
        self._times.append(t_ms)
        self._cells.append(whole)
        self._room -= sum(plane.buffer_size for plane in frame.planes)
        self._frames.append(frame if self._room >= 0 else None)
        cells = whole.reshape(CELLS[1] // 2, 2, CELLS[0] // 2, 2).mean(axis=(1, 3))
        if self._before is not None:
            changed = np.abs(cells - self._before)
            alike = _correlation(cells, self._before)
            if (changed > CHANGED).mean() >= SHARE or (alike < UNLIKE and changed.mean() >= STIRRED):
                self._breaks.append((self.last_ms, t_ms))
                if alike < SAME_THINGS:
                    self._cuts.append(t_ms)
        self._before, self.last_ms = cells, t_ms

    def unseen(self, looks: Sequence[int]) -> tuple[Span, ...]:
        """From the first to the last picture of each time that is like neither the look before nor the one after.

        ``looks``: their times, rising.
        """
        times = [t_ms for _, t_ms in self._breaks]
        spans = []
        for low, high in pairwise(looks):
            first, after = bisect_right(times, low), bisect_right(times, high)
            if after - first > 1:
                spans.append(Span(times[first], self._breaks[after - 1][0]))
        return tuple(spans)

    def visits(self, low: int, high: int, most: int) -> tuple[list[Visit], tuple[Span, ...]]:
        """Of the pictures between two looks, whose times these are, those that are looked at too, so many at most, and
        the times of those that cannot be told."""
        frames = self._frames
        told = between(
            self._times,
            self._cells,
            (low, high),
            self.unseen((low, high)),
            most,
            lambda at: frames[at] is not None,
        )
        held = {t_ms: frame for t_ms, frame in zip(self._times, frames, strict=True) if frame is not None}
        return [
            Visit(t_ms, held[t_ms], _upright(new, held[t_ms])) for t_ms, new in told.looks.items()
        ], told.unseen

    def forget(self, t_ms: int) -> None:
        """The pictures before the one that is shown then."""
        gone = max(0, bisect_right(self._times, t_ms) - 1)
        del self._times[:gone], self._cells[:gone], self._frames[:gone]
        self._room = HELD

    def cuts(self, looks: Sequence[int]) -> frozenset[int]:
        """Indices of the looks that are the first after a cut."""
        return frozenset(bisect_left(looks, t_ms) for t_ms in self._cuts if looks[0] < t_ms <= looks[-1])


def _upright(cells: Cells, frame: VideoFrame) -> Cells:
    return np.ascontiguousarray(np.rot90(cells, round(frame.rotation / 90)))


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """1: the same but for light and contrast. Of pictures of one grey nothing can be told: 1."""
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 1.0
