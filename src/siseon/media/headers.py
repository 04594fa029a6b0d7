"""How large a picture says it is, read with ``struct`` alone, before any decoder sees the file.

Decoders reserve memory and walk their own structures on opening; what is read here bounds both. Only what a
bound needs is read: where a header makes no sense to these readers, the decoder is left to name the damage.
JPEG, TIFF and WebP have rooms of their own (``jpeg``, ``tiff``, ``webp``).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from siseon.media.failures import damaged
from siseon.media.tiff import tags_overlap
from siseon.media.webp import read_webp_header

MAX_CHUNKS_BEFORE_PIXELS = 10_000
"""PNG chunks before the first IDAT; real files have a dozen."""
MAX_RLE_BYTES = 16 << 20
"""Length of a run-length coded BMP, which Pillow decodes in Python."""
MAX_EXIF_STARTS = 16
"""Places in an AVIF that look like the start of EXIF; by chance there are none."""
_TIFF_START = re.compile(rb"II\*\x00|MM\x00\*")


@dataclass(frozen=True, slots=True)
class Extent:
    """Size and number of frames as the header states them; pixels as stored, before EXIF orientation."""

    width: int
    height: int
    frames: int = 1


def png_extent(data: bytes, max_frames: int) -> Extent | None:
    """IHDR, and acTL of an animated PNG."""
    if data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    frames, at = 1, 8
    for _ in range(MAX_CHUNKS_BEFORE_PIXELS):
        if at + 12 > len(data):
            break
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IDAT":
            break
        if kind == b"acTL" and length == 8:
            frames = max(1, int.from_bytes(data[at + 8 : at + 12], "big"))
        at += 12 + length
    else:
        raise damaged("PNG", f"more than {MAX_CHUNKS_BEFORE_PIXELS:,} chunks stand before its pixels")
    return Extent(width, height, frames)


def gif_extent(data: bytes, max_frames: int) -> Extent | None:
    """The screen, or the first frame where that reaches beyond it; frames are counted, at most one too many."""
    if len(data) < 13:
        return None
    width, height = struct.unpack("<HH", data[6:10])
    at = 13 + _palette_bytes(data[10])
    frames = 0
    while at < len(data) and frames <= max_frames:
        kind = data[at]
        if kind == 0x2C and at + 10 <= len(data):
            left, top, across, down = struct.unpack("<4H", data[at + 1 : at + 9])
            if frames == 0:
                width, height = max(width, left + across), max(height, top + down)
            frames += 1
            at = _after_blocks(data, at + 11 + _palette_bytes(data[at + 9]))
        elif kind == 0x21:
            at = _after_blocks(data, at + 2)
        elif kind == 0x3B:
            break
        else:
            at += 1  # decoders skip rubbish between blocks too
    return Extent(width, height, max(1, frames))


def bmp_extent(data: bytes, max_frames: int) -> Extent | None:
    """The DIB header; negative heights mean rows from the top."""
    if len(data) < 34:
        return None
    if int.from_bytes(data[14:18], "little") == 12:
        width, height = struct.unpack("<HH", data[18:22])
        return Extent(width, height)
    width, height = struct.unpack("<ii", data[18:26])
    compression = int.from_bytes(data[30:34], "little")
    if compression in (1, 2) and len(data) > MAX_RLE_BYTES:
        raise damaged("BMP", f"run-length coded, and longer than {MAX_RLE_BYTES:,} bytes")
    return Extent(abs(width), abs(height))


def webp_extent(data: bytes, max_frames: int) -> Extent | None:
    """The canvas and the frames of the container."""
    header = read_webp_header(data, max_frames)
    return None if header is None else Extent(header.width, header.height, header.frames)


def isobmff_extent(data: bytes, max_frames: int) -> Extent | None:
    """The largest ``ispe`` (image spatial extent) box of an AVIF or HEIC file."""
    starts = [
        found.start() for found, _ in zip(_TIFF_START.finditer(data), range(MAX_EXIF_STARTS), strict=False)
    ]
    if len(starts) == MAX_EXIF_STARTS or any(tags_overlap(data[start:]) for start in starts):
        raise damaged("AVIF or HEIC", "its EXIF block is not sound")
    sides = [
        struct.unpack(">II", data[found.end() + 4 : found.end() + 12])
        for found in re.finditer(b"ispe", data)
        if found.end() + 12 <= len(data)
    ]
    plausible = [(width, height) for width, height in sides if width and height]
    if not plausible:
        return None
    width, height = max(plausible, key=lambda side: side[0] * side[1])
    return Extent(width, height)


def _palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    """The place after a chain of GIF data blocks."""
    end = len(data)
    while at < end and data[at]:
        at += 1 + data[at]
    return at + 1
