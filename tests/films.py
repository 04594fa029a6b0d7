"""Videos that PyAV has written, with data beside their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 5
CLOCK = Fraction(1, 90_000)


def write_film(
    path: Path,
    pictures: Sequence[NDArray[np.uint8]],
    packets: Sequence[bytes] = (),
    *,
    codec: str = "mpeg2video",
    options: dict[str, str] | None = None,
    coding: dict[str, str] | None = None,
) -> Path:
    """``RATE`` pictures (H, W, 3) a second, a key frame a second, and a packet of data at the start of each second."""
    height, width = pictures[0].shape[:2]
    how = {".ts": "mpegts", ".mp4": "mp4", ".mkv": "matroska"}[path.suffix]
    with av.open(str(path), "w", format=how, options=options or {}) as container:
        video = container.add_stream(codec, rate=25, options=coding or {})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.gop_size = RATE
        video.codec_context.time_base = Fraction(1, 25)
        data = container.add_data_stream("klv") if packets else None
        for index, picture in enumerate(pictures):
            if data is not None and index % RATE == 0 and index // RATE < len(packets):
                packet = av.Packet(packets[index // RATE])
                packet.stream, packet.time_base = data, CLOCK
                packet.pts = packet.dts = index * 90_000 // RATE
                container.mux(packet)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index * 25 // RATE, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return path


def greys(count: int) -> list[NDArray[np.uint8]]:
    """Pictures whose grey tells their number: 20 + 4 × number."""
    return [np.full((64, 96, 3), 20 + 4 * number, np.uint8) for number in range(count)]
