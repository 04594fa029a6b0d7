"""Pictures to a video: VP9 in WebM, by PyAV.

Its coder, libvpx, has a BSD licence, and what it makes plays in browsers. They play no MPEG-4 part 2, which FFmpeg can
write too, and H.264 takes x264, which is under the GPL.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from siseon.media.decode import decode
from siseon.media.read import read
from siseon.streams.clips.ring import Frame
from siseon.streams.pictures.look import fitted

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream

CODEC, FORMAT, SUFFIX = "libvpx-vp9", "webm", "webm"
OPTIONS = {"deadline": "realtime", "cpu-used": "8", "crf": "36", "b": "0"}
"""A constant quality, at the speed of live video: 6 ms a picture of 640 × 480."""
MILLISECOND = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Film:
    """A video."""

    data: bytes
    frames: int
    seconds: float
    width: int
    height: int


def film(frames: Sequence[Frame], until_s: float) -> Film:
    """A video of at least one picture, in the pace in which they came, which ends at ``until_s``; all are fitted into
    the size of the largest. Takes milliseconds a picture."""
    import av

    width, height = _size(frames)
    file, stamps = io.BytesIO(), _Stamps(frames[0].at_s)
    with av.open(file, "w", format=FORMAT) as container:
        stream = cast("VideoStream", container.add_stream(CODEC))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = MILLISECOND
        stream.codec_context.options = OPTIONS
        stream.codec_context.thread_count = 1
        container.metadata["creation_time"] = frames[0].at.isoformat()
        for frame in frames:
            picture = _coded(frame.jpeg, width, height)
            picture.pts, picture.time_base = stamps.of(frame.at_s), MILLISECOND
            container.mux(stream.encode(picture))
        picture = _coded(frames[-1].jpeg, width, height)  # else the last one would be seen for no time
        picture.pts, picture.time_base = stamps.of(until_s), MILLISECOND
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return Film(file.getvalue(), len(frames), stamps.last / 1000, width, height)


def _size(frames: Sequence[Frame]) -> tuple[int, int]:
    """That of the largest, even, since colours have half the resolution."""
    headers = [read(frame.jpeg) for frame in frames]
    largest = max(headers, key=lambda header: header.width * header.height)
    return max(16, largest.width & ~1), max(16, largest.height & ~1)


def _coded(jpeg: bytes, width: int, height: int) -> VideoFrame:
    from av import VideoFrame

    pixels = fitted(decode(jpeg).pixels, width, height)
    return VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")


class _Stamps:
    """Times in milliseconds from the first picture on, each later than the one before."""

    def __init__(self, first_s: float) -> None:
        self._first_s = first_s
        self.last = -1

    def of(self, at_s: float) -> int:
        self.last = max(self.last + 1, round((at_s - self._first_s) * 1000))
        return self.last
