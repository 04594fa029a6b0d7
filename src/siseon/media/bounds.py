"""What the door lets in, checked on the header before a single pixel is decoded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaBounds:
    """Limits on one picture.

    A decoded picture takes 3 bytes a pixel. While it is decoded it takes, measured at 12 megapixels: JPEG 3 to 8,
    the other formats 6 to 16, WebP with transparency 22.
    """

    max_bytes: int = 64 << 20
    """Length of the file."""
    max_pixels: int = 89_000_000
    """Width × height; just below the size at which Pillow warns of a decompression bomb. Formats other than JPEG
    and WebP stay within Pillow's own limit of 178 million whatever is set here."""
    max_side: int = 32_768
    """Pixels; the largest side that OpenCV's remapping functions take."""
    max_frames: int = 1_000
    """Frames of an animation or pages of a TIFF, of which the first is used."""


DEFAULT_BOUNDS = MediaBounds()
