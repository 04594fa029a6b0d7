"""TIFF: the first page, and how many follow.

Decoders copy what the directories point at, and walk every strip or tile that they name. So what the directories of
the first page claim together is held to the length of the file, and strips times their size to a cost.

Source: Adobe, TIFF revision 6.0 and its technical note 2 (JPEG).
"""

from __future__ import annotations

from siseon.contracts import InputError
from siseon.media.bounds import MediaBounds
from siseon.media.faults import damaged, too_costly, unsupported
from siseon.media.header import BROKEN_PROFILE, MAX_PROFILE_BYTES, Header
from siseon.media.headers.directory import BYTE_TYPES, Layout, Tag
from siseon.media.headers.exif import ORIENTATION, ORIENTATIONS

SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION, CHANNELS = 254, 256, 257, 258, 259, 277
STRIP_OFFSETS, ROWS_PER_STRIP, STRIP_BYTES = 273, 278, 279
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES = 322, 323, 324, 325
PROFILE, DNG_VERSION = 34675, 50706
SUB_DIRECTORIES = (34665, 34853, 40965)
"""EXIF, GPS and interoperability, which Pillow reads with the picture."""
NO_COMPRESSION, JPEG_COMPRESSION = 1, (6, 7)
SCAN_MARKER = b"\xff\xda"

MAX_VALUES = 500_000
"""Numbers in one tag; a picture of 89 megapixels in 16 × 16 tiles has 350,000 of them."""
MAX_PIECES = 65_536
"""Strips or tiles that are not compressed (Pillow takes them one by one in Python, 6 µs each) or are JPEG."""
SPARE_BYTES = 64 << 10
"""Tags may claim this much beyond the length of the file: real writers let small tags overlap."""


def read_tiff(data: bytes, bounds: MediaBounds) -> Header:
    """The first page, and the pages counted, at most one too many.

    Camera raw files are refused: their first page is a preview.
    """
    layout = Layout.of(data)
    if layout is None:
        raise damaged("TIFF", "it ends within its header")
    tags = {tag.number: tag for tag in layout.tags(data, layout.first)}
    numbers = {number: layout.value(tag) for number, tag in tags.items()}
    if DNG_VERSION in tags or data[8:10] == b"CR" or numbers.get(SUBFILE_TYPE, 0) & 1:
        raise unsupported("the file is a camera raw file (its first page is a preview)")
    _check_claims(data, layout, tags)
    notes: list[str] = []
    orientation = numbers.get(ORIENTATION, 1)
    return Header(
        "TIFF",
        numbers.get(WIDTH, 0),
        numbers.get(HEIGHT, 0),
        _pages(data, layout, bounds.max_frames),
        orientation if orientation in ORIENTATIONS else 1,
        numbers.get(BITS, 1) or 8,
        numbers.get(CHANNELS, 1),
        _profile(data, layout, tags.get(PROFILE), notes),
        _cost(data, layout, tags, numbers, bounds),
        notes=tuple(notes),
    )


def _check_claims(data: bytes, layout: Layout, tags: dict[int, Tag]) -> None:
    if any(tag.count > MAX_VALUES and tag.type not in BYTE_TYPES for tag in tags.values()):
        raise damaged("TIFF", f"a tag has more than {MAX_VALUES:,} values")
    directories = [
        layout.first,
        *(layout.value(tags[number]) for number in SUB_DIRECTORIES if number in tags),
    ]
    if any(layout.claimed(data, at) > len(data) + SPARE_BYTES for at in directories):
        raise damaged("TIFF", "its tags ask for more bytes than the file has")


def _cost(
    data: bytes, layout: Layout, tags: dict[int, Tag], numbers: dict[int, int], bounds: MediaBounds
) -> int:
    """Pixels of all strips or tiles, once a scan where they are JPEG."""
    width, height = numbers.get(WIDTH, 0), numbers.get(HEIGHT, 0)
    tiled = TILE_OFFSETS in tags and STRIP_OFFSETS not in tags
    if tiled:
        piece = numbers.get(TILE_WIDTH, 0) * numbers.get(TILE_HEIGHT, 0)
    else:
        piece = width * min(numbers.get(ROWS_PER_STRIP, height) or height, height)
    if piece > bounds.max_pixels:
        raise too_costly(
            f"the TIFF has tiles of {piece:,} pixels, the limit is {bounds.max_pixels:,}",
            "re-save it with tiles of 256 × 256 pixels",
        )
    offsets = tags.get(TILE_OFFSETS if tiled else STRIP_OFFSETS)
    pieces = offsets.count if offsets is not None else 1
    compression = numbers.get(COMPRESSION, NO_COMPRESSION)
    if compression == NO_COMPRESSION and pieces > MAX_PIECES:
        raise _too_many(pieces)
    if compression in JPEG_COMPRESSION:
        pieces = max(pieces, _scans(data, layout, offsets, tags.get(TILE_BYTES if tiled else STRIP_BYTES)))
    return max(width * height, pieces * piece)


def _scans(data: bytes, layout: Layout, offsets: Tag | None, sizes: Tag | None) -> int:
    """Start-of-scan markers in all pieces: never too few, and in coded data there are no others."""
    if offsets is None or sizes is None or sizes.count != offsets.count:
        return data.count(SCAN_MARKER)
    if offsets.count > MAX_PIECES:
        raise _too_many(offsets.count)
    pieces = list(zip(layout.values(data, offsets), layout.values(data, sizes), strict=False))
    if sum(size for _, size in pieces) > len(data) + SPARE_BYTES:
        raise damaged("TIFF", "its strips or tiles overlap")
    return sum(data.count(SCAN_MARKER, start, start + size) for start, size in pieces)


def _too_many(pieces: int) -> InputError:
    return too_costly(
        f"the TIFF has {pieces:,} strips or tiles, the limit is {MAX_PIECES:,}", "re-save it with larger ones"
    )


def _profile(data: bytes, layout: Layout, tag: Tag | None, notes: list[str]) -> bytes:
    if tag is None:
        return b""
    if tag.inline or tag.type not in BYTE_TYPES or tag.nbytes > MAX_PROFILE_BYTES:
        notes.append(BROKEN_PROFILE)
        return b""
    return data[layout.span(data, tag)]


def _pages(data: bytes, layout: Layout, max_frames: int) -> int:
    """Directories in the chain, which may lead back to itself."""
    seen: set[int] = set()
    at = layout.first
    while at and at < len(data) and at not in seen and len(seen) <= max_frames:
        seen.add(at)
        at = layout.following(data, at)
    return max(1, len(seen))
