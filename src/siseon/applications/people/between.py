"""Which pictures between two looks are looked at too: those in a part of which something is shown that is there at
neither look, as in a film that is played too fast, or where a picture within the picture comes and goes. And which
cannot be told even so: those where that is most of the picture, as where another scene is faded in and out again.

Pictures are compared small and grey. A cell is unlike a look if nothing at or beside its place has such a grey there,
so that a camera that shakes, or somebody who walks, changes little.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.contracts import Span

Cells = NDArray[np.uint8]
"""(H, W) greys."""

UNLIKE = 16
"""Of 255, beyond all greys at and beside the place of a cell."""
ACROSS, MANY = 3, 5
"""Cells of a square, and how many of them are unlike both looks where a head may have come."""
SPOTS = 6
"""Places that are unlike both looks, however small, from which people may be far away and fast. Where a film has its
own pace one picture in a hundred is looked at so, and one in seven where two wrestle before a camera that shakes."""
FADED = 0.5
"""Share of the cells from which another scene shines through, in which nobody can be found surely: 0.16 at most where
a film has its own pace."""
_BESIDE = np.ones((3, 3), np.uint8)


class Between(NamedTuple):
    """What is wanted beside the looks."""

    looks: dict[int, NDArray[np.uint8]]
    """Of each picture that is looked at too, by its time: (H, W) 1 where a cell is unlike both looks beside it."""
    unseen: tuple[Span, ...]
    """Of those that cannot be told, or would be too many."""


def between(
    times: Sequence[int],
    cells: Sequence[Cells],
    looks: Sequence[int],
    unseen: Iterable[Span],
    most: int,
    can_be: Callable[[int], bool],
) -> Between:
    """What is wanted beside the looks.

    Args:
        times: of all pictures, rising.
        cells: of each.
        looks: times of the looks there are, rising.
        unseen: pictures that are hidden whole already.
        most: looks that may be added.
        can_be: whether the picture at an index can be looked at.
    """
    hidden = {at for span in unseen for at in range(len(times)) if span.from_ms <= times[at] <= span.to_ms}
    added: dict[int, NDArray[np.uint8]] = {}
    lost: set[int] = set()
    seen = sorted({max(0, bisect_right(times, t_ms) - 1) for t_ms in looks})
    gaps = [*pairwise(seen)][::-1]
    while gaps:
        low, high = gaps.pop()
        rows = [at for at in range(low + 1, high) if at not in hidden and at not in lost]
        if not rows:
            continue
        new = {at: _new(cells[at], cells[low], cells[high]) for at in rows}
        faded = {at for at, one in new.items() if one.mean() >= FADED}
        lost |= faded
        found = {at: int(one.sum()) for at, one in new.items() if at not in faded and _may_be_heads(one)}
        if not found:
            continue
        held = [at for at in found if can_be(at)]
        if not held or len(added) >= most:
            lost |= set(found)
            continue
        middle = max(held, key=lambda at: (found[at], -at))
        added[middle] = new[middle]
        gaps += [(middle, high), (low, middle)]
    return Between({times[at]: added[at] for at in sorted(added)}, tuple(_spans(times, sorted(lost))))


def is_known(new: NDArray[np.uint8], people: NDArray[np.float32], size: tuple[int, int]) -> bool:
    """Whether all that is new is of people who are known from the looks beside it.

    ``people``: (N, 4) their boxes; ``size``: (width, height) of the picture in which these lie.
    """
    return not _may_be_heads(_without(new, people, size))


def strange(new: NDArray[np.uint8], known: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """(N, 4) boxes around what is new and large enough for a head, beside all that is known: a head without a body is
    found by no detector, and nobody can say of such a spot that it is none.

    ``known``: (N, 4) boxes of people and faces; ``size``: (width, height) of the picture in which these lie.
    """
    left = _without(new, known, size)
    heads = cv2.dilate((_sums(left) >= MANY).astype(np.uint8), _BESIDE) * left
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(heads, _BESIDE))
    tall, wide = new.shape
    scale = np.array([size[0] / wide, size[1] / tall] * 2)
    x, y, across, down = (stats[1:, column] for column in range(4))  # the first is all the rest
    return np.asarray(np.stack([x, y, x + across, y + down], axis=1) * scale, np.float32)


def _without(new: NDArray[np.uint8], known: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.uint8]:
    """What is new and in none of these boxes, nor at the edge of one."""
    left = new.copy()
    tall, wide = new.shape
    scale = np.array([wide / size[0], tall / size[1]] * 2)
    for x1, y1, x2, y2 in (known * scale).tolist():
        left[max(0, int(y1) - 1) : int(y2) + 2, max(0, int(x1) - 1) : int(x2) + 2] = 0
    return left


def _new(cells: Cells, before: Cells, after: Cells) -> NDArray[np.uint8]:
    """(H, W) 1 where a cell is unlike both looks."""
    both = np.ones_like(cells)
    for look in (before, after):
        above = cv2.subtract(cells, cv2.dilate(look, _BESIDE))
        below = cv2.subtract(cv2.erode(look, _BESIDE), cells)
        both &= np.maximum(above, below) > UNLIKE
    return both


def _may_be_heads(new: NDArray[np.uint8]) -> bool:
    """Whether there is more than an edge here and a corner there."""
    if new.sum() < MANY:
        return False
    return int(_sums(new).max()) >= MANY or cv2.connectedComponents(new)[0] > SPOTS


def _sums(new: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) how many cells are new in the square about each."""
    sums = cv2.boxFilter(new, -1, (ACROSS, ACROSS), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(sums, np.uint8)


def _spans(times: Sequence[int], rows: Sequence[int]) -> Iterator[Span]:
    """Of pictures that follow each other."""
    first = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or rows[at] != rows[at - 1] + 1:
            yield Span(times[rows[first]], times[rows[at - 1]])
            first = at
