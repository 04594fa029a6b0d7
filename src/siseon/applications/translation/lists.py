"""What regions of a page have in common: the edge that lines start at, and the size of letters in a list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.translation.contracts import Colour, TextRegion
from siseon.applications.translation.languages import LANGUAGES
from siseon.applications.translation.layout import Align
from siseon.applications.translation.mask import line_height

ALIGNED = 0.25
"""Line heights by which the starts, the middles or the ends of lines may differ when they are aligned."""
LIST = 3
"""Regions that start at one edge, itself among them, from which a single line is one of a list."""
ALIKE = 1.2
"""Ratio of the line heights of two regions of one list, at most: detected boxes of one size of type differ as much."""
NEAR = 2.0
"""Line heights between two regions of a list, at most."""
COLOURS = 60.0
"""Of 255: distance in RGB of the inks of a list, at most."""
SMALLER = 0.7
"""Of the median size of a list, that its common size is at least, and of the size that a text has room for, that it
gets at least: one long text does not make all of a list small."""


def alignment(region: TextRegion, regions: Sequence[TextRegion], language: str) -> Align:
    """As the original's lines are; a single line starts at the left where those of a list do, else it is centred.

    Between scripts that are written from different sides, left and right change places.
    """
    found = _alignment(region, regions)
    target = LANGUAGES.get(language.split("-")[0])  # an edit file may name one that is not known
    mirrored = target is not None and (region.script == "arabic") != (target.script == "arabic")
    other: dict[Align, Align] = {"left": "right", "right": "left", "center": "center"}
    return other[found] if mirrored else found


def _alignment(region: TextRegion, regions: Sequence[TextRegion]) -> Align:
    if region.vertical:
        return "center"
    corners = region.corners
    right = (corners[1] - corners[0]) / max(1e-3, float(np.linalg.norm(corners[1] - corners[0])))
    single = len(region.lines) < 2
    rows = (
        [each.polygon[:4] for each in regions if not each.vertical]
        if single
        else [line.polygon[:4] for line in region.lines]
    )
    if len(rows) < (LIST if single else 2):
        return "center"
    quads = np.array(rows, np.float32)
    starts, ends = quads[:, 0] @ right, quads[:, 1] @ right
    tolerance = ALIGNED * line_height(region)
    if single:
        mine = float(corners[0] @ right), float(corners[1] @ right)
        same = np.abs(starts - mine[0]) <= tolerance
        centred = np.abs(starts + ends - sum(mine)) <= 2 * tolerance
        return "left" if same.sum() >= LIST and same.sum() > (same & centred).sum() else "center"
    spread = {"center": np.std(starts + ends) / 2, "left": np.std(starts), "right": np.std(ends)}
    if spread["left"] <= tolerance and spread["left"] < spread["center"]:
        return "left"
    if spread["right"] <= tolerance and spread["right"] < spread["center"]:
        return "right"
    return "center"


def common_sizes(regions: Sequence[TextRegion], inks: Sequence[Colour], sizes: Sequence[int]) -> list[int]:
    """The size of letters that each region should have, so that texts that were of one size still are.

    Regions of one script and colour that stand below one another, with lines of one height, are a list: of it, the
    smallest size that is not far from the median. Others keep what they have.

    Args:
        regions: upright or turned; those that are turned or vertical keep their size.
        inks: colours of their letters.
        sizes: pixels of the em, as each fits by itself.
    """
    boxes = np.array([(r.box.x1, r.box.y1, r.box.x2, r.box.y2) for r in regions], np.float64).reshape(-1, 4)
    colours = np.array(inks, np.float64).reshape(-1, 3)
    scripts = np.array([region.script for region in regions])
    heights = np.array([line_height(region) for region in regions])
    plain = np.array([region.angle == 0 and not region.vertical for region in regions], bool)
    found = np.array(sizes)
    out = found.copy()
    open_ones = set(np.flatnonzero(plain).tolist())
    while open_ones:
        members, fresh = set[int](), {open_ones.pop()}
        while fresh:
            number = fresh.pop()
            members.add(number)
            same = plain & (scripts == scripts[number])
            same &= np.linalg.norm(colours - colours[number], axis=1) <= COLOURS
            beside = set(np.flatnonzero(same & _listed(boxes, heights, number)).tolist()) & open_ones
            open_ones -= beside
            fresh |= beside
        one = np.array(sorted(members))
        least = found[one][found[one] >= SMALLER * np.median(found[one])].min()
        out[one] = np.clip(found[one], None, np.maximum(least, np.ceil(SMALLER * found[one])))
    return [int(size) for size in out]


def _listed(boxes: NDArray[np.float64], heights: NDArray[np.float64], number: int) -> NDArray[np.bool_]:
    """(N,): whether each region stands near above or below one, with lines as high."""
    own = boxes[number]
    above = np.maximum(boxes[:, 1], own[1]) - np.minimum(boxes[:, 3], own[3])
    beside = np.maximum(boxes[:, 0], own[0]) < np.minimum(boxes[:, 2], own[2])
    alike = np.maximum(heights, heights[number]) <= ALIKE * np.minimum(heights, heights[number])
    return np.asarray(beside & alike & (above <= NEAR * heights[number]))
