"""Upload limits, checked on the header before a single pixel is decoded."""

from __future__ import annotations

from dataclasses import dataclass

from siseon.media.faults import damaged, too_large


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
    max_passes: int = 16
    """How often all pixels of the largest picture may be walked to decode one. A progressive JPEG of ten scans takes
    14, or 8 where its colour is halved; other pictures 1 to 4. It bounds scans, tiles and layers × pixels."""

    @property
    def max_cost(self) -> int:
        """Pixels that may be walked to decode one picture; a small one may be walked more often than a large one."""
        return self.max_pixels * self.max_passes

    def check(self, kind: str, width: int, height: int) -> None:
        """Hold a size against the limits.

        Raises:
            InputError: ``corrupt_image`` for a picture without pixels, ``image_too_large``.
        """
        if width < 1 or height < 1:
            raise damaged(kind, f"it says {width} × {height} pixels")
        if max(width, height) > self.max_side:
            raise too_large(f"{width} × {height} pixels", f"{self.max_side:,} pixels a side")
        if width * height > self.max_pixels:
            raise too_large(f"{width} × {height} pixels", f"{self.max_pixels:,} pixels", "SISEON_MAX_PIXELS")


DEFAULT_BOUNDS = MediaBounds()
