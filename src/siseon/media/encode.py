"""Pixels to bytes."""

from __future__ import annotations

import io
from typing import Literal

import simplejpeg
from PIL import Image as PillowImage

from siseon.contracts import Image

PictureFormat = Literal["jpeg", "png", "webp"]


def encode(image: Image, format: PictureFormat = "jpeg", *, quality: int = 90) -> bytes:
    """Encode as a JPEG, PNG or WebP file; ``quality`` 1–100 is for the lossy two."""
    if format == "jpeg":  # a quarter faster than Pillow, which also sets the pace of live pictures
        return bytes(simplejpeg.encode_jpeg(image.pixels, quality, "RGB", "420"))
    stream = io.BytesIO()
    options = {} if format == "png" else {"quality": quality}
    PillowImage.fromarray(image.pixels).save(stream, format=format, **options)
    return stream.getvalue()
