"""Small videos that tests make: pictures of one grey each, so that a picture tells which one it is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np

WIDTH, HEIGHT = 64, 48
RATE = 8_000


def grey_of(number: int) -> int:
    """Of picture ``number``."""
    return 20 + 10 * number % 220


def film(
    path: Path,
    times_ms: Sequence[int],
    *,
    coder: str = "libx264",
    sound: str | None = None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    key_every: int = 4,
) -> Path:
    """A video of pictures at those times; ``sound``: the coder of a tone beside them."""
    with av.open(str(path), "w") as target:
        stream = cast("av.VideoStream", target.add_stream(coder))
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.gop_size = key_every
        tone = None
        if sound is not None:
            tone = cast("av.AudioStream", target.add_stream(sound, rate=RATE, layout="mono"))
        for number, t_ms in enumerate(times_ms):
            pixels = np.full((size[1], size[0], 3), grey_of(number), np.uint8)
            pixels[:, : size[0] // 4] = 255 - pixels[:, : size[0] // 4]  # the left edge is known by it
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = t_ms, Fraction(1, 1000)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
        if tone is not None:
            count = RATE * times_ms[-1] // 1000
            wave = (np.sin(np.arange(count) / 3) * 8_000).astype(np.int16)[None]
            samples = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
            samples.sample_rate, samples.pts = RATE, 0
            fitting = av.AudioResampler(
                tone.codec_context.format.name, "mono", RATE, tone.codec_context.frame_size
            )
            for part in [*fitting.resample(samples), *fitting.resample(None)]:
                target.mux(tone.encode(part))
            target.mux(tone.encode(None))
    return path


def turned(path: Path) -> Path:
    """The same MP4, marked as a phone marks one that was held upright: its rows are the picture's columns."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # version 0: the matrix is behind forty bytes
    matrix = [0, 1 << 16, 0, -(1 << 16), 0, 0, HEIGHT << 16, 0, 1 << 30]
    for number, value in enumerate(matrix):
        data[at + 4 * number : at + 4 * number + 4] = value.to_bytes(4, "big", signed=True)
    path.write_bytes(data)
    return path


def smaller(source: Path, path: Path, width: int) -> Path:
    """The pictures of a video, at their times, in that width."""
    with av.open(str(source)) as read, av.open(str(path), "w") as target:
        shown = read.streams.video[0]
        height = round(width * shown.height / shown.width / 2) * 2
        stream = cast("av.VideoStream", target.add_stream("libx264", options={"preset": "fast", "bf": "0"}))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = shown.time_base
        for frame in read.decode(shown):
            small = frame.reformat(width=width, height=height, format="yuv420p")
            small.pts, small.time_base = frame.pts, shown.time_base
            small.pict_type = 0  # the coder's to choose
            target.mux(stream.encode(small))
        target.mux(stream.encode(None))
    return path
