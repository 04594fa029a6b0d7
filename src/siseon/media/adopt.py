"""Pictures that a program already holds, of any library, as an ``Image``: numpy's arrays and PIL's images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from siseon.contracts import Encoded, FailureCode, Frame, Image, InputError
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.colour import from_pillow
from siseon.media.decode import TURNED_BY_DECODER, upright
from siseon.media.film.parts import VideoPart
from siseon.media.foreign import FOREIGN_ERRORS, translate
from siseon.media.header import BROKEN_PROFILE, MAX_PROFILE_BYTES
from siseon.media.headers.exif import read_orientation

Picture = Encoded | Image | NDArray[np.uint8] | PillowImage.Image | VideoPart
"""What pipelines take: a picture's file, or pixels that a program holds; those that look at videos, a part of one."""


def adopt(picture: object, *, source: str = "", bounds: MediaBounds = DEFAULT_BOUNDS) -> Image:
    """An ``Image`` of what a caller holds.

    Args:
        picture: an ``Image``, which comes back as it is; an array, by the rules of ``Image.from_array``; a PIL image of
            any mode, by those of ``siseon.media.decode``: EXIF and profile are applied, transparency is laid on a
            ground.
        source: name kept in the image.
        bounds: limits on its size, and on the file behind a PIL image that is not loaded yet.

    Raises:
        InputError: ``unsupported_media`` for anything else and for pixels without a stated range,
            ``image_too_large``, ``corrupt_image`` where a PIL image cannot be loaded.
    """
    if isinstance(picture, Image):
        return picture
    if isinstance(picture, np.ndarray):
        image = Image.from_array(picture, source)
        bounds.check("array", image.width, image.height)
        return image
    if isinstance(picture, PillowImage.Image):
        return _from_pillow(picture, source, bounds)
    raise InputError(
        f"a {type(picture).__name__} is not a picture",
        code=FailureCode.unsupported_media,
        hint="give an Image, an array of uint8 (height, width, 3) in RGB, a PIL image, or the bytes as Encoded",
    )


def _from_pillow(picture: PillowImage.Image, source: str, bounds: MediaBounds) -> Image:
    kind = picture.format or "PIL"
    bounds.check(kind, *picture.size)
    notes: list[str] = []
    profile, exif = picture.info.get("icc_profile"), picture.info.get("exif")
    if isinstance(profile, bytes) and len(profile) > MAX_PROFILE_BYTES:
        notes.append(BROKEN_PROFILE)
        profile = b""
    orientation = 1
    if isinstance(exif, bytes) and exif and kind not in TURNED_BY_DECODER:
        orientation = read_orientation(exif, slice(0, len(exif)), notes)
    try:
        picture.load()
        pixels = from_pillow(picture, profile if isinstance(profile, bytes) else b"", notes)
    except FOREIGN_ERRORS as error:
        raise translate(error, kind) from error
    # A copy, where the conversion has made none: the caller may go on drawing on what it holds.
    turned = np.array(upright(pixels, orientation))
    return Image(turned, Frame.root(turned.shape[1], turned.shape[0]), source, tuple(notes))
