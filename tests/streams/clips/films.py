"""Frames of clips, and videos read back."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import av
import numpy as np

from siseon.contracts import Image
from siseon.media.encode import encode
from siseon.streams.clips.ring import Frame

BEGAN = datetime(2026, 11, 28, 12, tzinfo=UTC)


def frame(at_s: float, grey: int = 90, size: tuple[int, int] = (64, 48)) -> Frame:
    pixels = np.full((size[1], size[0], 3), grey, np.uint8)
    return Frame(at_s, BEGAN + timedelta(seconds=at_s), encode(Image.from_array(pixels)))


def played(data: bytes) -> list[tuple[float, np.ndarray]]:
    """Seconds and pixels of each picture."""
    with av.open(io.BytesIO(data)) as container:
        assert container.streams.video[0].codec_context.name.startswith(("vp9", "libvpx-vp9"))
        return [(one.time or 0.0, one.to_ndarray(format="rgb24")) for one in container.decode(video=0)]
