"""What the bytes of a picture say about it before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Decoder = Literal["libjpeg-turbo", "OpenCV", "Pillow", "libheif"]
"""Who decodes: the fastest that reads this coding right (``benchmarks/decode.py``), or the one that is safe with it."""

BROKEN_PROFILE = "broken colour profile ignored"
BROKEN_EXIF = "broken EXIF ignored"
MAX_PROFILE_BYTES = 4 << 20
"""Profiles of printers reach about 2 MB; a larger one is not worth parsing."""


@dataclass(frozen=True, slots=True)
class Header:
    """A picture as its header states it, within the bounds."""

    format: str
    """``JPEG``, ``PNG``, ``WEBP``, ``BMP``, ``TIFF``, ``GIF``, ``AVIF`` or ``HEIF``."""
    width: int
    height: int
    """Pixels as stored, before the orientation."""
    frames: int = 1
    """Frames of an animation, pages of a TIFF, of which the first is used."""
    orientation: int = 1
    """How stored pixels are turned upright: EXIF's 1 to 8, whatever field of the format says it."""
    bits: int = 8
    """Bits a channel."""
    channels: int = 3
    """As stored: 1 grey or palette, 2 grey with alpha, 3 colour, 4 colour with alpha, or CMYK."""
    profile: bytes = b""
    """The ICC profile, at most ``MAX_PROFILE_BYTES``; empty where there is none or it is broken."""
    cost: int = 0
    """Pixels that the decoder walks: of all scans, tiles and hidden pictures. At least width × height when sound."""
    decoder: Decoder = "Pillow"
    parts: tuple[slice, ...] = ()
    """What the first picture needs of the file, in order; empty: all of it. Decoders need not see the rest."""
    notes: tuple[str, ...] = ()
    """What was ignored in the header."""

    def needed(self, data: bytes) -> bytes:
        """The file with nothing but the ``parts``; the very same bytes where all are needed."""
        if not self.parts:
            return data
        return b"".join(memoryview(data)[part] for part in self.parts)
