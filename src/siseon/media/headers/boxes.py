"""Boxes of ISO base media files, walked with one budget for the whole file.

Source: ISO/IEC 14496-12.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from siseon.media.faults import damaged

MAX_BOXES = 10_000
"""A picture of 48 megapixels in tiles of 512 pixels, as phones write it, has about 500."""
TO_THE_END, LARGE = 0, 1
"""Sizes with a meaning of their own."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its name, and where its body stands."""

    name: bytes
    start: int
    end: int


@dataclass(slots=True)
class Boxes:
    """The boxes of a file."""

    data: bytes
    kind: str
    seen: int = 0

    def inside(self, start: int, end: int) -> Iterator[Box]:
        """The boxes of a stretch, one after another; what overruns it is cut.

        Raises:
            InputError: ``corrupt_image`` for more than ``MAX_BOXES`` in all.
        """
        while start + 8 <= end:
            self.seen += 1
            if self.seen > MAX_BOXES:
                raise damaged(self.kind, f"it has more than {MAX_BOXES:,} boxes")
            size, name = struct.unpack_from(">I4s", self.data, start)
            body = start + 8
            if size == LARGE:
                size, body = self.number(body, 8), start + 16
            stop = end if size == TO_THE_END else min(start + size, end)
            if stop < body:
                return
            yield Box(name, body, stop)
            start = stop

    def find(self, start: int, end: int, *path: bytes) -> Iterator[Box]:
        """All boxes that a path of names leads to. The version and flags of ``meta`` are stepped over."""
        for box in self.inside(start, end):
            if box.name == path[0]:
                inner = box.start + 4 if box.name == b"meta" else box.start
                if len(path) == 1:
                    yield box
                else:
                    yield from self.find(inner, box.end, *path[1:])

    def number(self, at: int, size: int) -> int:
        """An unsigned number of ``size`` bytes; beyond the end of the file there are zeros missing."""
        return int.from_bytes(self.data[at : at + size], "big")
