"""Where EXIF and XMP stand in the bytes of a photo: JPEG, PNG and TIFF, which cameras in the air write, and WebP.

Nothing is decoded or expanded; every walk is bounded. A file that makes no sense has no blocks: whether it is a picture
at all is for the decoder to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from siseon.contracts import InputError
from siseon.media.headers.directory import Layout
from siseon.media.headers.exif import MAX_EXIF_BYTES, START

MAX_XMP_BYTES = 1 << 20
"""A JPEG's is at most 64 KiB; what is longer is not looked at."""
MAX_PIECES = 4_096
"""Segments or chunks that are visited."""
XMP_START = b"http://ns.adobe.com/xap/1.0/\x00"
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_XMP = b"XML:com.adobe.xmp\x00\x00\x00\x00\x00"
"""Keyword, not compressed, neither language nor translated keyword."""
XMP_TAG = 700


@dataclass(frozen=True, slots=True)
class Blocks:
    """Empty where the file has none."""

    exif: bytes = b""
    """From the byte order on."""
    xmp: bytes = b""


def blocks_of(data: bytes) -> Blocks:
    """The first EXIF and XMP of a file."""
    if data[:2] == b"\xff\xd8":
        return _of_jpeg(data)
    if data[:8] == PNG_START:
        return _of_png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _of_webp(data)
    return _of_tiff(data)


def _of_jpeg(data: bytes) -> Blocks:
    exif = xmp = b""
    at = 2
    for _ in range(MAX_PIECES):
        if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] in (0xD9, 0xDA):
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == 0xE1:
            if not exif and data.startswith(START, at + 4):
                exif = data[at + 4 + len(START) : end]
            elif not xmp and data.startswith(XMP_START, at + 4):
                xmp = data[at + 4 + len(XMP_START) : end]
        at = end
    return Blocks(exif, xmp)


def _of_png(data: bytes) -> Blocks:
    exif = xmp = b""
    at = len(PNG_START)
    for _ in range(MAX_PIECES):
        length = int.from_bytes(data[at : at + 4], "big")
        body = at + 8
        if at + 12 > len(data) or body + length > len(data):
            break
        name = data[at + 4 : body]
        if name == b"eXIf" and length <= MAX_EXIF_BYTES:
            exif = data[body : body + length]
        elif name == b"iTXt" and data.startswith(PNG_XMP, body) and length <= MAX_XMP_BYTES:
            xmp = data[body + len(PNG_XMP) : body + length]
        at = body + length + 4
    return Blocks(exif, xmp)


def _of_tiff(data: bytes) -> Blocks:
    """The whole file is its EXIF; XMP is a tag of it."""
    layout = Layout.of(data)
    if layout is None or layout.big:
        return Blocks()
    try:
        tag = next((tag for tag in layout.tags(data, layout.first) if tag.number == XMP_TAG), None)
    except InputError:
        return Blocks()
    short = tag is not None and not tag.inline and tag.nbytes <= MAX_XMP_BYTES
    return Blocks(data, data[layout.span(data, tag)] if tag is not None and short else b"")


def _of_webp(data: bytes) -> Blocks:
    """By RFC 9649; some write EXIF with the head that it has in a JPEG."""
    exif = xmp = b""
    at = 12
    for _ in range(MAX_PIECES):
        if at + 8 > len(data):
            break
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        body = slice(at + 8, at + 8 + size)
        if data[at : at + 4] == b"EXIF" and not exif and size <= MAX_EXIF_BYTES:
            exif = data[body].removeprefix(START)
        elif data[at : at + 4] == b"XMP " and not xmp and size <= MAX_XMP_BYTES:
            xmp = data[body]
        at = body.stop + size % 2
    return Blocks(exif, xmp)
