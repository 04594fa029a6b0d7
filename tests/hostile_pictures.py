"""Pictures made to exhaust whoever reads them: each with what it is, and what must become of it.

Made on the spot, from a few bytes or from a sound picture; ``tests/media/test_read.py`` holds the header reader to its
bounds with them, ``benchmarks/hostile.py`` measures them.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image as PillowImage

from siseon.contracts import FailureCode

CORRUPT, TOO_LARGE = FailureCode.corrupt_image, FailureCode.image_too_large
UNSUPPORTED = FailureCode.unsupported_media
MEGA = 1_000_000


@dataclass(frozen=True)
class Hostile:
    """One file."""

    name: str
    build: Callable[[], bytes]
    verdict: FailureCode | None
    """The failure that must come from the header alone; None where a picture comes out, at a bounded cost."""

    def __str__(self) -> str:
        return self.name


@cache
def sound(kind: str, width: int = 96, height: int = 64, **options: object) -> bytes:
    y, x = np.mgrid[0:height, 0:width]
    bands = [x * 200 // width, y * 200 // height, (x * 7 + y * 3) % 255]
    picture = PillowImage.fromarray(np.stack(bands, axis=2).astype(np.uint8))
    stream = io.BytesIO()
    picture.convert("P" if kind == "GIF" else "RGB").save(stream, kind, **options)
    return stream.getvalue()


# JPEG


def progressive(width: int, height: int, scans: int, segment: bytes = b"") -> bytes:
    """A progressive picture whose last scan is repeated, under a frame header that says any size."""
    data = sound("JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    frame = data.index(b"\xff\xc2")
    head = data[: frame + 5] + struct.pack(">HH", height, width) + data[frame + 9 : last]
    return head + (segment + data[last:-2]) * scans + data[-2:]


def jpeg_with(segments: Iterable[bytes]) -> bytes:
    data = sound("JPEG")
    return data[:2] + b"".join(segments) + data[2:]


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def profile_parts() -> Iterable[bytes]:
    return (segment(0xE2, b"ICC_PROFILE\x00" + bytes((n, 255)) + bytes(65_000)) for n in range(1, 256))


def exif_of_many_tags() -> bytes:
    entries = struct.pack("<HHI4s", 0x9000, 7, 4, b"0000") * 5_000
    return segment(0xE1, b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + struct.pack("<H", 5_000) + entries)


JPEG = [
    Hostile("JPEG: 90 scans over 80 megapixels", lambda: progressive(9_000, 8_900, 90), TOO_LARGE),
    Hostile("JPEG: 50,000 scans of a small picture", lambda: progressive(96, 64, 50_000), CORRUPT),
    Hostile(
        "JPEG: 90 scans with false ends between them",
        lambda: progressive(9_000, 8_900, 90, segment(0xFE, b"\xff\xd9")),
        TOO_LARGE,
    ),
    Hostile("JPEG: 8 MB of fill bytes", lambda: b"\xff\xd8" + b"\xff" * (8 * MEGA), CORRUPT),
    Hostile("JPEG: 8 MB of stuffed bytes", lambda: b"\xff\xd8" + b"\xff\x00" * (4 * MEGA), CORRUPT),
    Hostile("JPEG: a million empty comments", lambda: jpeg_with([b"\xff\xfe\x00\x02" * MEGA]), CORRUPT),
    Hostile("JPEG: a profile of 16 MB in 255 parts", lambda: jpeg_with(profile_parts()), None),
    Hostile("JPEG: EXIF with 5,000 entries", lambda: jpeg_with([exif_of_many_tags()]), None),
]

# PNG


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with(chunks: bytes, *, before: bytes = b"IDAT") -> bytes:
    data = sound("PNG")
    at = data.index(before) - 4
    return data[:at] + chunks + data[at:]


def text_bombs(count: int) -> bytes:
    packed = zlib.compress(b"a" * MEGA, 9)
    return b"".join(chunk(b"zTXt", b"%d\x00\x00" % number + packed) for number in range(count))


def zeros(megabytes: int) -> bytes:
    pack = zlib.compressobj(9)
    return b"".join([*(pack.compress(bytes(MEGA)) for _ in range(megabytes)), pack.flush()])


RAW_EXIF = b"Raw profile type exif\x00\x00"
PNG = [
    Hostile("PNG: a million empty pieces of pixels", lambda: png_with(chunk(b"IDAT", b"") * MEGA), CORRUPT),
    Hostile("PNG: 500,000 empty texts", lambda: png_with(chunk(b"tEXt", b"") * 500_000), CORRUPT),
    Hostile("PNG: 60 texts of 1 MB in 1 kB", lambda: png_with(text_bombs(60)), None),
    Hostile("PNG: 300 texts of 1 MB behind", lambda: png_with(text_bombs(300), before=b"IEND"), None),
    Hostile(
        "PNG: a profile of 200 MB in 0.2", lambda: png_with(chunk(b"iCCP", b"p\x00\x00" + zeros(200))), None
    ),
    Hostile("PNG: EXIF of 200 MB in a text", lambda: png_with(chunk(b"zTXt", RAW_EXIF + zeros(200))), None),
    Hostile("PNG: EXIF of 8 MB", lambda: png_with(chunk(b"eXIf", bytes(8 * MEGA))), None),
    Hostile(
        "PNG: an animation of 4 billion frames",
        lambda: png_with(chunk(b"acTL", struct.pack(">II", 2**32 - 1, 0))),
        TOO_LARGE,
    ),
    Hostile("PNG: a chunk of 4 GB", lambda: png_with(struct.pack(">I4s", 2**32 - 1, b"tEXt")), CORRUPT),
    Hostile(
        "PNG: 60,000 × 60,000",
        lambda: sound("PNG")[:16] + struct.pack(">II", 60_000, 60_000) + sound("PNG")[24:],
        TOO_LARGE,
    ),
]

# GIF

GIF_SCREEN = b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0x80, 0, 0) + bytes((0, 0, 0, 255, 255, 255))
GIF_FRAME = b"," + struct.pack("<4HB", 0, 0, 10, 10, 0) + b"\x02"


def uneven(count: int) -> bytes:
    return b"\x01\x00\x02\x00\x00" * count


GIF = [
    Hostile("GIF: 30 MB of rubbish before the frame", lambda: GIF_SCREEN + bytes(30 * MEGA), CORRUPT),
    Hostile("GIF: 30 MB of rubbish behind it", lambda: sound("GIF")[:-1] + bytes(30 * MEGA), None),
    Hostile(
        "GIF: rubbish between 10,000 blocks",
        lambda: GIF_SCREEN + (bytes(3_000) + b"!\xfe\x00") * 10_000,
        CORRUPT,
    ),
    Hostile(
        "GIF: 8 MB in blocks of one byte", lambda: GIF_SCREEN + GIF_FRAME + b"\x01\x00" * (4 * MEGA), CORRUPT
    ),
    Hostile("GIF: 5 MB in uneven blocks", lambda: GIF_SCREEN + GIF_FRAME + uneven(MEGA), CORRUPT),
    Hostile("GIF: a million comments", lambda: GIF_SCREEN + b"!\xfe\x00" * MEGA, CORRUPT),
    Hostile(
        "GIF: 100,000 frames",
        lambda: GIF_SCREEN + (GIF_FRAME + b"\x02\x4c\x01\x00") * 100_000 + b";",
        TOO_LARGE,
    ),
]

# BMP


def bmp(width: int, height: int, bits: int, compression: int, body: bytes, colours: int = 0) -> bytes:
    palette = bytes(range(256)) * 4 if bits == 8 else bytes(64)
    start = 54 + len(palette)
    return (
        b"BM"
        + struct.pack("<IHHI", start + len(body), 0, 0, start)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(body), 0, 0, colours, 0)
        + palette
        + body
    )


BMP = [
    Hostile(
        "BMP: 4,000 rows, each ended at once", lambda: bmp(4_000, 4_000, 8, 1, b"\x00\x00" * 4_000), None
    ),
    Hostile("BMP: runs of one pixel, too many", lambda: bmp(4_000, 4_000, 8, 1, b"\x01\x05" * MEGA), None),
    Hostile("BMP: four bits, rows ended at once", lambda: bmp(4_000, 4_000, 4, 2, b"\x00\x00" * 4_000), None),
    Hostile("BMP: −2³¹ rows", lambda: bmp(10, -(2**31), 24, 0, bytes(300)), TOO_LARGE),
    Hostile("BMP: around a PNG", lambda: bmp(10, 10, 24, 5, sound("PNG")), UNSUPPORTED),
]

# TIFF


def tiff(*tags: tuple[int, int, int, int], body: bytes = b"") -> bytes:
    """A directory of (number, type, count, value), and the bytes behind it."""
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(tags)) + entries + bytes(4) + body


SHORT, LONG, BYTES = 3, 4, 7
PAGE = [
    (256, SHORT, 1, 4_000),
    (257, SHORT, 1, 4_000),
    (258, SHORT, 1, 8),
    (259, SHORT, 1, 1),
    (262, SHORT, 1, 1),
]


def strips(count: int, rows: int, compression: int = 1, body: bytes = b"") -> bytes:
    page = [tag if tag[0] != 259 else (259, SHORT, 1, compression) for tag in PAGE]
    behind = 10 + 12 * (len(page) + 3) + 4
    first = behind + 8 * count
    at, size = (first, len(body)) if count == 1 else (behind, behind + 4 * count)
    page += [(273, LONG, count, at), (278, LONG, 1, rows), (279, LONG, count, size)]
    table = struct.pack("<I", first) * count + struct.pack("<I", len(body) // count) * count
    return tiff(*page, body=table + body)


def pages(count: int) -> bytes:
    page = b"".join(struct.pack("<HHII", *tag) for tag in PAGE)
    size = 2 + len(page) + 4
    chain = (
        struct.pack("<H", len(PAGE)) + page + struct.pack("<I", 8 + (n + 1) * size) for n in range(count)
    )
    return b"II*\x00\x08\x00\x00\x00" + b"".join(chain)


def following_itself() -> bytes:
    data = bytearray(sound("TIFF"))
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    return bytes(data)


TIFF = [
    Hostile("TIFF: a million strips", lambda: strips(MEGA, 1), CORRUPT),
    Hostile(
        "TIFF: 100,000 strips over the same bytes", lambda: strips(100_000, 1, body=bytes(4_000)), TOO_LARGE
    ),
    Hostile(
        "TIFF: 60,000 strips of nearly all rows", lambda: strips(60_000, 3_999, body=bytes(MEGA)), TOO_LARGE
    ),
    Hostile(
        "TIFF: a JPEG of 95 scans inside",
        lambda: strips(1, 4_000, 7, progressive(4_000, 4_000, 95)),
        TOO_LARGE,
    ),
    Hostile("TIFF: 60,000 pages", lambda: pages(60_000), TOO_LARGE),
    Hostile("TIFF: a directory that follows itself", following_itself, None),
    Hostile("TIFF: 65,535 entries", lambda: tiff(*[(n, BYTES, 9, 8) for n in range(65_535)]), CORRUPT),
    Hostile(
        "TIFF: 900 entries over the same megabyte",
        lambda: tiff(*PAGE, *[(n, BYTES, MEGA, 8) for n in range(900, 1_800)], body=bytes(MEGA)),
        CORRUPT,
    ),
    Hostile(
        "TIFF: the same, in its EXIF",
        lambda: tiff(
            *PAGE,
            (34665, LONG, 1, 86),
            body=tiff(*[(n, BYTES, MEGA, 8) for n in range(900, 1_800)], body=bytes(MEGA))[8:],
        ),
        CORRUPT,
    ),
    Hostile(
        "TIFF: tiles of 60,000 × 60,000",
        lambda: tiff(
            *PAGE, (322, LONG, 1, 60_000), (323, LONG, 1, 60_000), (324, LONG, 1, 200), body=bytes(900)
        ),
        TOO_LARGE,
    ),
    Hostile("BigTIFF: 2⁶³ entries", lambda: b"II+\x00" + struct.pack("<HHQQ", 8, 0, 16, 2**63), CORRUPT),
]

# WebP


def webp(chunks: bytes, flags: int = 0, width: int = 96, height: int = 64) -> bytes:
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<IBxxx", 10, flags) + size + chunks
    return b"RIFF" + struct.pack("<I", len(body)) + body


def riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body


def still_webp() -> bytes:
    return sound("WEBP")[12:]


WEBP = [
    Hostile("WebP: a million frames", lambda: webp(riff(b"ANMF", b"") * MEGA, flags=2), TOO_LARGE),
    Hostile("WebP: a million unknown chunks", lambda: webp(riff(b"none", b"") * MEGA), CORRUPT),
    Hostile("WebP: 16 million pixels a side", lambda: webp(b"", width=1 << 24, height=1 << 24), TOO_LARGE),
    Hostile(
        "WebP: a profile of 8 MB", lambda: webp(riff(b"ICCP", bytes(8 * MEGA)) + still_webp(), 0x20), None
    ),
    Hostile("WebP: EXIF of 8 MB", lambda: webp(still_webp() + riff(b"EXIF", bytes(8 * MEGA)), 0x08), None),
]

# AVIF and HEIC


def box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def full(name: bytes, body: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(name, struct.pack(">I", version << 24 | flags) + body)


def heif(meta: bytes, brand: bytes = b"heic", behind: bytes = b"") -> bytes:
    return box(b"ftyp", brand + bytes(4) + brand + b"mif1") + full(b"meta", meta) + behind


def derived(kinds: dict[int, bytes], references: dict[int, list[int]], width: int, height: int) -> bytes:
    """A file in which all items have one size and refer to others."""
    items = b"".join(
        full(b"infe", struct.pack(">HH4s", item, 0, kind) + b"\x00", 2) for item, kind in kinds.items()
    )
    dimg = b"".join(
        box(b"dimg", struct.pack(f">HH{len(to)}H", item, len(to), *to)) for item, to in references.items()
    )
    size = box(b"ipco", full(b"ispe", struct.pack(">II", width, height)))
    used = b"".join(struct.pack(">HBB", item, 1, 1) for item in kinds)
    return heif(
        full(b"pitm", struct.pack(">H", 1))
        + full(b"iinf", struct.pack(">H", len(kinds)) + items)
        + full(b"iref", dimg)
        + box(b"iprp", size + full(b"ipma", struct.pack(">I", len(kinds)) + used))
    )


def layers(depth: int, width: int) -> bytes:
    """An overlay of overlays of …, each of the next one many times."""
    kinds = {**dict.fromkeys(range(1, depth + 1), b"iovl"), depth + 1: b"hvc1"}
    return derived(kinds, {item: [item + 1] * width for item in range(1, depth + 1)}, 4_000, 4_000)


def exif_item() -> bytes:
    bomb = tiff(*[(n, BYTES, 60_000, 8) for n in range(900, 1_800)], body=bytes(60_000))
    block = bytes(4) + bomb
    size = box(b"ipco", full(b"ispe", struct.pack(">II", 8, 8)))

    def build(offset: int) -> bytes:
        place = struct.pack(">BBHHHHII", 0x44, 0, 1, 7, 0, 1, offset, len(block))
        return heif(
            full(b"pitm", struct.pack(">H", 1))
            + full(
                b"iinf",
                struct.pack(">H", 1) + full(b"infe", struct.pack(">HH4s", 7, 0, b"Exif") + b"\x00", 2),
            )
            + box(b"iprp", size)
            + full(b"iloc", place),
            b"avif",
            box(b"mdat", block),
        )

    return build(len(build(0)) - len(block))


ISOBMFF = [
    Hostile("HEIC: a million boxes", lambda: heif(box(b"free") * MEGA), CORRUPT),
    Hostile(
        "HEIC: a million sizes",
        lambda: heif(box(b"iprp", box(b"ipco", full(b"ispe", struct.pack(">II", 9, 9)) * MEGA))),
        CORRUPT,
    ),
    Hostile("HEIC: 8 MB of the word ispe", lambda: heif(b"", behind=b"ispe" * (2 * MEGA)), CORRUPT),
    Hostile("HEIC: overlays of overlays, 10¹⁴ pictures", lambda: layers(7, 100), TOO_LARGE),
    Hostile("HEIC: one picture 3,000 times on another", lambda: layers(1, 3_000), TOO_LARGE),
    Hostile("HEIC: a picture made of itself", lambda: derived({1: b"grid"}, {1: [1, 1]}, 64, 64), CORRUPT),
    Hostile("HEIC: pictures 60 deep", lambda: layers(60, 1), CORRUPT),
    Hostile(
        "AVIF: 4 billion places of data",
        lambda: heif(full(b"iloc", struct.pack(">BBI", 0x44, 0, 2**32 - 1) + bytes(MEGA), 2), b"avif"),
        CORRUPT,
    ),
    Hostile("AVIF: EXIF with 900 tags over the same bytes", exif_item, CORRUPT),
]

# What is not a picture

OTHER = [
    Hostile("SVG: a million empty comments", lambda: b"<!---->" * MEGA + b"x", UNSUPPORTED),
    Hostile("SVG: 40 empty comments, 281 bytes", lambda: b"<!---->" * 40 + b"x", UNSUPPORTED),
    Hostile("MP4: a million brands", lambda: box(b"ftyp", b"isom" * MEGA), UNSUPPORTED),
]

ALL: list[Hostile] = [*JPEG, *PNG, *GIF, *BMP, *TIFF, *WEBP, *ISOBMFF, *OTHER]
