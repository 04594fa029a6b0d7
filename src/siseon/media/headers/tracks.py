"""A sequence of pictures in an AVIF file: its size, its length, and where the first one is.

Source: ISO/IEC 14496-12 (``tkhd``, ``stsd``, ``stsz``, ``stco``).
"""

from __future__ import annotations

from dataclasses import dataclass

from siseon.media.headers.boxes import Box, Boxes

SAMPLE_TABLE = (b"mdia", b"minf", b"stbl")
TRACK_SIZE_AT = {0: 76, 1: 88}
"""Offset of width and height (16.16 fixed point) in ``tkhd``, by its version."""
ENTRY_SIZE_AT = 24
"""Offset of width and height in a visual sample entry."""


@dataclass(frozen=True, slots=True)
class Track:
    """A track of AV1 pictures."""

    size: tuple[int, int]
    """The larger of what the track and its samples' description say."""
    frames: int
    first_frame: slice


def read_track(boxes: Boxes, trak: Box) -> Track | None:
    """What a track holds; None where it is not of AV1 pictures."""
    entry = _first(boxes, trak, *SAMPLE_TABLE, b"stsd")
    sizes = _first(boxes, trak, *SAMPLE_TABLE, b"stsz")
    header = _first(boxes, trak, b"tkhd")
    chunks = _first(boxes, trak, *SAMPLE_TABLE, b"stco") or _first(boxes, trak, *SAMPLE_TABLE, b"co64")
    if entry is None or sizes is None or header is None or chunks is None:
        return None
    pictures = [box for box in boxes.inside(entry.start + 8, entry.end) if box.name == b"av01"]
    if not pictures:
        return None
    at = header.start + TRACK_SIZE_AT.get(boxes.number(header.start, 1), 76)
    described = pictures[0].start + ENTRY_SIZE_AT
    width = max(boxes.number(at, 4) >> 16, boxes.number(described, 2))
    height = max(boxes.number(at + 4, 4) >> 16, boxes.number(described + 2, 2))
    start = boxes.number(chunks.start + 8, 8 if chunks.name == b"co64" else 4)
    length = boxes.number(sizes.start + 4, 4) or boxes.number(sizes.start + 12, 4)
    end = len(boxes.data)
    place = slice(min(start, end), min(start + length, end))
    return Track((width, height), boxes.number(sizes.start + 8, 4), place)


def _first(boxes: Boxes, parent: Box, *path: bytes) -> Box | None:
    """The first box that a path of names leads to."""
    return next(boxes.find(parent.start, parent.end, *path), None)
