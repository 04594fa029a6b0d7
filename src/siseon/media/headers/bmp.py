"""BMP: the DIB header behind the file header.

Source: Windows GDI, ``BITMAPCOREHEADER`` and ``BITMAPINFOHEADER``.
"""

from __future__ import annotations

import struct

from siseon.media.bounds import MediaBounds
from siseon.media.faults import damaged, unsupported
from siseon.media.header import Header

CORE_HEADER_BYTES = 12
RUN_LENGTHS = (1, 2)
"""Compression of 8 and 4 bits a pixel in runs. OpenCV decodes them; Pillow does so in Python, pixel by pixel."""
OTHER_FORMATS = {4: "JPEG", 5: "PNG"}
"""Compression that wraps another format, meant for printers."""


def read_bmp(data: bytes, bounds: MediaBounds) -> Header:
    """The size; negative heights mean rows from the top."""
    if len(data) < 34:
        raise damaged("BMP", "it ends within its header")
    if int.from_bytes(data[14:18], "little") == CORE_HEADER_BYTES:
        width, height, _, bits = struct.unpack_from("<4H", data, 18)
        compression = 0
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    if compression in OTHER_FORMATS:
        inner = OTHER_FORMATS[compression]
        raise unsupported(f"the file is a BMP around a {inner}", f"send the {inner} itself")
    width, height = abs(width), abs(height)
    return Header(
        "BMP",
        width,
        height,
        bits=bits if bits < 8 else 8,
        channels=1 if bits <= 8 else 4 if bits == 32 else 3,
        cost=width * height,
        decoder="OpenCV" if compression in RUN_LENGTHS else "Pillow",
    )
