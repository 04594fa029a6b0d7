"""From lines to regions: what stands close together, as high, as turned and as coloured, is translated as one text.

All pairs of lines are compared at once with numpy, in strips, so that ten thousand lines of a long picture take
little memory. Positions are compared in the frame of the first line of a pair, so that turned text is grouped as
upright text is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.text import Line
from siseon.applications.translation.contracts import Script, TextRegion
from siseon.applications.translation.entries import Row, entry_starts, is_value
from siseon.applications.translation.joining import joined
from siseon.applications.translation.languages import is_unsure_letter, script_of
from siseon.applications.translation.line_colours import Colours, line_colours
from siseon.applications.translation.panels import reading_order

TALL = 1.5
"""Height over width from which a line of two letters or more is vertical."""
GAP = 0.75
"""Line heights between two lines of a region, at most: print is set with 0.2 to 0.6, columns of comics with 0.7."""
OVERLAP = 0.4
"""Share of the shorter line that stands beside the other, at least."""
WORD_GAP = 0.8
"""Line heights between two parts of one row, at most."""
SAME_ROW = 0.3
"""Line heights between the middles of two parts of one row, at most."""
COLUMN_GAP = 20.0
"""Line heights between a row of a table and its value, at most."""
HEIGHTS = 1.5
"""Ratio of the heights of neighbours, at most."""
TURN = np.cos(np.radians(10))
"""Cosine of the angle between neighbours, at least."""
COLOURS = 45.0
"""Distance in CIE Lab (the just noticeable one is about 2) of two lines' inks, and of their grounds, at most."""
UNEVEN = 2.0
"""Times the spread of a ground's colours by which they may differ more: a photo is of no one colour."""
STRAIGHT = 0.25
"""Line heights by which a line may rise or fall over its length and still be taken as level: corners of detected
lines lie on whole pixels."""
STRIP = 256
"""Lines that are compared with all at once."""

Points = NDArray[np.float32]
Groups = list[list[int]]


class Geometry(NamedTuple):
    """N lines."""

    centre: Points
    """(N, 2) x, y."""
    along: Points
    """(N, 2) unit vectors in the direction of reading."""
    length: NDArray[np.float32]
    """(N,) pixels in the direction of reading."""
    height: NDArray[np.float32]
    """(N,) pixels across it: about the em."""
    vertical: NDArray[np.bool_]

    @property
    def across(self) -> Points:
        """(N, 2) unit vectors towards the next line of horizontal text, away from it for vertical text."""
        sign = np.where(self.vertical, -1, 1)[:, None].astype(np.float32)
        return np.stack([-self.along[:, 1], self.along[:, 0]], axis=1) * sign


def group(
    lines: Sequence[Line], pixels: NDArray[np.uint8], *, right_to_left: bool | None = None
) -> list[TextRegion]:
    """The regions of one picture, in reading order.

    Args:
        lines: as ``text`` reads them, in pixels of the picture.
        pixels: (H, W, 3) uint8 RGB, for the colours of lines and the gutters between panels.
        right_to_left: whether panels and columns are read from the right; None: where most text is vertical.
    """
    if not lines:
        return []
    quads = np.array([line.polygon[:4] for line in lines], np.float32)
    geometry = measure(quads, [len(line.text) for line in lines])
    values = np.array([index for index, line in enumerate(lines) if is_value(line.text)], int)
    groups = [
        entry
        for one in _components(geometry, line_colours(quads, pixels))
        for part in _without_pictograms(one, lines)
        for entry in _entries(_rows(geometry, part), lines, geometry, values)
    ]
    regions = [_region([lines[i] for i in one], quads[one], geometry, one) for one in groups]
    boxes = np.array([region.box for region in regions], np.float32)
    if right_to_left is None:
        area = geometry.length * geometry.height
        right_to_left = bool(area[geometry.vertical].sum() * 2 > area.sum())
    return [regions[index] for index in reading_order(boxes, pixels, right_to_left=right_to_left)]


def measure(quads: Points, letters: Sequence[int]) -> Geometry:
    """Directions and sizes of (N, 4, 2) corners, clockwise from each text's own top left; ``letters`` in each."""
    top, side = quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0]
    width, depth = np.linalg.norm(top, axis=1), np.linalg.norm(side, axis=1)
    vertical = (depth >= TALL * width) & (np.asarray(letters) > 1)
    length, height = np.where(vertical, depth, width), np.where(vertical, width, depth)
    along = np.where(vertical[:, None], side, top) / np.maximum(length, 1e-3)[:, None]
    return Geometry(quads.mean(axis=1), along, length, np.maximum(height, 1e-3), vertical)


def _components(lines: Geometry, colours: Colours) -> Groups:
    """Lines that are connected through neighbours."""
    parent = list(range(len(lines.length)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for start in range(0, len(parent), STRIP):
        for i, j in np.argwhere(_neighbours(lines, colours, slice(start, start + STRIP))).tolist():
            one, other = root(start + i), root(j)
            parent[max(one, other)] = min(one, other)
    groups: dict[int, list[int]] = {}
    for index in range(len(parent)):
        groups.setdefault(root(index), []).append(index)
    return list(groups.values())


def _without_pictograms(group: list[int], lines: Sequence[Line]) -> Groups:
    """A sign beside a text is read as a letter of another script, not surely: it is no part of the text."""
    signs = [index for index in group if is_unsure_letter(lines[index].text, lines[index].score)]
    text = "".join(lines[index].text for index in group if index not in signs)
    apart = [index for index in signs if _family(lines[index].text) != _family(text)] if text else []
    return [[index for index in group if index not in apart], *([index] for index in apart)]


def _family(text: str) -> Script:
    script = script_of(text)
    return "japanese" if script == "han" else script


def _neighbours(lines: Geometry, colours: Colours, strip: slice) -> NDArray[np.bool_]:
    """(n, N): whether a line of the strip is a neighbour of each line."""
    offset = lines.centre[None] - lines.centre[strip, None]
    along = np.einsum("ijk,ik->ij", offset, lines.along[strip])
    across = np.abs(np.einsum("ijk,ik->ij", offset, lines.across[strip]))
    low = np.minimum(lines.height[strip, None], lines.height)
    short = np.minimum(lines.length[strip, None], lines.length)
    reach = (lines.length[strip, None] + lines.length) / 2
    overlap = np.minimum(reach - np.abs(along), short)
    gap = across - (lines.height[strip, None] + lines.height) / 2
    close = ((gap <= GAP * low) & (overlap >= OVERLAP * short)) | (
        (across <= SAME_ROW * low) & (-overlap <= WORD_GAP * low)
    )
    alike = (
        (np.maximum(lines.height[strip, None], lines.height) <= HEIGHTS * low)
        & (lines.vertical[strip, None] == lines.vertical)
        & (lines.along[strip] @ lines.along.T >= TURN)
    )
    return np.asarray(close & alike & _coloured_alike(colours, strip))


def _coloured_alike(lines: Colours, strip: slice) -> NDArray[np.bool_]:
    """(n, N): whether grounds, and any two inks, are about the same."""
    uneven = UNEVEN * np.maximum(lines.spread[strip, None], lines.spread)
    same = np.linalg.norm(lines.ground[strip, None] - lines.ground, axis=2) <= COLOURS + uneven
    inked = np.zeros_like(same)
    for one in np.moveaxis(lines.inks[strip], 1, 0):
        for other in np.moveaxis(lines.inks, 1, 0):
            inked |= np.linalg.norm(one[:, None] - other, axis=2) <= COLOURS  # never of NaN
    return np.asarray(same & inked)


def _rows(lines: Geometry, group: list[int]) -> Groups:
    """Row by row, each in the direction of reading; columns from the right."""
    across, along = _from_longest(lines, group)
    order = np.argsort(across, kind="stable")
    step = np.diff(across[order]) > lines.height[group].min() / 2
    row = np.concatenate([[0], np.cumsum(step)])
    rows: Groups = [[] for _ in range(int(row[-1]) + 1)]
    for position in np.lexsort((along[order], row)).tolist():
        rows[row[position]].append(group[order[position]])
    return rows


def _from_longest(lines: Geometry, group: list[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Across and along, of the middles of a group's lines from that of its longest one."""
    first = group[int(np.argmax(lines.length[group]))]
    offset = lines.centre[group] - lines.centre[first]
    across, along = offset @ lines.across[first], offset @ lines.along[first]
    return (-across if lines.vertical[first] else across), along


def _entries(rows: Groups, lines: Sequence[Line], geometry: Geometry, values: NDArray[np.int_]) -> Groups:
    """Rows that are one text, each text apart; ``values`` are the lines that are nothing but one."""
    flat = [index for row in rows for index in row]
    if len(rows) < 2 or geometry.vertical[flat[0]]:
        return [flat]
    across, along = _from_longest(geometry, flat)
    place = dict(zip(flat, zip(across.tolist(), along.tolist(), strict=True), strict=True))
    valued = _have_value_beside(geometry, [row[-1] for row in rows], values).tolist()
    found = [
        Row(
            text=" ".join(lines[index].text for index in row),
            start=min(place[index][1] - geometry.length[index] / 2 for index in row),
            end=max(place[index][1] + geometry.length[index] / 2 for index in row),
            middle=sum(place[index][0] for index in row) / len(row),
            height=float(geometry.height[row].mean()),
            has_value=beside,
        )
        for row, beside in zip(rows, valued, strict=True)
    ]
    out: Groups = []
    for row, starts in zip(rows, entry_starts(found), strict=True):
        if starts:
            out.append([])
        out[-1] += row
    return out


def _have_value_beside(lines: Geometry, ends: list[int], values: NDArray[np.int_]) -> NDArray[np.bool_]:
    """(n,): whether a value stands in the same row, to the right of each of ``ends``."""
    found = np.zeros(len(ends), bool)
    for start in range(0, len(ends), STRIP):
        strip = np.array(ends[start : start + STRIP], int)
        offset = lines.centre[None, values] - lines.centre[strip, None]
        along = np.einsum("ijk,ik->ij", offset, lines.along[strip])
        across = np.abs(np.einsum("ijk,ik->ij", offset, lines.across[strip]))
        gap = along - (lines.length[None, values] + lines.length[strip, None]) / 2
        low = np.minimum(lines.height[None, values], lines.height[strip, None])
        alike = np.maximum(lines.height[None, values], lines.height[strip, None]) <= HEIGHTS * low
        beside = alike & (across <= SAME_ROW * low) & (gap > -low) & (gap <= COLUMN_GAP * low)
        found[start : start + STRIP] = (beside & (strip[:, None] != values)).any(axis=1)
    return found


def _region(lines: Sequence[Line], quads: Points, geometry: Geometry, group: list[int]) -> TextRegion:
    """The smallest rectangle around lines, turned as the longest of them."""
    first = group[int(np.argmax(geometry.length[group]))]
    right = geometry.along[first]
    if geometry.vertical[first]:
        right = np.array([right[1], -right[0]], np.float32)
    slope = np.minimum(np.abs(right), np.abs(right[::-1])).min()
    if slope * geometry.length[first] < STRAIGHT * geometry.height[first]:
        right = np.sign(right) * (np.abs(right) > np.abs(right[::-1]))
    axes = np.array([right, [-right[1], right[0]]])
    inside = quads.reshape(-1, 2) @ axes.T
    (x1, y1), (x2, y2) = inside.min(axis=0), inside.max(axis=0)
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2], [x1, y1]]) @ axes
    script = script_of("".join(line.text for line in lines))
    return TextRegion(
        polygon=tuple((x, y) for x, y in corners.round(2).tolist()),
        vertical=bool(geometry.vertical[first]),
        lines=tuple(lines),
        text=joined([line.text for line in lines], script),
        script=script,
        score=min(line.score for line in lines),
    )
