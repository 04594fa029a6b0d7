"""The directories of a TIFF file, and of EXIF, which is one: read with bounds before a decoder reads them without.

A directory may point many tags at the same bytes, name millions of strips or lead back to itself: 88 bytes can
ask for gigabytes. Each is refused here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from siseon.contracts import FailureCode, InputError
from siseon.media.failures import damaged, unsupported

ORIENTATION = 0x0112
SUBFILE_TYPE, WIDTH, HEIGHT = 254, 256, 257
TILE_WIDTH, TILE_HEIGHT = 322, 323
DNG_VERSION = 50706
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
BYTE_TYPES = (1, 2, 6, 7)
MAX_VALUES = 500_000
"""Numbers in one tag; a picture of 89 megapixels in 16 × 16 tiles has 350,000 of them."""
MAX_TAGS = 4_096
SPARE_BYTES = 64 << 10
"""Tags may share this much beyond the length of the file: real writers let small tags overlap."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One entry of a directory."""

    number: int
    type: int
    count: int
    field: bytes
    """The value itself where it fits, else its offset."""

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
        """Entries of the directory at an offset, as far as they go; at most ``MAX_TAGS``."""
        count = self._number(data, at, 8 if self.big else 2) or 0
        at += 8 if self.big else 2
        size, shape = (20, "HHQ8s") if self.big else (12, "HHI4s")
        for number in range(min(count, MAX_TAGS)):
            entry = data[at + number * size : at + (number + 1) * size]
            if len(entry) < size:
                return
            yield Tag(*struct.unpack(self.order + shape, entry))

    def following(self, data: bytes, at: int) -> int:
        """Offset of the next directory, 0 at the end of the chain."""
        count = self._number(data, at, 8 if self.big else 2)
        if count is None:
            return 0
        end = at + (8 + 20 * count if self.big else 2 + 12 * count)
        return self._number(data, end, 8 if self.big else 4) or 0

    def value(self, tag: Tag) -> int:
        """The single number of a tag (its first bytes); 0 where it is not a plain number."""
        shape = {1: "B", 3: "H", 4: "I", 16: "Q"}.get(tag.type)
        if shape is None or struct.calcsize(shape) > len(tag.field):
            return 0
        return int(struct.unpack_from(self.order + shape, tag.field)[0])

    def _number(self, data: bytes, at: int, size: int) -> int | None:
        field = data[at : at + size] if at >= 0 else b""
        if len(field) < size:
            return None
        return int.from_bytes(field, "little" if self.order == "<" else "big")


def tiff_extent(data: bytes, max_frames: int, max_pixels: int) -> tuple[int, int, int] | None:
    """Width, height and pages; the pages are counted, at most one too many.

    Raises:
        InputError: ``corrupt_image`` for directories made to exhaust memory, ``unsupported_media`` for camera
            raw files, whose first page is a preview.
    """
    layout = Layout.of(data)
    if layout is None:
        return None
    if tags_overlap(data):
        raise damaged("TIFF", "its tags ask for more bytes than the file has")
    tags = {tag.number: tag for tag in layout.tags(data, layout.first)}
    numbers = {number: layout.value(tag) for number, tag in tags.items()}
    if DNG_VERSION in tags or data[8:10] == b"CR" or numbers.get(SUBFILE_TYPE, 0) & 1:
        raise unsupported("the file is a camera raw file (its first page is a preview)")
    if any(tag.count > MAX_VALUES and tag.type not in BYTE_TYPES for tag in tags.values()):
        raise damaged("TIFF", f"a tag has more than {MAX_VALUES:,} values")
    tile = numbers.get(TILE_WIDTH, 0) * numbers.get(TILE_HEIGHT, 0)
    if tile > max_pixels:
        raise InputError(
            f"the TIFF has tiles of {tile:,} pixels, the limit is {max_pixels:,}",
            code=FailureCode.image_too_large,
            hint="save it anew with tiles of 256 × 256 pixels",
        )
    return numbers.get(WIDTH, 0), numbers.get(HEIGHT, 0), _pages(data, layout, max_frames)


def tags_overlap(data: bytes) -> bool:
    """Whether the first directory's tags together claim clearly more bytes than there are: a memory bomb."""
    layout = Layout.of(data)
    if layout is None:
        return False
    inside = (tag.nbytes for tag in layout.tags(data, layout.first) if tag.nbytes <= len(data))
    return sum(inside) > len(data) + SPARE_BYTES


def exif_orientation(exif: bytes) -> int:
    """The EXIF orientation 1–8.

    Raises:
        ValueError: the block is no EXIF, or the orientation none of the eight.
    """
    block = exif.removeprefix(b"Exif\x00\x00")
    layout = Layout.of(block)
    if layout is None or not 8 <= layout.first < len(block):
        raise ValueError("EXIF without a directory")
    for tag in layout.tags(block, layout.first):
        if tag.number == ORIENTATION:
            value = layout.value(tag)
            if not 1 <= value <= 8:
                raise ValueError(f"orientation {value}")
            return value
    return 1


def _pages(data: bytes, layout: Layout, max_frames: int) -> int:
    """Directories in the chain, which may lead back to itself."""
    seen: set[int] = set()
    at = layout.first
    while at and at < len(data) and at not in seen and len(seen) <= max_frames:
        seen.add(at)
        at = layout.following(data, at)
    return max(1, len(seen))
