"""Fewer areas that hide the same: those of somebody who stands before, after and on the way lie upon each other."""

from __future__ import annotations

from collections.abc import Iterable

from siseon.applications.people.heads import size
from siseon.contracts.wire import Box

NEARLY = 1.2
"""Times the larger of two areas that one which covers both may have for the two to be one."""


def joined(areas: Iterable[Box]) -> list[Box]:
    """Fewer areas that cover them all: those that nearly lie upon each other are one, as those of somebody who stands
    before, after and on the way."""
    kept: list[tuple[Box, float]] = []  # with the most that each may grow to, so that many do not drift on
    for area in sorted(areas, key=size, reverse=True):
        x1, y1, x2, y2 = area
        for at, ((low_x, low_y, high_x, high_y), most) in enumerate(kept):
            # For every pair of every picture: plain numbers, and no call where one is enough.
            wide = (x2 if x2 > high_x else high_x) - (x1 if x1 < low_x else low_x)
            tall = (y2 if y2 > high_y else high_y) - (y1 if y1 < low_y else low_y)
            if wide * tall <= most:
                kept[at] = Box(min(x1, low_x), min(y1, low_y), max(x2, high_x), max(y2, high_y)), most
                break
        else:
            kept.append((area, NEARLY * size(area)))
    return [area for area, _ in kept]
