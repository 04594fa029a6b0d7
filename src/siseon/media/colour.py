"""Pixels of any kind to 8-bit RGB in sRGB, by rules that are stated in ``siseon.media.decode``.

Work goes strip by strip: a conversion of the whole picture would hold it in memory three more times.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageCms

from siseon.media.faults import unsupported
from siseon.media.foreign import FOREIGN_ERRORS
from siseon.media.header import BROKEN_PROFILE

Pixels = NDArray[np.uint8]

STRIP_ROWS = 256
MAX_KEPT_PROFILE_BYTES = 64 << 10
"""Profiles of cameras and screens have 0.5 to 30 kB; larger ones are read each time, so that few bytes are kept."""
KEPT_PROFILES = 16
BRIGHT_LUMA = 128
"""Of 255 (ITU-R BT.601); visible pixels brighter than this on average are lost on white."""
MOSTLY = 0.5
"""A share of visible pixels from which a picture is a photo with holes rather than lettering on nothing."""
WHITE, BLACK = 255, 0

FOREIGN_PROFILE = "colour profile for another kind of pixels ignored"
_MODE = {1: "L", 3: "RGB", 4: "CMYK"}
_SPACE = {1: "GRAY", 3: "RGB", 4: "CMYK"}
_WHITE_IS_ZERO = 0
_BITS_TAG, _PHOTOMETRIC_TAG = 258, 262


def to_srgb(pixels: Pixels, profile: bytes, notes: list[str]) -> Pixels:
    """Grey (H, W, 1), RGB (H, W, 3) or CMYK amounts of ink (H, W, 4), uint8, to (H, W, 3) in sRGB.

    Without a profile RGB comes back untouched, grey is repeated, and CMYK becomes (1 - ink) × (1 - black).
    """
    channels = pixels.shape[2]
    transform, channels = _transform(profile, channels, notes) if profile else (None, channels)
    if channels == 3 and pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    if transform is None and channels == 3:
        return pixels
    if transform is None and channels == 1:
        return np.repeat(pixels, 3, axis=2)
    height, width = pixels.shape[:2]
    out = np.empty((height, width, 3), np.uint8)
    for rows in _strips(height):
        strip = np.ascontiguousarray(pixels[rows])
        picture = PillowImage.frombuffer(
            _MODE[channels], (width, len(strip)), strip, "raw", _MODE[channels], 0, 1
        )
        out[rows] = np.asarray(picture.convert("RGB") if transform is None else transform.apply(picture))
    return out


def from_srgb(colours: Pixels, profile: bytes) -> Pixels:
    """(N, 3) uint8 in sRGB to the colours of an RGB profile; untouched without one that ``to_srgb`` would heed."""
    if not profile or not len(colours):
        return colours
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _transform(profile, 3, [])[0] is None:
            return colours
        transform = ImageCms.buildTransform(
            ImageCms.createProfile("sRGB"),
            embedded,
            "RGB",
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        )
    except FOREIGN_ERRORS:  # a profile that can only be read from: of a scanner
        return colours
    row = PillowImage.fromarray(np.ascontiguousarray(colours[None]))
    return np.asarray(transform.apply(row), np.uint8).reshape(-1, 3)


def from_pillow(picture: PillowImage.Image, profile: bytes, notes: list[str]) -> Pixels:
    """A loaded Pillow picture of any mode to (H, W, 3) uint8 in sRGB.

    Raises:
        InputError: ``unsupported_media`` for numbers without a stated range.
    """
    mode = picture.mode
    if mode.startswith("I;16"):
        return to_srgb(_eight_bits(picture)[:, :, None], profile, notes)
    if mode in ("F", "I"):
        kind = "floating-point" if mode == "F" else "32-bit or signed integer"
        raise unsupported(
            f"the {picture.format or 'picture'} has {kind} pixels, whose range is not stated",
            "scale it to 0–255 and save it as 8-bit PNG",
        )
    if mode == "CMYK":
        return to_srgb(np.asarray(picture), profile, notes)
    if mode == "LAB":
        return np.asarray(picture.convert("RGB"))  # the conversion is the profile
    if picture.has_transparency_data:
        flat = _on_ground(np.asarray(picture if mode == "RGBA" else picture.convert("RGBA")), notes)
        return to_srgb(flat, profile, notes)
    if mode == "L":
        return to_srgb(np.asarray(picture)[:, :, None], profile, notes)
    return to_srgb(np.asarray(picture if mode == "RGB" else picture.convert("RGB")), profile, notes)


def _transform(
    profile: bytes, channels: int, notes: list[str]
) -> tuple[ImageCms.ImageCmsTransform | None, int]:
    """How to get to sRGB, and the number of channels it wants; None where nothing is to be done."""
    try:
        read = _read_often if len(profile) <= MAX_KEPT_PROFILE_BYTES else _read
        transform, wanted = read(profile, channels)
    except FOREIGN_ERRORS:
        notes.append(BROKEN_PROFILE)
        return None, channels
    if wanted is None:
        notes.append(FOREIGN_PROFILE)
        return None, channels
    return transform, wanted


def _read(profile: bytes, channels: int) -> tuple[ImageCms.ImageCmsTransform | None, int | None]:
    """As ``_transform``, with None channels for a profile of another kind of pixels; raises for a broken one."""
    embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if "srgb" in (ImageCms.getProfileDescription(embedded) or "").lower():
        return None, channels
    space = embedded.profile.xcolor_space.strip()
    if channels == 1 and space == "RGB":
        channels = 3  # a grey picture in an RGB working space
    if space != _SPACE[channels]:
        return None, None
    transform = ImageCms.buildTransform(
        embedded,
        ImageCms.createProfile("sRGB"),
        _MODE[channels],
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    return transform, channels


_read_often = lru_cache(maxsize=KEPT_PROFILES)(_read)
"""Reading a profile takes up to 5 ms, and cameras embed the same few. Transforms may be shared by threads (lcms 2)."""


def _eight_bits(picture: PillowImage.Image) -> Pixels:
    """Grey of 12 or 16 bits to 8: 65535 (or 4095) becomes 255, values between are rounded."""
    tags = getattr(picture, "tag_v2", {})
    levels = 4095 if tags.get(_BITS_TAG) == (12,) else 65535
    table = np.minimum((np.arange(65536) * 255 + levels // 2) // levels, 255).astype(np.uint8)
    if tags.get(_PHOTOMETRIC_TAG) == _WHITE_IS_ZERO:
        table = 255 - table
    return np.asarray(table[np.asarray(picture)])


def _on_ground(rgba: Pixels, notes: list[str]) -> Pixels:
    """(H, W, 4) laid on white, or on black where bright lettering would be lost on white."""
    height, width = rgba.shape[:2]
    if int(rgba[:, :, 3].min()) == 255:
        return np.ascontiguousarray(rgba[:, :, :3])
    visible, light = 0, 0.0
    for rows in _strips(height):
        strip = rgba[rows][rgba[rows][:, :, 3] > 127]
        visible += len(strip)
        light += float((strip[:, :3] @ np.array([0.299, 0.587, 0.114], np.float32)).sum())
    bright = visible > 0 and light / visible > BRIGHT_LUMA and visible < MOSTLY * height * width
    ground = BLACK if bright else WHITE
    notes.append(f"transparent pixels on {'black' if bright else 'white'}")
    out = np.empty((height, width, 3), np.uint8)
    for rows in _strips(height):
        alpha = rgba[rows][:, :, 3:].astype(np.uint16)
        mixed = rgba[rows][:, :, :3] * alpha + (ground * (255 - alpha) + 127)
        out[rows] = mixed // 255
    return out


def _strips(height: int) -> Iterator[slice]:
    return (slice(top, min(top + STRIP_ROWS, height)) for top in range(0, height, STRIP_ROWS))
