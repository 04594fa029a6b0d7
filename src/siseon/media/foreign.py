"""The one map from what foreign decoders raise to named failures."""

from __future__ import annotations

import struct
import zlib

import cv2
from PIL import Image as PillowImage
from PIL import ImageCms, UnidentifiedImageError

from siseon.contracts import FailureCode, InputError
from siseon.media.faults import damaged

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
        return damaged(kind, "its header cannot be read")
    return damaged(kind, str(error))
