"""Media failures: how they are worded, and the one map from what foreign decoders raise to named ones."""

from __future__ import annotations

import struct
import zlib

import cv2
from PIL import Image as PillowImage
from PIL import ImageCms, UnidentifiedImageError

from siseon.contracts import FailureCode, InputError

FOREIGN_ERRORS: tuple[type[Exception], ...] = (
    OSError,  # Pillow: unreadable (UnidentifiedImageError), truncated
    ValueError,  # simplejpeg, Pillow, pillow-heif
    SyntaxError,  # Pillow's own word for a broken PNG or TIFF structure
    EOFError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    BufferError,
    RuntimeError,  # pillow-heif, libavif
    MemoryError,
    struct.error,
    zlib.error,
    cv2.error,
    ImageCms.PyCMSError,
    PillowImage.DecompressionBombError,
    Warning,  # where a program turns warnings into errors
)
"""What simplejpeg, OpenCV, Pillow and pillow-heif are known to raise on hostile headers and bodies."""


def translate(error: Exception, kind: str) -> InputError:
    """The named failure for a decoder's exception; an ``InputError`` comes back as it is."""
    if isinstance(error, InputError):
        return error
    if isinstance(error, MemoryError):
        return InputError(
            f"the {kind} picture needs more memory than this machine gives",
            code=FailureCode.image_too_large,
            hint="send a smaller picture",
        )
    if isinstance(error, PillowImage.DecompressionBombError | PillowImage.DecompressionBombWarning):
        return InputError(
            f"the {kind} picture has more pixels than its decoder accepts ({error})",
            code=FailureCode.image_too_large,
            hint="send a smaller picture",
        )
    if isinstance(error, UnidentifiedImageError):
        return damaged(kind, "its header can not be read")
    return damaged(kind, str(error))


def damaged(kind: str, why: str) -> InputError:
    """The failure for a picture that can not be decoded."""
    return InputError(
        f"the {kind} picture is damaged: {why or 'no reason given by the decoder'}",
        code=FailureCode.corrupt_image,
        hint="send the picture again; if it opens elsewhere, save it anew as PNG or JPEG",
    )


def too_large(what: str, limit: str) -> InputError:
    """The failure for a picture beyond a bound."""
    return InputError(
        f"the picture has {what}, the limit is {limit}",
        code=FailureCode.image_too_large,
        hint="send a smaller picture, or raise the limit in MediaBounds",
    )


def unsupported(what: str, hint: str = "convert it to JPEG or PNG") -> InputError:
    """The failure for a file that is no picture of a kind that is taken."""
    return InputError(what, code=FailureCode.unsupported_media, hint=hint)


def empty() -> InputError:
    """The failure for an upload without bytes."""
    return InputError(
        "the upload is empty", code=FailureCode.empty_upload, hint="send the bytes of a picture"
    )
