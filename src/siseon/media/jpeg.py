"""JPEG by libjpeg-turbo (simplejpeg), the fastest decoder measured (``benchmarks/decode.py``).

The decoder is strict: a file that ends early is a failure, never a picture with a grey half. Oddities that leave the
pixels whole are mended or noted:

- rubbish between segments, and broken colour-profile segments: the file is rebuilt from the segments that
  carry the picture, and decoded strictly again;
- stray bytes inside the coded data: decoded, with a note.
"""

from __future__ import annotations

import re

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from siseon.media.faults import damaged
from siseon.media.header import Header

EIGHTHS = (1, 2, 4)
"""Scaled decode at 1/8, 1/4 and 1/2."""
_STRAY = re.compile(r"extraneous bytes before marker")


def decode_jpeg(
    data: bytes, header: Header, max_side: int | None, notes: list[str]
) -> tuple[NDArray[np.uint8], int]:
    """Pixels as stored, (H, W, 1 | 3 | 4) uint8: grey (only where a profile is to be applied), RGB, or CMYK as
    amounts of ink; and the scale in eighths.

    Raises:
        InputError: ``corrupt_image``.
    """
    colours = "CMYK" if header.channels == 4 else "GRAY" if header.channels == 1 and header.profile else "RGB"
    eighths = _eighths(max(header.width, header.height), max_side)
    least = {
        "min_width": -(-header.width * eighths // 8) if eighths < 8 else 0,
        "min_height": -(-header.height * eighths // 8) if eighths < 8 else 0,
    }
    try:
        pixels = simplejpeg.decode_jpeg(data, colours, **least)
    except ValueError:
        pixels = _decode_odd(header.needed(data), colours, least, notes)
    if colours == "CMYK":
        np.subtract(255, pixels, out=pixels)  # JPEG stores what is left of the light (Adobe's convention)
    return pixels, eighths


def _decode_odd(plain: bytes, colours: str, least: dict[str, int], notes: list[str]) -> NDArray[np.uint8]:
    """A second try without what surrounds the picture; stray bytes in the coded data are allowed."""
    try:
        pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(plain, colours, **least)
    except ValueError as error:
        if not _STRAY.search(str(error)):
            raise damaged("JPEG", str(error)) from None
        try:
            pixels = simplejpeg.decode_jpeg(plain, colours, strict=False, **least)
        except ValueError as still:
            raise damaged("JPEG", str(still)) from None
        notes.append("stray bytes in the JPEG data, the picture may be wrong in places")
    else:
        notes.append("rubbish around the JPEG data ignored")
    return pixels


def _eighths(longest: int, max_side: int | None) -> int:
    """The smallest scale whose longest side is still at least ``max_side``."""
    if max_side is None:
        return 8
    return next((scale for scale in EIGHTHS if longest * scale >= max_side * 8), 8)
