"""What a file is and how large it says it is, held against the bounds before anything is decoded."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image as PillowImage
from PIL import features

from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.failures import FOREIGN_ERRORS, damaged, empty, too_large, translate, unsupported
from siseon.media.formats import sniff
from siseon.media.headers import Extent, bmp_extent, gif_extent, isobmff_extent, png_extent, webp_extent
from siseon.media.jpeg import JpegHeader, read_header
from siseon.media.tiff import tiff_extent

# Pillow warns on odd pictures; here oddity is a note of the image or a failure, never a line on someone's stderr.
# Once and for all, because filters that are set and restored around a call get lost between threads.
warnings.filterwarnings("ignore", module=r"PIL\.")

_MODES = {1: "L", 3: "RGB", 4: "CMYK"}


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says."""

    format: str
    """``JPEG``, ``PNG``, ``WEBP``, ``BMP``, ``TIFF``, ``GIF``, ``AVIF`` or ``HEIF``."""
    width: int
    height: int
    """Pixels as stored, before EXIF orientation."""
    frames: int
    """Frames of an animation, pages of a TIFF."""
    mode: str
    """Pillow's name of the pixel format, ``RGB``, ``CMYK``, ``I;16``, …"""


def probe(data: bytes, bounds: MediaBounds = DEFAULT_BOUNDS) -> Header:
    """Read the header and hold it against the bounds.

    Raises:
        InputError: ``empty_upload``, ``unsupported_media`` (also where the library for HEIC or AVIF is missing),
            ``image_too_large`` or ``corrupt_image``.
    """
    kind, extent, jpeg = measure(data, bounds)
    if jpeg is not None:
        return Header(kind, extent.width, extent.height, 1, _MODES.get(jpeg.components, "?"))
    with open_picture(data, kind, bounds) as picture:
        return Header(kind, picture.width, picture.height, frames_of(picture, extent), picture.mode)


def measure(data: bytes, bounds: MediaBounds) -> tuple[str, Extent, JpegHeader | None]:
    """The format and the size as the bytes alone state them, within the bounds; no decoder is asked."""
    if not data:
        raise empty()
    if len(data) > bounds.max_bytes:
        raise too_large(f"{len(data):,} bytes", f"{bounds.max_bytes:,} bytes")
    kind = sniff(data)
    if kind == "JPEG":
        jpeg = read_header(data)
        extent = Extent(jpeg.width, jpeg.height)
        _check(extent, kind, bounds)
        return kind, extent, jpeg
    if kind == "TIFF":
        size = tiff_extent(data, bounds.max_frames, bounds.max_pixels)
        stated = Extent(*size) if size else None
    else:
        read = {"PNG": png_extent, "GIF": gif_extent, "BMP": bmp_extent, "WEBP": webp_extent}
        stated = read.get(kind, isobmff_extent)(data, bounds.max_frames)
    if stated is None:
        return kind, Extent(1, 1), None  # no sense in it: the decoder names the damage
    _check(stated, kind, bounds)
    return kind, stated, None


def open_picture(data: bytes, kind: str, bounds: MediaBounds) -> PillowImage.Image:
    """A picture other than JPEG with its header read and checked, and its pixels not yet decoded (HEIC's are).

    Raises:
        InputError: as ``probe``.
    """
    try:
        if kind == "HEIF":
            picture = _open_heif(data)
        else:
            if kind in ("AVIF", "WEBP") and not features.check(kind.lower()):
                raise unsupported(
                    f"the file is {kind}, which this machine's Pillow was built without", _HEIF_HINT
                )
            picture = PillowImage.open(io.BytesIO(data), formats=[kind])
    except FOREIGN_ERRORS as error:
        raise translate(error, kind) from error
    _check(Extent(*picture.size, frames_of(picture, Extent(1, 1))), kind, bounds)
    return picture


def frames_of(picture: PillowImage.Image, stated: Extent) -> int:
    """Frames by the header; only AVIF's are counted by its decoder, which has done so on opening."""
    return int(getattr(picture, "n_frames", 1)) if picture.format == "AVIF" else stated.frames


_HEIF_HINT = "pip install 'siseon[heif]'"


def _open_heif(data: bytes) -> PillowImage.Image:
    try:
        import pillow_heif
    except ImportError:
        raise unsupported(
            "the file is HEIC, which needs a library that is not installed", _HEIF_HINT
        ) from None
    # Not registered with Pillow: that would change Image.open for the whole program.
    picture: PillowImage.Image = pillow_heif.open_heif(io.BytesIO(data)).to_pillow()
    return picture


def _check(extent: Extent, kind: str, bounds: MediaBounds) -> None:
    width, height, frames = extent.width, extent.height, extent.frames
    if width < 1 or height < 1:
        raise damaged(kind, f"it says {width} × {height} pixels")
    if max(width, height) > bounds.max_side:
        raise too_large(f"{width} × {height} pixels", f"{bounds.max_side:,} pixels a side")
    if width * height > bounds.max_pixels:
        raise too_large(f"{width} × {height} pixels", f"{bounds.max_pixels:,} pixels")
    if frames > bounds.max_frames:
        raise too_large(f"more than {bounds.max_frames} frames", f"{bounds.max_frames} frames")
