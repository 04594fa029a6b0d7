"""The one way to a header, for all formats: every read bounded, nothing decoded, the bounds held.

The work is linear in the bytes that are looked at, and those are few: readers jump from segment to segment and each
has a limit on how many it visits. Decoders reserve memory and walk their own structures on opening; what is read
here bounds both. Where a header makes no sense it is a failure here: no decoder is asked for its opinion.
"""

from __future__ import annotations

from collections.abc import Callable

from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.faults import empty, too_costly, too_large
from siseon.media.formats import sniff
from siseon.media.header import Header
from siseon.media.headers.bmp import read_bmp
from siseon.media.headers.gif import read_gif
from siseon.media.headers.isobmff import read_avif, read_heif
from siseon.media.headers.jpeg import read_jpeg
from siseon.media.headers.png import read_png
from siseon.media.headers.tiff import read_tiff
from siseon.media.headers.webp import read_webp

_READERS: dict[str, Callable[[bytes, MediaBounds], Header]] = {
    "JPEG": read_jpeg,
    "PNG": read_png,
    "WEBP": read_webp,
    "BMP": read_bmp,
    "TIFF": read_tiff,
    "GIF": read_gif,
    "AVIF": read_avif,
    "HEIF": read_heif,
}
_REMEDY = {
    "JPEG": "re-save it as a baseline JPEG",
    "TIFF": "re-save it with strips or tiles that do not overlap",
    "AVIF": "re-save it as one picture without layers",
    "HEIF": "re-save it as one picture without layers",
}


def read(data: bytes, bounds: MediaBounds = DEFAULT_BOUNDS) -> Header:
    """The header of a picture, if it is within the bounds.

    Raises:
        InputError: ``empty_upload``, ``unsupported_media``, ``image_too_large`` or ``corrupt_image``.
    """
    if not data:
        raise empty()
    if len(data) > bounds.max_bytes:
        raise too_large(f"{len(data):,} bytes", f"{bounds.max_bytes:,} bytes", "SISEON_MAX_UPLOAD_BYTES")
    kind = sniff(data)
    header = _READERS[kind](data, bounds)
    bounds.check(kind, header.width, header.height)
    if header.frames > bounds.max_frames:
        raise too_large(f"more than {bounds.max_frames} frames", f"{bounds.max_frames} frames")
    if header.cost > bounds.max_cost:
        raise too_costly(
            f"the {kind} has {header.width} × {header.height} pixels, but to decode it {header.cost:,} are walked; the"
            f" limit is {bounds.max_cost:,} (max_passes × max_pixels)",
            _REMEDY.get(kind, "re-save it as PNG or JPEG"),
        )
    return header
