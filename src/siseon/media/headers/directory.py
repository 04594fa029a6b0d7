"""Directories of tagged values, as TIFF and EXIF have them, read with bounds.

A directory may point many tags at the same bytes, name millions of values or lead back to itself: 88 bytes can ask
for gigabytes.

Source: Adobe, TIFF revision 6.0; the BigTIFF extension.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from siseon.media.faults import damaged

VALUE_BYTES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
"""Bytes of a value by TIFF type."""
WHOLE_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}
"""How ``struct`` reads the types of sizes and offsets."""
BYTE_TYPES = (1, 2, 6, 7)
MAX_TAGS = 1_024
"""Entries of one directory; real ones have some dozens."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One entry of a directory."""

    number: int
    type: int
    count: int
    field: bytes
    """The value itself where it fits, else its offset."""

    @property
    def inline(self) -> bool:
        """Whether the values stand in the field."""
        return self.nbytes <= len(self.field)

    @property
    def nbytes(self) -> int:
        """Bytes of all values."""
        return VALUE_BYTES.get(self.type, 1) * self.count


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a TIFF's numbers stand."""

    order: str
    """``<`` or ``>``."""
    big: bool
    """BigTIFF: offsets of eight bytes."""
    first: int
    """Offset of the first directory."""

    @classmethod
    def of(cls, data: bytes) -> Layout | None:
        """The layout, None when the start is not that of a TIFF."""
        order = {b"II": "<", b"MM": ">"}.get(data[:2])
        if order is None or len(data) < 8:
            return None
        magic = struct.unpack(order + "H", data[2:4])[0]
        if magic == 43 and len(data) >= 16:
            return cls(order, True, struct.unpack(order + "Q", data[8:16])[0])
        return cls(order, False, struct.unpack(order + "I", data[4:8])[0])

    def tags(self, data: bytes, at: int) -> Iterator[Tag]:
        """Entries of the directory at an offset, as far as they go.

        Raises:
            InputError: ``corrupt_image`` for more than ``MAX_TAGS``.
        """
        count = self._number(data, at, 8 if self.big else 2) or 0
        at += 8 if self.big else 2
        size, shape = (20, "HHQ8s") if self.big else (12, "HHI4s")
        if count > MAX_TAGS:
            raise damaged("TIFF", f"a directory has {count:,} entries, more than {MAX_TAGS:,}")
        for start in range(at, min(at + count * size, len(data) - size + 1), size):
            yield Tag(*struct.unpack_from(self.order + shape, data, start))

    def following(self, data: bytes, at: int) -> int:
        """Offset of the next directory, 0 at the end of the chain."""
        count = self._number(data, at, 8 if self.big else 2)
        if count is None:
            return 0
        end = at + (8 + 20 * count if self.big else 2 + 12 * count)
        return self._number(data, end, 8 if self.big else 4) or 0

    def value(self, tag: Tag) -> int:
        """The first number of a tag; 0 where it is not a whole number in the field itself."""
        shape = WHOLE_NUMBERS.get(tag.type)
        if shape is None or not tag.count or not tag.inline:
            return 0
        return int(struct.unpack_from(self.order + shape, tag.field)[0])

    def values(self, data: bytes, tag: Tag) -> list[int]:
        """All whole numbers of a tag, as far as they are inside the file; empty for other types."""
        shape = WHOLE_NUMBERS.get(tag.type)
        if shape is None:
            return []
        held = tag.field[: tag.nbytes] if tag.inline else data[self.span(data, tag)]
        count = len(held) // VALUE_BYTES[tag.type]
        return list(struct.unpack_from(f"{self.order}{count}{shape}", held))

    def claimed(self, data: bytes, at: int) -> int:
        """Bytes that the entries of a directory ask for outside of it, as far as they are inside the file.

        Raises:
            InputError: as ``tags``.
        """
        sizes = (tag.nbytes for tag in self.tags(data, at) if not tag.inline)
        return sum(size for size in sizes if size <= len(data))

    def span(self, data: bytes, tag: Tag) -> slice:
        """Where the values of a tag stand outside of the directory, cut at the end of the file."""
        start = int.from_bytes(tag.field, "little" if self.order == "<" else "big")
        return slice(min(start, len(data)), min(start + tag.nbytes, len(data)))

    def _number(self, data: bytes, at: int, size: int) -> int | None:
        field = data[at : at + size] if at >= 0 else b""
        if len(field) < size:
            return None
        return int.from_bytes(field, "little" if self.order == "<" else "big")
