"""Pictures that Pillow and libheif decode, each held to the one format that the magic bytes name."""

from __future__ import annotations

import ctypes
import io
import logging
import warnings
from contextlib import suppress
from functools import cache

from PIL import Image as PillowImage
from PIL import _imaging, features

from siseon.media.bounds import MediaBounds
from siseon.media.faults import unsupported
from siseon.media.header import Header

# Pillow warns on odd pictures; here oddity is a note of the image or a failure, never a line on someone's stderr.
# Once and for all, because filters that are set and restored around a call get lost between threads.
warnings.filterwarnings("ignore", module=r"PIL\.")
logging.getLogger("PIL").addHandler(logging.NullHandler())  # its log is for who has set one up

_HEIF_HINT = "pip install 'siseon[heif]'"


def load(data: bytes, header: Header, bounds: MediaBounds) -> PillowImage.Image:
    """The first picture, loaded. Its size is held to the bounds once more, as the decoder has understood it.

    Raises:
        InputError: ``unsupported_media`` where the library for HEIC or AVIF is missing; as ``MediaBounds.check``.
    """
    if header.decoder == "libheif":
        picture = _open_heif(data)
    else:
        if header.format in ("AVIF", "WEBP") and not features.check(header.format.lower()):
            raise unsupported(
                f"the file is {header.format}, which this machine's Pillow was built without", _HEIF_HINT
            )
        picture = PillowImage.open(io.BytesIO(header.needed(data)), formats=[header.format])
    bounds.check(header.format, *picture.size)
    if header.format == "TIFF":
        _silence_libtiff()
    picture.load()
    return picture


@cache
def _silence_libtiff() -> None:
    """It writes to stderr itself, past Python, unless it is told not to; Pillow's own module leads to its functions."""
    with suppress(OSError, AttributeError):  # linked in another way: then it goes on talking
        library = ctypes.CDLL(_imaging.__file__)
        for name in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
            handler = getattr(library, name)
            handler.argtypes, handler.restype = (ctypes.c_void_p,), ctypes.c_void_p
            handler(None)


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
