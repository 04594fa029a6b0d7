"""The pictures that a review sends, drawn on the spot: no data files, and what is on them is known.

A stop sign and a wall clock are drawn because detectors trained on photos know both at a glance (YOLOX-Nano
scores them 0.95 and 0.91).
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

Pixels = NDArray[np.uint8]
"""(H, W, 3) uint8, RGB."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of the user's: the file, and its upright pixels as the caller decoded them."""

    data: bytes
    pixels: Pixels


ORIENTATION = 0x0112
"""The EXIF tag that says how a stored picture must be turned."""

_AS_STORED = {
    3: Pillow.Transpose.ROTATE_180,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_90,
    8: Pillow.Transpose.ROTATE_270,
}
"""How an upright picture is turned to be stored under that orientation."""

SKY, GROUND, RED, WHITE, INK = (170, 205, 240), (115, 120, 110), (190, 25, 35), (250, 248, 240), (25, 22, 20)
WALL, TABLE, ORANGE = (235, 230, 220), (150, 110, 80), (245, 140, 20)


@cache
def scene() -> Pixels:
    """A stop sign and a clock in front of a street, 640 × 480."""
    picture = np.empty((480, 640, 3), np.uint8)
    picture[:300], picture[300:] = SKY, GROUND
    cv2.rectangle(picture, (163, 200), (173, 430), (120, 120, 125), -1)
    corners = np.deg2rad(22.5 + 45 * np.arange(8))
    for radius, colour in ((92, WHITE), (86, RED)):
        octagon = np.stack([168 + radius * np.cos(corners), 150 + radius * np.sin(corners)], axis=1)
        cv2.fillPoly(picture, [octagon.astype(np.int32)], colour, cv2.LINE_AA)
    _write(picture, "STOP", (103, 171), 1.75, WHITE, 6)
    cv2.circle(picture, (470, 160), 84, INK, -1, cv2.LINE_AA)
    cv2.circle(picture, (470, 160), 76, WHITE, -1, cv2.LINE_AA)
    for hour in range(1, 13):
        angle = np.deg2rad(30 * hour - 90)
        at = (int(470 + 60 * np.cos(angle)) - 7 * len(str(hour)), int(167 + 60 * np.sin(angle)))
        _write(picture, str(hour), at, 0.6, INK, 1)
    cv2.line(picture, (470, 160), (470, 112), INK, 4, cv2.LINE_AA)
    cv2.line(picture, (470, 160), (503, 180), INK, 5, cv2.LINE_AA)
    picture.setflags(write=False)
    return picture


@cache
def coloured() -> Pixels:
    """Three oranges on a table and a small stop sign, 640 × 480: detectors know both by their colour.

    YOLOX-Nano gives the oranges 0.9 each, and finds none of them in blue.
    """
    picture = np.empty((480, 640, 3), np.uint8)
    picture[:220], picture[220:] = WALL, TABLE
    for x, y, radius in ((170, 320, 80), (335, 335, 75), (490, 330, 78)):
        _ball(picture, (x, y), radius, ORANGE)
    sign = enlarged(np.ascontiguousarray(scene()[40:420, 60:280]), 0.45)
    picture[20 : 20 + sign.shape[0], 40 : 40 + sign.shape[1]] = sign
    picture.setflags(write=False)
    return picture


def _ball(picture: Pixels, at: tuple[int, int], radius: int, colour: tuple[int, int, int]) -> None:
    """A sphere under a lamp at its upper left."""
    rows, columns = np.ogrid[: picture.shape[0], : picture.shape[1]]
    inside = np.hypot(columns - at[0], rows - at[1]) < radius
    from_lamp = np.hypot(columns - at[0] + 0.35 * radius, rows - at[1] + 0.35 * radius)
    light = 1.15 - 0.55 * from_lamp / (1.5 * radius)
    shaded = np.clip(light[..., None] * np.array(colour), 0, 255)
    picture[inside] = shaded[inside].astype(np.uint8)


def _write(
    picture: Pixels, text: str, at: tuple[int, int], size: float, colour: tuple[int, int, int], width: int
) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_DUPLEX, size, colour, width, cv2.LINE_AA)


def enlarged(picture: Pixels, scale: float) -> Pixels:
    """The picture times ``scale``."""
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def surrounded(picture: Pixels, *, left: int = 0, right: int = 0, top: int = 0, bottom: int = 0) -> Pixels:
    """The picture within a wider one; its edges run on."""
    return np.asarray(cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)


def moved(picture: Pixels, dx: int, dy: int) -> Pixels:
    """The picture moved right and down within its own size; its edges run on."""
    height, width = picture.shape[:2]
    wide = surrounded(picture, left=max(dx, 0), right=max(-dx, 0), top=max(dy, 0), bottom=max(-dy, 0))
    left, top = max(-dx, 0), max(-dy, 0)
    return np.ascontiguousarray(wide[top : top + height, left : left + width])


def with_miniatures(picture: Pixels, part: int) -> Pixels:
    """The picture between two rows of copies of it, ``part`` times as small; it begins ``height // part`` down."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // part, height // part), interpolation=cv2.INTER_AREA)
    row = np.ascontiguousarray(np.tile(small, (1, part + 1, 1))[:, :width])
    return np.ascontiguousarray(np.concatenate([row, picture, row]))


def tiled(picture: Pixels, side: int = 16) -> Pixels:
    """Hundreds of copies of the picture, ``side`` across and down, in the picture's own size."""
    height, width = picture.shape[:2]
    one = cv2.resize(picture, (width // side, height // side), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.tile(one, (side, side, 1)))


def blank(width: int = 640, height: int = 480) -> Pixels:
    """Grey, nothing on it."""
    return np.full((height, width, 3), 127, np.uint8)


def jpeg(picture: Pixels, *, orientation: int = 1) -> bytes:
    """A JPEG file that shows the picture upright to who obeys its EXIF orientation."""
    stored = Pillow.fromarray(picture)
    if orientation == 1:
        return saved(stored, "JPEG", quality=92)
    exif = Pillow.Exif()
    exif[ORIENTATION] = orientation
    return saved(stored.transpose(_AS_STORED[orientation]), "JPEG", quality=92, exif=exif)


def saved(picture: Pillow.Image, kind: str, **options: object) -> bytes:
    """The picture as a file of that format."""
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def colour_modes(picture: Pixels) -> dict[str, bytes]:
    """The same picture in formats and colour modes that clients send, opaque and lossless where it can be."""
    rgb = Pillow.fromarray(picture)
    grey = rgb.convert("L")
    deep = Pillow.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    return {
        "PNG": saved(rgb, "PNG"),
        "WebP": saved(rgb, "WEBP", lossless=True),
        "progressive JPEG": saved(rgb, "JPEG", quality=92, progressive=True),
        "CMYK JPEG": saved(rgb.convert("CMYK"), "JPEG", quality=92),
        "palette PNG": saved(rgb.quantize(256), "PNG"),
        "PNG with alpha": saved(rgb.convert("RGBA"), "PNG"),
        "animated GIF": saved(rgb, "GIF", save_all=True, append_images=[Pillow.fromarray(picture[::-1])]),
        "grey JPEG": saved(grey, "JPEG", quality=92),
        "16-bit grey PNG": saved(deep, "PNG"),
        "black ink on transparent PNG": ink(picture),
    }


def partly_hidden(picture: Pixels, left: int, right: int) -> bytes:
    """A PNG that is transparent between two columns; the file still has the colours that it hides."""
    opacity = np.full(picture.shape[:2], 255, np.uint8)
    opacity[:, left:right] = 0
    return saved(Pillow.fromarray(np.dstack([picture, opacity])), "PNG")


def ink(picture: Pixels) -> bytes:
    """A PNG that is black everywhere and opaque where the picture is dark: the grey picture, on white paper."""
    opacity = 255 - np.asarray(Pillow.fromarray(picture).convert("L"))
    return saved(Pillow.fromarray(np.dstack([np.zeros_like(picture), opacity])), "PNG")


def huge_header(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of some bytes whose header promises gigabytes of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
