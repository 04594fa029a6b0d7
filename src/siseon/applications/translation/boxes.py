"""Where letters of a region may stand: whole pixels of its box, without what is a neighbour's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.translation.contracts import TextRegion

MARGIN = 1
"""Pixels of a turned box that stay free, so that no edge of a turned letter is cut."""
SHARED = 0.35
"""Of the smaller of two boxes, that both have in common at most where each gets half of that; what is more lies in the
other on purpose."""

Boxes = NDArray[np.float64]


def parted(regions: Sequence[TextRegion]) -> list[TextRegion]:
    """The regions with upright boxes that do not reach into one another: detected ones do, by accents and tails."""
    boxes = np.array([(r.box.x1, r.box.y1, r.box.x2, r.box.y2) for r in regions], np.float64).reshape(-1, 4)
    upright = np.array([region.angle % 90 == 0 for region in regions], bool)
    cut = boxes.copy()
    for number in np.flatnonzero(upright).tolist():
        others = upright.copy()
        others[number] = False
        cut[number] = _cut(boxes[number], boxes[others])
    return [
        _clipped(region, cut[number]) if (cut[number] != boxes[number]).any() else region
        for number, region in enumerate(regions)
    ]


def _cut(box: Boxes, others: Boxes) -> Boxes:
    """A box (4,) without its half of what others (N, 4) share with it."""
    low, high = np.maximum(others[:, :2], box[:2]), np.minimum(others[:, 2:], box[2:])
    shared = high - low
    sides = np.minimum(others[:, 2:] - others[:, :2], box[2:] - box[:2])
    both = (shared > 0).all(axis=1)
    out = box.copy()
    across = shared[:, 1] <= shared[:, 0]
    for axis, mine in ((1, both & across), (0, both & ~across)):
        for index in np.flatnonzero(mine & (shared[:, axis] <= SHARED * sides[:, axis])).tolist():
            middle = (low[index, axis] + high[index, axis]) / 2
            if others[index, axis] + others[index, axis + 2] >= box[axis] + box[axis + 2]:
                out[axis + 2] = min(out[axis + 2], middle)
            else:
                out[axis] = max(out[axis], middle)
    return out if (out[2:] > out[:2]).all() else box


def _clipped(region: TextRegion, box: Boxes) -> TextRegion:
    corners = np.clip(region.corners, box[:2], box[2:]).tolist()
    return region.model_copy(update={"polygon": tuple((x, y) for x, y in [*corners, corners[0]])})


def lying(region: TextRegion) -> TextRegion:
    """The same place for text that runs from its top to its bottom, turned clockwise."""
    first, second, third, fourth, _ = region.polygon
    return region.model_copy(update={"polygon": (second, third, fourth, first, second)})


def room(region: TextRegion) -> tuple[int, int]:
    """Whole pixels along and across a region in which letters may stand."""
    if region.angle == 0:
        x1, y1, x2, y2 = upright(region)
        return x2 - x1, y2 - y1
    corners = region.corners
    width, height = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])
    return int(width) - 2 * MARGIN, int(height) - 2 * MARGIN


def upright(region: TextRegion) -> tuple[int, int, int, int]:
    """x1, y1, x2, y2 of the whole pixels in a region that is not turned."""
    x1, y1, x2, y2 = region.box
    return int(np.ceil(x1)), int(np.ceil(y1)), int(np.floor(x2)), int(np.floor(y2))
