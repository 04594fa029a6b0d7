"""What the door lets in, checked on the header before a single pixel is decoded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaBounds:
    """Limits on one picture. A decoded picture takes 3 bytes a pixel, and up to 8 while it is converted."""

    max_bytes: int = 64 << 20
    """Length of the file."""
    max_pixels: int = 89_000_000
    """Width × height; just below the size at which Pillow warns of a decompression bomb."""
    max_side: int = 32_768
    """Pixels; the largest side that OpenCV's remapping functions take."""
    max_frames: int = 1_000
    """Frames of an animation or pages of a TIFF, of which the first is used."""


DEFAULT_BOUNDS = MediaBounds()
