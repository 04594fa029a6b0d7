"""What changed, put into the file as it came: all else of it stays, bit for bit, with its profile and its EXIF.

Pictures are decoded upright and in sRGB; files are not. So the changed pixels go the way back, turned as the file
is turned and converted into its colours, and are laid over the pixels that the file stores. What is not stored as 8-bit
grey, RGB, or a palette (CMYK, 16 bits) cannot be changed in part: it becomes the upright picture in sRGB, with what its
EXIF tells of its making.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePath

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import JpegImagePlugin
from PIL.ExifTags import IFD, Base

from siseon.contracts import Encoded, Image
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.colour import from_srgb
from siseon.media.decode import TURNED_BY_DECODER, upright
from siseon.media.foreign import FOREIGN_ERRORS, translate
from siseon.media.header import Header
from siseon.media.pillow import load
from siseon.media.read import read

STORED = ("1", "L", "LA", "P", "RGB", "RGBA")
"""Pillow's modes of pixels that can be changed in part."""
BACK = {6: 8, 8: 6}
"""Orientations that do not undo themselves."""
WITH_EXIF = ("JPEG", "PNG", "WEBP")
DESCRIBING = frozenset(
    map(
        int,
        (
            Base.ImageDescription,
            Base.Make,
            Base.Model,
            Base.Software,
            Base.DateTime,
            Base.Artist,
            Base.Copyright,
        ),
    )
)
OF_STORAGE = frozenset(
    map(int, (Base.ColorSpace, Base.ExifImageWidth, Base.ExifImageHeight, IFD.Interop, IFD.MakerNote))
)
MAX_EXIF = 64 << 10
"""Bytes: what one segment of a JPEG holds."""
STRIP = 512
"""Rows of a picture that are worked on at once."""
OPAQUE = 255
FAINT = 7
"""Pixels across of a square: within half of it of an erased letter no pixel tells how opaque the ground is."""

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What is new in a picture."""

    pixels: Pixels
    """(H, W, 3) uint8, upright, sRGB."""
    changed: Mask
    """(H, W): where."""
    letters: Mask
    """(H, W): of these the ones that are covered by letters; on transparent ground they are not transparent."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """A file with the change in it."""

    picture: Encoded
    """PNG, or JPEG where it was one."""
    off: int
    """The largest difference of a channel outside the change from what the file stored, of 255; 0 for PNG."""
    mean_off: float
    """The mean of these differences."""


def paste(original: Encoded, image: Image, change: Change, *, bounds: MediaBounds = DEFAULT_BOUNDS) -> Pasted:
    """The original file with the change.

    PNG is exact. A JPEG is written with its own quantisation and sampling, so that blocks without a change come back
    as they were but for rounding; how far they are off is measured.

    Args:
        original: the file.
        image: as it was decoded, upright and in sRGB.
        change: of the same size.
        bounds: for reading the file again.

    Raises:
        InputError: the file cannot be read.
    """
    header = read(original.data, bounds)
    try:
        stored = load(original.data, header, bounds)
    except FOREIGN_ERRORS as error:
        raise translate(error, header.format) from error
    if not _can_be_changed(stored, header, image):
        whole = np.where(change.changed[..., None], change.pixels, image.pixels).astype(np.uint8)
        return _as_png(original, PillowImage.fromarray(whole), _described(original.data, header))
    orientation = 1 if header.format in TURNED_BY_DECODER else header.orientation
    turned = Change(
        _back(change.pixels, orientation),
        _back(change.changed.view(np.uint8), orientation).view(bool),
        _back(change.letters.view(np.uint8), orientation).view(bool),
    )
    new = _merged(stored, turned, header.profile)
    belongings = _belongings(original.data, header)
    if header.format == "JPEG" and isinstance(stored, JpegImagePlugin.JpegImageFile):
        return _as_jpeg(original, stored, new, turned.changed, belongings)
    return _as_png(original, new, belongings)


def _can_be_changed(stored: PillowImage.Image, header: Header, image: Image) -> bool:
    """Whether what is stored are the pixels of the image in 8 bits, turned at most."""
    size = (image.width, image.height)
    same = stored.size in (size, size[::-1]) and image.frame is image.frame.root_frame
    return stored.mode in STORED and header.bits <= 8 and same


def _back(plane: Pixels, orientation: int) -> Pixels:
    """From upright to as it is stored."""
    return upright(plane, BACK.get(orientation, orientation))


def _merged(stored: PillowImage.Image, change: Change, profile: bytes) -> PillowImage.Image:
    """The stored pixels with the change in the file's own colours, grey where all of it is.

    Strip by strip, and in place where the mode stays: a large picture is never there once more.
    """
    transparent = stored.has_transparency_data
    strips = [rows for rows in _strips(change.changed.shape[0]) if change.changed[rows].any()]
    grey = stored.mode in ("1", "L") and not transparent and all(_is_grey(change, rows) for rows in strips)
    mode = "L" if grey else "RGBA" if transparent else "RGB"
    new = stored if stored.mode == mode else stored.convert(mode)
    coloured = stored.mode not in ("1", "L", "LA")
    for rows in strips:
        where, there = change.changed[rows], (0, rows.start, new.width, rows.stop)
        strip = np.array(new.crop(there))
        colours = change.pixels[rows][where]
        if grey:
            strip[where] = colours[:, 0]
        else:
            strip[where, :3] = from_srgb(colours, profile) if coloured else colours
        new.paste(PillowImage.fromarray(strip), there)
    if transparent:
        new.putalpha(PillowImage.fromarray(_opacity(np.asarray(new.getchannel("A")), change)))
    return new


def _strips(height: int) -> list[slice]:
    return [slice(start, min(height, start + STRIP)) for start in range(0, height, STRIP)]


def _is_grey(change: Change, rows: slice) -> bool:
    colours = change.pixels[rows][change.changed[rows]]
    return bool((colours == colours[:, :1]).all())


def _opacity(alpha: Pixels, change: Change) -> Pixels:
    """As transparent as what is around where a letter was erased, opaque where one stands."""
    if int(alpha.min()) < OPAQUE:
        # The last of soft edges, too faint for the eye and for the mask, would be spread over the whole letter.
        hole = cv2.dilate(change.changed.astype(np.uint8), np.ones((FAINT, FAINT), np.uint8))
        filled = alpha if hole.all() else cv2.inpaint(alpha, hole, 3, cv2.INPAINT_TELEA)
        alpha = np.where(change.changed, filled, alpha).astype(np.uint8)
    return np.where(change.letters, OPAQUE, alpha).astype(np.uint8)


def _belongings(data: bytes, header: Header) -> dict[str, object]:
    """What goes with the pixels: profile, EXIF, resolution. What of it is broken is left out."""
    found: dict[str, object] = {}
    if header.profile and header.channels >= 3:  # a profile of grey says nothing of colours
        found["icc_profile"] = header.profile
    if header.format not in WITH_EXIF:
        return found
    try:
        # The decoder was given the pixels alone; this opens the file and decodes none.
        info = PillowImage.open(io.BytesIO(data), formats=[header.format]).info
    except FOREIGN_ERRORS:
        return found
    exif = info.get("exif")
    if isinstance(exif, bytes) and 0 < len(exif) <= MAX_EXIF:
        found["exif"] = exif
    if isinstance(info.get("dpi"), tuple):
        found["dpi"] = info["dpi"]
    return found


def _described(data: bytes, header: Header) -> dict[str, object]:
    """EXIF of how a picture was made, for another one: nothing of how its pixels are stored, turned or coloured."""
    if header.format not in (*WITH_EXIF, "TIFF"):
        return {}
    kept = PillowImage.Exif()
    try:
        found = PillowImage.open(io.BytesIO(data), formats=[header.format]).getexif()
        for tag in sorted(DESCRIBING & found.keys()):
            kept[tag] = found[tag]
        for directory in (IFD.Exif, IFD.GPSInfo):
            told = {tag: value for tag, value in found.get_ifd(directory).items() if tag not in OF_STORAGE}
            if told:
                kept[directory] = told
        exif = kept.tobytes() if len(kept) else b""
    except FOREIGN_ERRORS:
        return {}
    return {"exif": exif} if 0 < len(exif) <= MAX_EXIF else {}


def _as_png(original: Encoded, new: PillowImage.Image, belongings: dict[str, object]) -> Pasted:
    stream = io.BytesIO()
    new.save(stream, format="PNG", **belongings)
    return Pasted(Encoded(stream.getvalue(), _named(original, ".png")), 0, 0.0)


def _as_jpeg(
    original: Encoded,
    stored: JpegImagePlugin.JpegImageFile,
    new: PillowImage.Image,
    changed: Mask,
    belongings: dict[str, object],
) -> Pasted:
    sampling = JpegImagePlugin.get_sampling(stored)
    options = {**belongings, "qtables": stored.quantization}
    if sampling >= 0 and new.mode == "RGB":
        options["subsampling"] = sampling
    stream = io.BytesIO()
    try:
        new.save(stream, format="JPEG", optimize=True, **options)
    except (
        OSError
    ):  # more than two bytes a pixel, grain at the highest quality, which Pillow makes no room for then
        stream = io.BytesIO()
        new.save(stream, format="JPEG", **options)
    worst, mean = _off(PillowImage.open(io.BytesIO(stream.getbuffer())), new, changed)
    return Pasted(Encoded(stream.getvalue(), _named(original, ".jpg")), worst, mean)


def _off(again: PillowImage.Image, new: PillowImage.Image, changed: Mask) -> tuple[int, float]:
    """The largest and the mean difference of channels outside the change; 0 where nothing is outside."""
    worst, total, count = 0, 0, 0
    for rows in _strips(new.height):
        there = (0, rows.start, new.width, rows.stop)
        strip = again.crop(there).convert(new.mode)
        off = cv2.absdiff(np.asarray(strip), np.asarray(new.crop(there)))[~changed[rows]]
        if off.size:
            worst, total, count = (
                max(worst, int(off.max())),
                total + int(off.sum(dtype=np.int64)),
                count + off.size,
            )
    return worst, total / max(1, count)


def _named(original: Encoded, suffix: str) -> str:
    return (
        str(PurePath(original.name).with_suffix(suffix))
        if PurePath(original.name).name
        else f"picture{suffix}"
    )
