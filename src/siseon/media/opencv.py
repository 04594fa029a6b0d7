"""Pictures that OpenCV decodes best: still opaque WebP, and BMP coded in runs."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.media.faults import damaged

SILENT = 0
"""OpenCV's level of logging at which it says nothing."""


def decode_plain(data: bytes, kind: str) -> NDArray[np.uint8]:
    """A picture without transparency, (H, W, 3) uint8 RGB as stored.

    Raises:
        InputError: ``corrupt_image``.
    """
    _say_nothing()
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None or pixels.size == 0:
        raise damaged(kind, "it ends early or its data is broken")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB, dst=pixels), dtype=np.uint8)


def _say_nothing() -> None:
    """What is wrong with a file is a failure here, never a line on someone's stderr."""
    set_level = getattr(cv2, "setLogLevel", None) or cv2.utils.logging.setLogLevel  # it moved after 4.10
    set_level(SILENT)
