"""What a file is, read from its first bytes and its header; names and content types are not asked."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass

from PIL import Image as PillowImage
from PIL import UnidentifiedImageError

from siseon.contracts import DependencyMissing, FailureCode, InputError
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds

ALLOWED = "JPEG, PNG, WebP, BMP, TIFF, GIF, AVIF, HEIC"
MAGIC_BYTES = 32

# Pillow warns on odd pictures; here oddity is a note of the image or a failure, never a line on someone's stderr.
# Once and for all, because filters that are set and restored around a call get lost between threads.
warnings.filterwarnings("ignore", module=r"PIL\.")

# Everything that Pillow is known to raise on hostile headers and bodies, in one place.
DECODE_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,  # Pillow's own word for a broken PNG or TIFF structure
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    ArithmeticError,
    struct.error,
    AttributeError,
    RuntimeError,
    NotImplementedError,
    AssertionError,
    MemoryError,
    PillowImage.DecompressionBombError,
    Warning,  # where a program turns warnings into errors
)


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says."""

    format: str
    width: int
    height: int
    """Pixels as stored, before EXIF orientation."""
    frames: int
    mode: str
    """Pillow's name of the pixel format, ``RGB``, ``CMYK``, ``I;16``, …"""


def probe(data: bytes, bounds: MediaBounds = DEFAULT_BOUNDS) -> Header:
    """Read the header and hold it against the bounds.

    Raises:
        InputError: ``empty_upload``, ``unsupported_media``, ``image_too_large`` or ``corrupt_image``.
        DependencyMissing: HEIC without the library for it.
    """
    with open_header(data, bounds) as picture:
        frames = int(getattr(picture, "n_frames", 1))
        return Header(picture.format or "", picture.width, picture.height, frames, picture.mode)


def open_header(data: bytes, bounds: MediaBounds) -> PillowImage.Image:
    """The picture with its header read and checked and its pixels not yet decoded."""
    if not data:
        raise InputError(
            "the upload is empty", code=FailureCode.empty_upload, hint="send the bytes of a picture"
        )
    if len(data) > bounds.max_bytes:
        raise too_large(f"{len(data):,} bytes", f"{bounds.max_bytes:,} bytes")
    kind = _kind(data)
    if kind == "HEIF":
        _enable_heif()
    try:
        picture = PillowImage.open(io.BytesIO(data), formats=[kind])
    except PillowImage.DecompressionBombError:
        raise too_large("far more pixels than any photo", f"{bounds.max_pixels:,} pixels") from None
    except UnidentifiedImageError:
        raise damaged(kind, "its header can not be read") from None
    except DECODE_ERRORS as error:
        raise damaged(kind, str(error)) from error
    _check(picture, kind, bounds)
    return picture


def _check(picture: PillowImage.Image, kind: str, bounds: MediaBounds) -> None:
    width, height = picture.size
    if width < 1 or height < 1:
        raise damaged(kind, f"it says {width} × {height} pixels")
    if max(width, height) > bounds.max_side:
        raise too_large(f"{width} × {height} pixels", f"{bounds.max_side:,} pixels a side")
    if width * height > bounds.max_pixels:
        raise too_large(f"{width} × {height} pixels", f"{bounds.max_pixels:,} pixels")
    try:
        frames = (
            int(getattr(picture, "n_frames", 1)) if kind != "GIF" else 1
        )  # counting GIF frames decodes them
    except DECODE_ERRORS as error:
        raise damaged(kind, str(error)) from error
    if frames > bounds.max_frames:
        raise too_large(f"{frames} frames", f"{bounds.max_frames} frames")


def too_large(what: str, limit: str) -> InputError:
    """The failure for a picture beyond a bound."""
    return InputError(
        f"the picture has {what}, the limit is {limit}",
        code=FailureCode.image_too_large,
        hint="send a smaller picture, or raise the limit in MediaBounds",
    )


def damaged(kind: str, why: str) -> InputError:
    """The failure for a picture that can not be decoded."""
    return InputError(
        f"the {kind} picture is damaged: {why or 'no reason given by the decoder'}",
        code=FailureCode.corrupt_image,
        hint="send the picture again; if it opens elsewhere, save it anew as PNG or JPEG",
    )


def _kind(data: bytes) -> str:
    """Pillow's name of the format by its magic bytes."""
    head = data[:MAGIC_BYTES]
    if head.startswith(b"\xff\xd8"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head.startswith(b"BM"):
        return "BMP"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "TIFF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        brands = {head[8:12], *(head[i : i + 4] for i in range(16, len(head) - 3, 4))}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        if brands & {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}:
            return "HEIF"
    raise InputError(
        f"the file is none of {ALLOWED} (it starts with {head[:8].hex(' ')})",
        code=FailureCode.unsupported_media,
        hint="convert it to JPEG or PNG",
    )


def _enable_heif() -> None:
    try:
        import pillow_heif
    except ImportError:
        raise DependencyMissing(
            "HEIC pictures need a library of their own", hint="pip install 'siseon[heif]'"
        ) from None
    pillow_heif.register_heif_opener()
