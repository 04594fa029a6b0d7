"""EXIF: of all it says, only how the picture is turned.

Source: CIPA DC-008, Exchangeable image file format.
"""

from __future__ import annotations

from siseon.contracts import InputError
from siseon.media.header import BROKEN_EXIF
from siseon.media.headers.directory import Layout

ORIENTATION = 0x0112
ORIENTATIONS = range(1, 9)
MAX_EXIF_BYTES = 1 << 20
"""A JPEG's is at most 64 KiB."""
START = b"Exif\x00\x00"


def read_orientation(data: bytes, place: slice, notes: list[str]) -> int:
    """The orientation 1 to 8 of the EXIF at a place; 1 where it does not tell it, with a note where it is broken."""
    if place.stop - place.start > MAX_EXIF_BYTES:
        notes.append(BROKEN_EXIF)
        return 1
    block = data[place].removeprefix(START)
    layout = Layout.of(block)
    try:
        if layout is not None and 8 <= layout.first < len(block):
            tag = next((tag for tag in layout.tags(block, layout.first) if tag.number == ORIENTATION), None)
            if tag is None:
                return 1
            if (value := layout.value(tag)) in ORIENTATIONS:
                return value
    except InputError:
        pass  # more tags than any camera writes: broken too
    notes.append(BROKEN_EXIF)
    return 1
