"""PNG: its chunks. Only those that the first picture needs are handed on.

What compresses to little and expands to much outside the pixels (texts, profiles, frames of an animation) is left
out, or expanded here within a bound.

Source: W3C, Portable Network Graphics, third edition.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from siseon.media.bounds import MediaBounds
from siseon.media.faults import damaged
from siseon.media.header import BROKEN_EXIF, BROKEN_PROFILE, MAX_PROFILE_BYTES, Header
from siseon.media.headers.exif import MAX_EXIF_BYTES, read_orientation

SIGNATURE_BYTES, HEADER_CHUNK_BYTES = 8, 25
MAX_CHUNKS = 16_384
"""A file of 64 MiB in pieces of 8 KiB, as libpng writes them, has 8,192."""
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By the colour type of the header."""
RAW_EXIF = b"Raw profile type exif\x00"
"""The text under which ImageMagick keeps EXIF: three lines, then hexadecimal digits."""
RAW_EXIF_LINES = 3
MAX_RAW_EXIF = 3 * MAX_EXIF_BYTES
"""Two digits a byte, and line breaks."""
MAX_KEYWORD = 81
"""Bytes in which the name of a profile and the zero behind it stand, and the zero that means zlib."""


@dataclass(slots=True)
class _Found:
    """What the chunks hold; of several of a name the last counts."""

    frames: int = 1
    exif: slice | None = None
    raw_exif: slice | None = None
    """A chunk of text; its first byte of data tells whether it is compressed."""
    profile: slice | None = None
    parts: list[slice] = field(default_factory=list)
    """Up to the end of the first run of IDAT."""


def read_png(data: bytes, bounds: MediaBounds) -> Header:
    """IHDR, the animation's frames, the orientation and the profile, wherever they stand."""
    if data[12:16] != b"IHDR" or len(data) < SIGNATURE_BYTES + HEADER_CHUNK_BYTES:
        raise damaged("PNG", "it does not begin with its header")
    width, height, bits, colour = struct.unpack_from(">IIBB", data, 16)
    found = _walk(data)
    notes: list[str] = []
    return Header(
        "PNG",
        width,
        height,
        found.frames,
        _orientation(data, found, notes),
        bits,
        CHANNELS.get(colour, 0),
        _profile(data, found, notes),
        cost=width * height,
        parts=(slice(0, SIGNATURE_BYTES), *found.parts),
        notes=tuple(notes),
    )


def _walk(data: bytes) -> _Found:
    found = _Found()
    before_pixels = in_pixels = True
    for name, start, end in _chunks(data):
        body = slice(start + 8, end - 4)
        if name == b"IDAT" and in_pixels:
            first = start if before_pixels else found.parts.pop().start
            found.parts.append(slice(first, end))
            before_pixels = False
            continue
        in_pixels = before_pixels
        if name in (b"IHDR", b"PLTE", b"tRNS") and before_pixels:
            found.parts.append(slice(start, end))
        elif name == b"acTL" and end - start == 20:
            found.frames = max(1, int.from_bytes(data[start + 8 : start + 12], "big"))
        elif name == b"eXIf":
            found.exif = body
        elif name == b"iCCP":
            found.profile = body
        elif name in (b"tEXt", b"zTXt") and data.startswith(RAW_EXIF, body.start):
            found.raw_exif = body
    if before_pixels:
        raise damaged("PNG", "it has no pixels")
    return found


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each chunk to IEND or the end of the file."""
    at, end = SIGNATURE_BYTES, len(data)
    for _ in range(MAX_CHUNKS):
        if at + 8 > end:
            return
        length, name = struct.unpack_from(">I4s", data, at)
        if at + 8 + length > end:
            raise damaged("PNG", "it ends early")
        yield name, at, at + 12 + length
        if name == b"IEND":
            return
        at += 12 + length
    raise damaged("PNG", f"it has more than {MAX_CHUNKS:,} chunks")


def _orientation(data: bytes, found: _Found, notes: list[str]) -> int:
    if found.exif is not None:
        return read_orientation(data, found.exif, notes)
    if found.raw_exif is None:
        return 1
    try:
        exif = _raw_exif(data, found.raw_exif)
    except (zlib.error, ValueError):
        notes.append(BROKEN_EXIF)
        return 1
    return read_orientation(exif, slice(0, len(exif)), notes)


def _raw_exif(data: bytes, place: slice) -> bytes:
    """EXIF from digits that stand in a chunk of text, compressed or not; what is too long is cut, and then broken."""
    start = place.start + len(RAW_EXIF)
    text = data[start : min(place.stop, start + MAX_RAW_EXIF)]
    if data.startswith(b"zTXt", place.start - 4):
        text = zlib.decompressobj().decompress(text[1:], MAX_RAW_EXIF)
    return bytes.fromhex(b"".join(text.split(b"\n", RAW_EXIF_LINES)[RAW_EXIF_LINES:]).decode("ascii"))


def _profile(data: bytes, found: _Found, notes: list[str]) -> bytes:
    if found.profile is None:
        return b""
    start, stop = found.profile.start, found.profile.stop
    name_end = data.find(b"\x00\x00", start, min(start + MAX_KEYWORD, stop))
    try:
        if name_end < 0 or stop - start > MAX_PROFILE_BYTES:
            raise ValueError("no name, an unknown compression, or too long")
        unpack = zlib.decompressobj()
        profile = unpack.decompress(memoryview(data)[name_end + 2 : stop], MAX_PROFILE_BYTES)
        if unpack.unconsumed_tail:
            raise ValueError("too long")
    except (zlib.error, ValueError):
        notes.append(BROKEN_PROFILE)
        return b""
    return profile
