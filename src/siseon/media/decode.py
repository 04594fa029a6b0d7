"""Bytes to pixels: one picture, upright, in sRGB, eight bits a channel.

Rules, in this order:

- JPEG that is RGB or grey goes through libjpeg-turbo (simplejpeg), the fastest decoder measured; everything
  else, and JPEG that it complains about, through Pillow, which tells damage from oddity.
- 16-bit values are divided by 257; 1-bit, palette and grey become RGB; float pictures are refused (their range
  is not stated); CMYK, Lab and RGB with an ICC profile are converted to sRGB (relative colorimetric), a broken
  profile is ignored with a note, CMYK without one is inverted by rule.
- Transparent pixels are laid on white, or on black where the visible pixels are bright (mean luma over 128 at
  more than half opacity), so that white lettering on nothing stays readable.
- Of animations and multi-page files the first frame is taken, with a note.
- EXIF orientation is applied: the root frame is the upright picture.
"""

from __future__ import annotations

import io

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageCms

from siseon.contracts import Frame, Image, InputError
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.probe import DECODE_ERRORS, damaged, open_header

ORIENTATION_TAG = 0x0112
BRIGHT_LUMA = 128
MAX_ICC_BYTES = 4 << 20
"""Profiles of printers reach about 2 MB; a larger one is not worth parsing."""


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
        InputError: see ``siseon.media.probe.probe``.
    """
    with open_header(data, bounds) as picture:
        try:
            pixels, notes = _pixels(data, picture, max_side)
            pixels, stored = _upright(pixels, picture, notes)
        except InputError:
            raise
        except DECODE_ERRORS as error:
            raise damaged(picture.format or "", str(error)) from error
    root = Frame.root(*stored)
    height, width = pixels.shape[:2]
    frame = root if (width, height) == stored else root.resize(width, height)
    return Image(np.ascontiguousarray(pixels), frame, source, tuple(notes))


def _pixels(
    data: bytes, picture: PillowImage.Image, max_side: int | None
) -> tuple[NDArray[np.uint8], list[str]]:
    notes: list[str] = []
    if picture.format == "JPEG" and picture.mode in ("RGB", "L"):
        factor = max(picture.size) / max_side if max_side else 1.0
        least = [side / factor if factor > 1 else 0 for side in picture.size]
        try:
            pixels = (
                simplejpeg.decode_jpeg(
                    data, "RGB", min_width=int(least[0]), min_height=int(least[1]), min_factor=1.0
                )
                if factor > 1
                else simplejpeg.decode_jpeg(data, "RGB")
            )
        except ValueError:
            pass  # damage or mere oddity: Pillow knows which
        else:
            return _in_srgb(pixels, picture, notes), notes
    if getattr(picture, "is_animated", False):
        notes.append("first frame of an animation")
    picture.load()
    return _to_rgb(picture, notes), notes


def _to_rgb(picture: PillowImage.Image, notes: list[str]) -> NDArray[np.uint8]:
    mode = picture.mode
    if mode == "F":
        raise damaged(picture.format or "", "floating-point pixels have no stated range")
    if mode.startswith("I"):
        return _from_16_bit(picture)
    if mode in ("CMYK", "LAB", "YCbCr", "HSV"):
        converted = _profile_to_srgb(picture, notes) if mode == "CMYK" else None
        return np.asarray(converted or picture.convert("RGB"))
    if picture.has_transparency_data:
        return _in_srgb(_on_ground(picture.convert("RGBA"), notes), picture, notes)
    return _in_srgb(np.asarray(picture.convert("RGB")), picture, notes)


def _from_16_bit(picture: PillowImage.Image) -> NDArray[np.uint8]:
    values = np.asarray(picture).astype(np.int64)
    grey = np.clip(values, 0, 65535) // 257
    return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)


def _on_ground(picture: PillowImage.Image, notes: list[str]) -> NDArray[np.uint8]:
    pixels = np.asarray(picture)
    alpha = pixels[:, :, 3]
    if alpha.min() == 255:
        return np.ascontiguousarray(pixels[:, :, :3])
    luma = np.asarray(picture.convert("L"))
    visible = alpha > 127
    bright = bool(visible.any()) and float(luma[visible].mean()) > BRIGHT_LUMA
    # Bright photographs with a few clear pixels keep white: black is for lettering that white would swallow.
    ground = (0, 0, 0) if bright and float(visible.mean()) < 0.5 else (255, 255, 255)
    notes.append(f"transparent pixels on {'black' if ground == (0, 0, 0) else 'white'}")
    flat = PillowImage.new("RGB", picture.size, ground)
    flat.paste(picture, mask=picture.getchannel("A"))
    return np.asarray(flat)


def _in_srgb(pixels: NDArray[np.uint8], picture: PillowImage.Image, notes: list[str]) -> NDArray[np.uint8]:
    """Convert by the embedded profile; the array comes back untouched when there is none or it is sRGB."""
    if not picture.info.get("icc_profile"):
        return pixels
    converted = _profile_to_srgb(PillowImage.fromarray(pixels), notes, picture.info["icc_profile"])
    return pixels if converted is None else np.asarray(converted)


def _profile_to_srgb(
    picture: PillowImage.Image, notes: list[str], profile: bytes | None = None
) -> PillowImage.Image | None:
    profile = profile or picture.info.get("icc_profile")
    if not profile:
        return None
    try:
        if len(profile) > MAX_ICC_BYTES:
            raise ValueError(f"{len(profile)} bytes")
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in (ImageCms.getProfileDescription(embedded) or "").lower():
            return None
        return ImageCms.profileToProfile(
            picture,
            embedded,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        notes.append("broken colour profile ignored")
        return None


def _upright(
    pixels: NDArray[np.uint8], picture: PillowImage.Image, notes: list[str]
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Apply the EXIF orientation; returns the pixels and the upright (width, height) of the stored size."""
    width, height = picture.size
    try:
        orientation = picture.getexif().get(ORIENTATION_TAG, 1)
    except DECODE_ERRORS:
        notes.append("broken EXIF ignored")
        orientation = 1
    if orientation not in range(2, 9):
        return pixels, (width, height)
    turned = {
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.transpose(1, 0, 2),
        6: pixels.transpose(1, 0, 2)[:, ::-1],
        7: pixels.transpose(1, 0, 2)[::-1, ::-1],
        8: pixels.transpose(1, 0, 2)[::-1],
    }[orientation]
    return turned, (height, width) if orientation >= 5 else (width, height)
