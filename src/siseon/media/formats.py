"""What a file is, by its first bytes. A short list is let in; what is known and not let in is named."""

from __future__ import annotations

import re

from siseon.media.faults import unsupported

ALLOWED = "JPEG, PNG, WebP, BMP, TIFF, GIF, AVIF, HEIC"

AVIF_BRANDS = frozenset({b"avif", b"avis"})
HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
MAX_BRANDS = 32

# Starts of files that people send and that are refused by name.
REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "an EPS or PostScript document"),
    (b"\xc5\xd0\xd3\xc6", "an EPS document"),
    (b"8BPS", "a Photoshop document"),
    (b"\x00\x00\x01\x00", "a Windows icon"),
    (b"\x00\x00\x02\x00", "a Windows cursor"),
    (b"IIU\x00", "a camera raw file"),
    (b"IIRO", "a camera raw file"),
    (b"FUJIFILM", "a camera raw file"),
    (b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"DDS ", "a DirectDraw surface"),
    (b"qoif", "a QOI picture"),
    (b"icns", "an Apple icon"),
    (b"\x1a\x45\xdf\xa3", "a Matroska or WebM video"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
)
_PNM = re.compile(rb"P[1-7Ff][\s\d#]")
_MARKUP = ((b"svg", "an SVG drawing"), (b"html", "a web page"))
_BEFORE_THE_ROOT = ((b"<?", b"?>"), (b"<!--", b"-->"))
"""Declarations and comments, which may stand before the first element; how they begin and end."""
TEXT_SNIFF = 2048
"""Bytes looked at for the start of SVG and HTML, which comments may precede."""


def sniff(data: bytes) -> str:
    """Pillow's name of the format (``JPEG``, ``PNG``, …, ``HEIF``); names and content types are not asked.

    Raises:
        InputError: ``unsupported_media``, naming what it is where that can be told.
    """
    if data.startswith(b"\xff\xd8"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"BM"):
        return "BMP"
    if data.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return "TIFF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        brands = _brands(data)
        if brands & AVIF_BRANDS:
            return "AVIF"
        if brands & HEIF_BRANDS:
            return "HEIF"
        raise unsupported(
            "the file is a video (MP4, QuickTime), not a picture", "send one frame as JPEG or PNG"
        )
    raise unsupported(f"the file is {_name(data)}, and none of {ALLOWED}")


def _brands(data: bytes) -> set[bytes]:
    """The major and compatible brands of an ISO base media file."""
    end = min(int.from_bytes(data[:4], "big"), len(data), 16 + 4 * MAX_BRANDS)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))}


def _name(data: bytes) -> str:
    for start, name in REFUSED:
        if data.startswith(start):
            return name
    head = data[:TEXT_SNIFF]
    if markup := _markup(head.removeprefix(b"\xef\xbb\xbf").lower()):
        return markup
    if _PNM.match(head):
        return "a PNM (PPM, PGM, PBM) picture"
    return f"of an unknown kind (it starts with {data[:8].hex(' ')})"


def _markup(head: bytes) -> str | None:
    """What the first element, or the doctype before it, says.

    Each turn cuts off what it has seen, so the work is bounded: a pattern with nested repeats took days for 300 bytes.
    """
    head = head.lstrip()
    while found := next((pair for pair in _BEFORE_THE_ROOT if head.startswith(pair[0])), None):
        head = head.partition(found[1])[2].lstrip()
    known = (name for root, name in _MARKUP if head.startswith((b"<" + root, b"<!doctype " + root)))
    return next(known, None)
