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
from siseon.media.failures import damaged
from siseon.media.header import BROKEN_EXIF, BROKEN_PROFILE, MAX_PROFILE_BYTES, Header
from siseon.media.headers.exif import MAX_EXIF_BYTES, read_orientation

SIGNATURE_BYTES, HEADER_CHUNK_BYTES = 8, 25
MAX_CHUNKS = 32_768
"""A file of 64 MiB in pieces of 8 KiB, as libpng writes them, has 8,192; one piece a row is the longest side."""
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By the colour type of the header."""
RAW_EXIF = b"Raw profile type exif\x00"
"""The text under which ImageMagick keeps EXIF: three lines, then hexadecimal digits."""
MAX_KEYWORD = 80


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
            before_pixels = False
            found.parts.append(slice(start, end))
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
        return read_orientation(data[found.exif], notes)
    if found.raw_exif is None:
        return 1
    text = data[found.raw_exif].removeprefix(RAW_EXIF)
    try:
        if data.startswith(b"zTXt", found.raw_exif.start - 4):
            text = zlib.decompressobj().decompress(text[1:], 3 * MAX_EXIF_BYTES)
        digits = b"".join(text[: 3 * MAX_EXIF_BYTES].split(b"\n")[3:])
        return read_orientation(bytes.fromhex(digits.decode("ascii")), notes)
    except (zlib.error, ValueError):
        notes.append(BROKEN_EXIF)
        return 1


def _profile(data: bytes, found: _Found, notes: list[str]) -> bytes:
    if found.profile is None:
        return b""
    name, _, packed = data[found.profile].partition(b"\x00")
    try:
        if len(name) >= MAX_KEYWORD or not packed.startswith(b"\x00"):
            raise ValueError("no name, or an unknown compression")
        unpack = zlib.decompressobj()
        profile = unpack.decompress(packed[1:], MAX_PROFILE_BYTES)
        if unpack.unconsumed_tail:
            raise ValueError(f"more than {MAX_PROFILE_BYTES} bytes")
    except (zlib.error, ValueError):
        notes.append(BROKEN_PROFILE)
        return b""
    return profile
