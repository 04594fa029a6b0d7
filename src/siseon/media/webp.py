"""WebP: the chunks of its container, and still opaque pictures through OpenCV.

Pillow decodes every WebP as an animation with transparency; a still picture without any takes OpenCV less than
half the time (``benchmarks/decode.py``), with the same libwebp and the same pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.media.failures import damaged

ICC_FLAG, ALPHA_FLAG, EXIF_FLAG, ANIMATION_FLAG = 0x20, 0x10, 0x08, 0x02
_VP8L_ALPHA = 1 << 28


@dataclass(frozen=True, slots=True)
class WebpHeader:
    """What the container says."""

    width: int
    height: int
    frames: int
    opaque: bool
    """Neither an animation nor transparent."""
    exif: bytes = b""
    profile: bytes = b""


def read_webp_header(data: bytes, max_frames: int) -> WebpHeader | None:
    """The container's header; frames are counted, at most one too many. None where it makes no sense."""
    if len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))
        return WebpHeader(width, height, 1, opaque=True)
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return WebpHeader((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, 1, opaque=not bits & _VP8L_ALPHA)
    if kind != b"VP8X":
        return None
    flags = data[20]
    width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    frames, exif, profile, alpha = 0, b"", b"", bool(flags & ALPHA_FLAG)
    for name, start, end in _chunks(data):
        if name == b"ANMF":
            frames += 1
            if frames > max_frames:
                break
        elif name == b"EXIF":
            exif = exif or data[start:end]
        elif name == b"ICCP":
            profile = profile or data[start:end]
        elif name == b"ALPH":
            alpha = True
        elif name == b"VP8L" and end - start >= 5:
            alpha = alpha or bool(int.from_bytes(data[start + 1 : start + 5], "little") & _VP8L_ALPHA)
    still = not flags & ANIMATION_FLAG and frames == 0
    return WebpHeader(width, height, max(1, frames), still and not alpha, exif, profile)


def decode_opaque_webp(data: bytes) -> NDArray[np.uint8]:
    """A still picture without transparency, (H, W, 3) uint8 RGB as stored.

    Raises:
        InputError: ``corrupt_image``.
    """
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None or pixels.size == 0:
        raise damaged("WEBP", "it ends early or its data is broken")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB, dst=pixels), dtype=np.uint8)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each chunk after VP8X."""
    at = 30
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], at + 8, min(at + 8 + length, len(data))
        at += 8 + length + (length & 1)
