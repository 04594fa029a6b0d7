"""WebP: the chunks of its container.

Source: RFC 9649, WebP image format.
"""

from __future__ import annotations

from collections.abc import Iterator

from siseon.media.bounds import MediaBounds
from siseon.media.faults import damaged
from siseon.media.header import BROKEN_PROFILE, MAX_PROFILE_BYTES, Header
from siseon.media.headers.exif import read_orientation

ALPHA_FLAG, ANIMATION_FLAG = 0x10, 0x02
MAX_CHUNKS = 10_000
"""Frames are bounded before; a still picture has six."""
_VP8L_ALPHA = 1 << 28


def read_webp(data: bytes, bounds: MediaBounds) -> Header:
    """The size and, of the extended form, the frames (counted, at most one too many), orientation and profile.

    Pillow decodes every WebP as an animation with transparency; a still picture without any goes to OpenCV, which
    takes less than half the time with the same libwebp and the same pixels.
    """
    if len(data) < 30:
        raise damaged("WEBP", "it ends within its header")
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))
        return Header("WEBP", width, height, cost=width * height, decoder="OpenCV")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        if bits & _VP8L_ALPHA:
            return Header("WEBP", width, height, channels=4, cost=width * height)
        return Header("WEBP", width, height, cost=width * height, decoder="OpenCV")
    if kind == b"VP8X":
        return _extended(data, bounds)
    raise damaged("WEBP", f"it begins with a chunk {kind!r}")


def _extended(data: bytes, bounds: MediaBounds) -> Header:
    width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    frames, still, alpha = 0, not data[20] & ANIMATION_FLAG, bool(data[20] & ALPHA_FLAG)
    exif: slice | None = None
    profile: slice | None = None
    notes: list[str] = []
    for name, body in _chunks(data):
        if name == b"ANMF":
            frames += 1
            if frames > bounds.max_frames:
                break
        elif name == b"EXIF":
            exif = exif or body
        elif name == b"ICCP":
            profile = profile or body
        elif name == b"ALPH":
            alpha = True
        elif name == b"VP8L":
            alpha = alpha or bool(
                int.from_bytes(data[body.start + 1 : min(body.start + 5, body.stop)], "little") & _VP8L_ALPHA
            )
    opaque = still and not frames and not alpha
    if profile and profile.stop - profile.start > MAX_PROFILE_BYTES:
        notes.append(BROKEN_PROFILE)
        profile = None
    return Header(
        "WEBP",
        width,
        height,
        max(1, frames),
        read_orientation(data, exif, notes) if exif else 1,
        channels=3 if opaque else 4,
        profile=data[profile] if profile else b"",
        cost=width * height,
        decoder="OpenCV" if opaque else "Pillow",
        notes=tuple(notes),
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, slice]]:
    """Name and body of each chunk after VP8X, cut at the end of the file."""
    at = 30
    for _ in range(MAX_CHUNKS):
        if at + 8 > len(data):
            return
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], slice(at + 8, min(at + 8 + length, len(data)))
        at += 8 + length + (length & 1)
    raise damaged("WEBP", f"it has more than {MAX_CHUNKS:,} chunks")
