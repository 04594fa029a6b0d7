"""Odd and hostile pictures, made on the spot."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image as PillowImage

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF")
CUTS = (0.02, 0.1, 0.3, 0.6, 0.9, 0.98)


def photo(width: int = 96, height: int = 64) -> PillowImage.Image:
    """Smooth colours with some noise, so that every format has real data to store."""
    y, x = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(0).integers(0, 40, (height, width))
    bands = [x * 200 // width + noise, y * 200 // height + noise, (x + y) * 100 // (width + height) + noise]
    return PillowImage.fromarray(np.stack(bands, axis=2).astype(np.uint8))


def saved(picture: PillowImage.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def png(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG whose header says any size, whatever the body holds."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(body))
        + chunk(b"IEND", b"")
    )


def bombs() -> Iterator[tuple[str, bytes]]:
    """Headers that promise far more pixels than there are bytes."""
    yield "png 60000 x 60000", png(60_000, 60_000)
    yield "png 65500 x 1", png(65_500, 1)
    yield "png 1 x 65500", png(1, 65_500)
    yield "png 0 x 10", png(0, 10)
    yield "png 2^31 - 1", png(2**31 - 1, 2**31 - 1)
    bmp = bytearray(saved(photo(), "BMP"))
    bmp[18:26] = struct.pack("<ii", 60_000, 60_000)
    yield "bmp 60000 x 60000", bytes(bmp)
    gif = bytearray(saved(photo().convert("P"), "GIF"))
    gif[6:10] = struct.pack("<HH", 65_535, 65_535)
    yield "gif 65535 x 65535", bytes(gif)
    jpeg = bytearray(saved(photo(), "JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    yield "jpeg 65500 x 65500", bytes(jpeg)
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 0, 0)
    yield "jpeg 0 x 0", bytes(jpeg)
    tiff = saved(photo(), "TIFF")
    yield (
        "tiff huge side",
        tiff.replace(struct.pack("<HHII", 256, 4, 1, 96), struct.pack("<HHII", 256, 4, 1, 90_000)),
    )
    webp = bytearray(saved(photo(), "WEBP"))
    webp[26:30] = struct.pack("<HH", 16_383, 16_383)
    yield "webp 16383 x 16383", bytes(webp)


def hostile() -> list[tuple[str, bytes]]:
    """Files that must fail by name or decode rightly; nothing else."""
    rng = np.random.default_rng(7)
    whole = {kind: saved(photo(), kind) for kind in FORMATS}
    cases = [
        (f"{kind} cut at {cut:.0%}", data[: int(len(data) * cut)])
        for kind, data in whole.items()
        for cut in CUTS
    ]
    for kind, data in whole.items():
        flipped = bytearray(data)
        for place in rng.integers(len(data) // 2, len(data), 8):
            flipped[place] ^= 0x55
        cases.append((f"{kind} with flipped bytes", bytes(flipped)))
        cases.append((f"{kind} followed by rubbish", data + rng.bytes(500)))
    cases += [(f"{size} random bytes", rng.bytes(size)) for size in (1, 7, 100, 10_000)]
    cases += [(f"only the magic of {kind}", data[:12]) for kind, data in whole.items()]
    cases += [
        ("empty", b""),
        ("text", b"hello, this is not a picture"),
        ("html", b"<html><img src=x></html>"),
    ]
    cases += [
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("pdf", b"%PDF-1.7\n"),
        ("zip", b"PK\x03\x04" * 9),
    ]
    return [*cases, *bombs()]
