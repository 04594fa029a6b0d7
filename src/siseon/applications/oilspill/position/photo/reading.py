"""What a photo's bytes say of where it was taken."""

from __future__ import annotations

from siseon.applications.oilspill.contracts import Metadata
from siseon.applications.oilspill.position.photo.blocks import blocks_of
from siseon.applications.oilspill.position.photo.exif import read_exif
from siseon.applications.oilspill.position.photo.xmp import read_xmp


def read_photo(data: bytes, width: int, height: int) -> tuple[Metadata, Metadata]:
    """(XMP, EXIF) of a file's bytes, in the order in which they are to be believed: XMP has the gimbal's angles, and
    positions with more digits.

    Args:
        data: the file.
        width: of the picture as it is seen, upright.
        height: the same.
    """
    blocks = blocks_of(data)
    return read_xmp(blocks.xmp), read_exif(blocks.exif, width, height)
