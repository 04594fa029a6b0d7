"""How a frame is looked at, and the JPEG that comes of it: functions that compute, for threads of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Encoded, Image
from siseon.media.adopt import adopt
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode
from siseon.media.encode import PictureFormat, encode
from siseon.streams.options import VIDEO_PIXELS
from siseon.streams.video import View

LARGEST = 1920
"""Pixels of the longest side, where nothing is asked for."""
QUALITY = 80
"""Of a JPEG that is looked at for a moment."""

Draw = Callable[[Image, Any], Image]
"""An application's: the picture with a result drawn on it."""


@dataclass(frozen=True, slots=True)
class Look:
    """What of a stream is seen."""

    drawn: bool
    """Frames with their results drawn on them; else the newest frames as they come."""
    side: int
    """Pixels across and down at most."""


def seen(view: View, side: int, bounds: MediaBounds) -> Image:
    """A frame as it is, its longest side at most ``side``. What is coded is decoded no larger than it must be.

    Raises:
        SiseonError: the frame cannot be used.
    """
    picture = view()
    if isinstance(picture, Encoded):
        return shrunk(decode(picture.data, source=picture.name, bounds=bounds, max_side=side), side)
    return shrunk(adopt(picture, bounds=bounds), side)


def drawn_on(view: View, draw: Draw, data: object, side: int, bounds: MediaBounds) -> Image:
    """A frame with its result, drawn at full size, since that is what a result's coordinates are of.

    Raises:
        SiseonError: the frame cannot be used, ``image_too_large`` for one of more than ``VIDEO_PIXELS``, or drawing
            failed.
    """
    drawable = replace(bounds, max_pixels=min(bounds.max_pixels, VIDEO_PIXELS))
    image = seen(view, bounds.max_side, drawable)
    drawable.check("frame", image.width, image.height)
    return shrunk(draw(image, data), side)


def shrunk(image: Image, side: int) -> Image:
    """The image, no side of it longer than ``side``."""
    longest = max(image.width, image.height)
    if longest <= side:
        return image
    size = tuple(max(1, round(length * side / longest)) for length in (image.width, image.height))
    pixels = np.asarray(cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Image.from_array(pixels, image.source)


def fitted(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(height, width, 3): the picture as large as fits, in the middle of black."""
    high, wide = pixels.shape[:2]
    if (wide, high) == (width, height):
        return pixels
    scale = min(width / wide, height / high)
    size = max(1, min(width, round(wide * scale))), max(1, min(height, round(high * scale)))
    ground = np.zeros((height, width, 3), np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    ground[top : top + size[1], left : left + size[0]] = cv2.resize(
        pixels, size, interpolation=cv2.INTER_AREA
    )
    return ground


def coded(image: Image, form: PictureFormat = "jpeg") -> bytes:
    """The file."""
    return encode(image, form, quality=QUALITY)
