"""JPEG by libjpeg-turbo (simplejpeg), the fastest decoder measured (``benchmarks/decode.py``).

The header is walked here, so that no other decoder sees the file. The decoder is strict: a file that ends early
is a failure, never a picture with a grey half. Oddities that leave the pixels whole are mended or noted:

- rubbish between segments, and broken colour-profile segments: the file is rebuilt from the segments that
  carry the picture, and decoded strictly again;
- stray bytes inside the coded data: decoded, with a note.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from siseon.contracts import InputError
from siseon.media.failures import damaged, unsupported

MAX_SEGMENTS = 10_000
"""Segments before the first scan; a 64 MiB file of metadata in full segments has 1,000."""
MAX_SCANS = 100
"""Scans of a progressive picture: ten are usual, and each walks the whole picture again."""
MAX_EXIF_BYTES = 1 << 20
EIGHTHS = (1, 2, 4)
"""Scaled decode at 1/8, 1/4 and 1/2."""

SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
LOSSLESS_SOF = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
DHT, DAC, SOI, EOI, SOS, DQT, DRI = 0xC4, 0xCC, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
WITHOUT_LENGTH = frozenset({0x01, SOI, *range(0xD0, 0xD8)})
OF_THE_PICTURE = SOF | {DHT, DAC, DQT, DRI, APP0, APP14}
EXIF_START, ICC_START = b"Exif\x00\x00", b"ICC_PROFILE\x00"

_STRAY = re.compile(r"extraneous bytes before marker")
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(slots=True)
class JpegHeader:
    """What stands before the first scan."""

    width: int = 0
    height: int = 0
    """Pixels as stored, before EXIF orientation."""
    components: int = 0
    precision: int = 8
    """Bits a sample."""
    lossless: bool = False
    exif: bytes = b""
    profile: bytes = b""
    """The ICC profile, empty when there is none or a part of it is missing."""
    profile_broken: bool = False
    segments: list[tuple[int, int, int]] = field(default_factory=list)
    """Marker, start and end of the segments that the picture needs."""
    scan_at: int = 0
    """Offset of the first scan's marker; 0 when there is none."""


def read_header(data: bytes) -> JpegHeader:
    """Walk the segments up to the first scan.

    Raises:
        InputError: ``corrupt_image`` when there is no frame header, or more segments or scans than in any picture.
    """
    header = JpegHeader()
    parts: dict[int, bytes] = {}
    expected_parts = 0
    at = 2
    for _ in range(MAX_SEGMENTS):
        start = data.find(b"\xff", at)
        if start < 0 or start + 4 > len(data):
            break
        marker = data[start + 1]
        if marker in (0x00, 0xFF) or marker in WITHOUT_LENGTH:
            at = start + (1 if marker == 0xFF else 2)
            continue
        if marker in (SOS, EOI):
            header.scan_at = start if marker == SOS else 0
            break
        at = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        if marker in OF_THE_PICTURE:
            header.segments.append((marker, start, at))
        if marker in SOF and start + 10 <= len(data):
            header.precision, header.height, header.width, header.components = struct.unpack(
                ">BHHB", data[start + 4 : start + 10]
            )
            header.lossless = marker in LOSSLESS_SOF
        elif marker == APP1 and not header.exif and data.startswith(EXIF_START, start + 4):
            header.exif = data[start + 4 : at]
        elif marker == APP2 and data.startswith(ICC_START, start + 4) and start + 18 <= len(data):
            expected_parts = data[start + 17]
            parts.setdefault(data[start + 16], data[start + 18 : at])
    else:
        raise damaged("JPEG", f"more than {MAX_SEGMENTS:,} segments stand before its pixels")
    if not header.components:
        raise damaged("JPEG", "it has no frame header")
    if parts and sorted(parts) == list(range(1, expected_parts + 1)):
        header.profile = b"".join(parts[number] for number in sorted(parts))
    header.profile_broken = bool(parts) and not header.profile
    _check_scans(data, header.scan_at)
    return header


def decode_jpeg(
    data: bytes, header: JpegHeader, max_side: int | None, notes: list[str]
) -> tuple[NDArray[np.uint8], int]:
    """Pixels as stored, (H, W, 1 | 3 | 4) uint8: grey (only where a profile is to be applied), RGB, or CMYK as
    amounts of ink; and the scale in eighths.

    Raises:
        InputError: ``corrupt_image`` or ``unsupported_media``.
    """
    if header.precision != 8 or header.lossless:
        kind = "lossless" if header.lossless else f"{header.precision}-bit"
        raise unsupported(f"the file is a {kind} JPEG, only 8-bit lossy ones are read")
    if header.components not in (1, 3, 4):
        raise unsupported(f"the JPEG has {header.components} components, only 1, 3 and 4 are read")
    colours = (
        "CMYK" if header.components == 4 else "GRAY" if header.components == 1 and header.profile else "RGB"
    )
    eighths = _eighths(max(header.width, header.height), max_side)
    least = {
        "min_width": -(-header.width * eighths // 8) if eighths < 8 else 0,
        "min_height": -(-header.height * eighths // 8) if eighths < 8 else 0,
    }
    try:
        pixels = simplejpeg.decode_jpeg(data, colours, **least)
    except ValueError:
        pixels = _decode_odd(data, header, colours, least, notes)
    if colours == "CMYK":
        np.subtract(255, pixels, out=pixels)  # JPEG stores what is left of the light (Adobe's convention)
    return pixels, eighths


def _decode_odd(
    data: bytes, header: JpegHeader, colours: str, least: dict[str, int], notes: list[str]
) -> NDArray[np.uint8]:
    """A second try without what surrounds the picture; stray bytes in the coded data are allowed."""
    if not header.scan_at:
        raise damaged("JPEG", "it has no pixels")
    segments = [data[start:end] for _, start, end in header.segments]
    plain = b"".join([b"\xff\xd8", *segments, data[header.scan_at :]])
    try:
        pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(plain, colours, **least)
    except ValueError as error:
        if not _STRAY.search(str(error)):
            raise damaged("JPEG", str(error)) from None
        try:
            pixels = simplejpeg.decode_jpeg(plain, colours, strict=False, **least)
        except ValueError as still:
            raise damaged("JPEG", str(still)) from None
        notes.append("stray bytes in the JPEG data, the picture may be wrong in places")
    else:
        notes.append("rubbish around the JPEG data ignored")
    return pixels


def _eighths(longest: int, max_side: int | None) -> int:
    """The smallest scale whose longest side is still at least ``max_side``."""
    if max_side is None:
        return 8
    return next((scale for scale in EIGHTHS if longest * scale >= max_side * 8), 8)


def _check_scans(data: bytes, at: int) -> None:
    # Counting the two bytes is quick and never too low; only where metadata may hold them too, walk.
    if not at or data.count(b"\xff\xda", at) <= MAX_SCANS:
        return
    scans = 0
    for _ in range(MAX_SEGMENTS):
        found = _MARKER_IN_SCAN.search(data, at)
        if found is None or data[found.start() + 1] == EOI:
            return
        scans += data[found.start() + 1] == SOS
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2], "big")
        if scans > MAX_SCANS:
            break
    failure: InputError = damaged("JPEG", f"it has more than {MAX_SCANS} scans")
    raise failure
