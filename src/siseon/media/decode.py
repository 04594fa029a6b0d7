"""Bytes to pixels: one picture, upright, in sRGB, eight bits a channel.

Rules, in this order:

- The header is read first (``siseon.media.read``), and decides: JPEG goes through libjpeg-turbo, still opaque WebP and
  BMP in runs through OpenCV, the rest through Pillow and pillow-heif. Of a PNG or GIF the decoder sees only what the
  first picture needs. A file that ends early is a failure, never half a picture.
- Of animations and multi-page files the first frame is taken, with a note.
- Grey of 12 and 16 bits is scaled by its largest value (65535 becomes 255), 16-bit colour keeps its high byte;
  1-bit, palette and grey become RGB; floating-point, signed and 32-bit pixels are refused, their range is not
  stated.
- RGB, grey and CMYK with an ICC profile are converted to sRGB (relative colorimetric), Lab by its definition; a
  broken profile is ignored with a note, CMYK without one becomes (1 - ink) × (1 - black).
- Transparent pixels are laid on white; on black where less than half of the picture is visible and that is
  bright (mean luma over 128), so that white lettering on nothing stays readable. A note says which.
- EXIF orientation is applied: the root frame is the upright picture. Broken EXIF is ignored with a note.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Frame, Image
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.colour import from_pillow, to_srgb
from siseon.media.foreign import FOREIGN_ERRORS, translate
from siseon.media.header import Header
from siseon.media.jpeg import decode_jpeg
from siseon.media.opencv import decode_plain
from siseon.media.pillow import load
from siseon.media.read import read

Pixels = NDArray[np.uint8]
Size = tuple[int, int]

FIRST_FRAME = "first frame of an animation"
FIRST_PAGE = "first page of several"
TURNED_BY_DECODER = ("TIFF", "HEIF")


def decode(
    data: bytes, *, source: str = "", bounds: MediaBounds = DEFAULT_BOUNDS, max_side: int | None = None
) -> Image:
    """Decode one picture.

    Args:
        data: a JPEG, PNG, WebP, BMP, TIFF, GIF, AVIF or HEIC file.
        source: name kept in the image.
        bounds: limits checked on the header.
        max_side: the longest side that is needed; a larger JPEG is then decoded at 1/2, 1/4 or 1/8 while its
            longest side stays at least this. The image's frame is a child of the full-size root.

    Raises:
        InputError: ``empty_upload``, ``unsupported_media`` (also where the library for HEIC or AVIF is missing),
            ``image_too_large`` or ``corrupt_image``.
    """
    header = read(data, bounds)
    notes: list[str] = []
    if header.frames > 1:
        notes.append(FIRST_PAGE if header.format == "TIFF" else FIRST_FRAME)
    eighths = 8
    try:
        if header.decoder == "libjpeg-turbo":
            stored, eighths = decode_jpeg(data, header, max_side, notes)
            pixels = to_srgb(stored, header.profile, notes)
        elif header.decoder == "OpenCV":
            pixels = to_srgb(decode_plain(data, header.format), header.profile, notes)
        else:
            pixels = from_pillow(load(data, header, bounds), header.profile, notes)
    except FOREIGN_ERRORS as error:
        raise translate(error, header.format) from error
    return _image(pixels, header, eighths, source, tuple(notes))


def _image(pixels: Pixels, header: Header, eighths: int, source: str, notes: tuple[str, ...]) -> Image:
    orientation = 1 if header.format in TURNED_BY_DECODER else header.orientation
    decoded = pixels.shape[1], pixels.shape[0]
    # What the decoder gives is the truth, in odd files too.
    original = decoded if eighths == 8 else (header.width, header.height)
    frame = _frame(original, decoded, eighths, orientation)
    return Image(upright(pixels, orientation), frame, source, (*notes, *header.notes))


_TURN: dict[int, Callable[[Pixels], object]] = {
    2: lambda stored: cv2.flip(stored, 1),
    3: lambda stored: cv2.rotate(stored, cv2.ROTATE_180),
    4: lambda stored: cv2.flip(stored, 0),
    5: cv2.transpose,
    6: lambda stored: cv2.rotate(stored, cv2.ROTATE_90_CLOCKWISE),
    7: lambda stored: cv2.rotate(cv2.transpose(stored), cv2.ROTATE_180),
    8: lambda stored: cv2.rotate(stored, cv2.ROTATE_90_COUNTERCLOCKWISE),
}
"""From stored pixels to upright ones. OpenCV turns 12 megapixels ten times as fast as numpy's strided copy."""


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Stored pixels turned by EXIF's orientation 1 to 8."""
    turn = _TURN.get(orientation)
    return np.ascontiguousarray(pixels if turn is None else turn(pixels), dtype=np.uint8)


def _frame(full: Size, decoded: Size, eighths: int, orientation: int) -> Frame:
    """The frame of the upright picture; for a scaled decode a child of the upright full-size root.

    libjpeg rounds scaled sides up, so the last pixel may reach beyond the root; the scale is exact all the same,
    which ``Frame.resize`` (by the ratio of the sides) would not give.
    """
    sideways = orientation >= 5
    root = Frame.root(*(full[::-1] if sideways else full))
    if eighths == 8:
        return root
    scale = np.diag([8 / eighths, 8 / eighths, 1.0])
    to_root = np.linalg.inv(_to_stored(full, orientation)) @ scale @ _to_stored(decoded, orientation)
    width, height = decoded[::-1] if sideways else decoded
    return root.warp(np.asarray(to_root, np.float64), width, height, kind="resize")


def _to_stored(size: Size, orientation: int) -> NDArray[np.float64]:
    """(3, 3) that maps upright coordinates to those of the stored picture of ``size``."""
    width, height = size
    mirrored_x, mirrored_y = orientation in (2, 3, 7, 8), orientation in (3, 4, 6, 7)
    matrix = np.eye(3) if orientation < 5 else np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]])
    if mirrored_x:
        matrix = np.array([[-1.0, 0, width], [0, 1, 0], [0, 0, 1]]) @ matrix
    if mirrored_y:
        matrix = np.array([[1.0, 0, 0], [0, -1, height], [0, 0, 1]]) @ matrix
    return matrix
