"""A video with every picture changed and its sound as it was: decoded, handed to who changes it, and coded again.

Sound is copied packet by packet where MP4 has a place for it, and made AAC where not. Pictures are VP9 unless H.264 is
asked for: its coder in PyAV's wheels, x264, is under the GPL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import cv2
import numpy as np

from siseon.contracts import Frame, Image
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.film.opened import opened
from siseon.media.film.parts import Video
from siseon.media.film.reading import BROKEN_PACKETS, Clock, image_of

if TYPE_CHECKING:
    from av import AudioStream, VideoFrame, VideoStream
    from av.audio.resampler import AudioResampler
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet
    from av.stream import Stream

VideoCodec = Literal["vp9", "h264"]
CODERS: dict[VideoCodec, tuple[str, dict[str, str]]] = {
    "vp9": (
        "libvpx-vp9",
        {
            "deadline": "realtime",
            "cpu-used": "8",
            "crf": "32",
            "b": "0",
            "row-mt": "1",
            "lag-in-frames": "0",
        },
    ),
    "h264": ("libx264", {"preset": "veryfast", "crf": "23"}),
}
"""Coder and its settings: a constant quality, as fast as live video needs."""
COPIED = frozenset({"aac", "mp3", "ac3", "eac3", "opus", "flac", "alac"})
"""Codecs of sound that MP4 has a place for."""
MILLISECOND = Fraction(1, 1000)

Change = Callable[[int, Image], Image]
"""Makes of the picture at a time, in milliseconds from the first one, another of the same size."""


def rewrite(
    video: Video,
    change: Change,
    target: Path,
    *,
    longest: int | None = None,
    codec: VideoCodec = "vp9",
    bounds: MediaBounds = DEFAULT_BOUNDS,
) -> None:
    """The same as ``rewriting``, whatever it says meanwhile."""
    for _ in rewriting(video, change, target, longest=longest, codec=codec, bounds=bounds):
        pass


def rewriting(
    video: Video,
    change: Change,
    target: Path,
    *,
    longest: int | None = None,
    codec: VideoCodec = "vp9",
    bounds: MediaBounds = DEFAULT_BOUNDS,
) -> Iterator[int]:
    """Make the video an MP4: how many pictures it has until now, after each. Blocks for about as long as the video
    lasts. The file is whole when there is no more to say; of its pictures two are in memory at once.

    Pictures that are broken are left out; what is there before and after them stays in its time.

    Args:
        video: of ``reading.open_video``.
        change: is given each picture, upright.
        target: the file, which is written anew.
        longest: pixels of the longer side to which larger pictures are scaled down first.
        codec: of the pictures.
        bounds: of each picture.

    Raises:
        InputError: ``corrupt_image``: not one picture can be read; ``file_unreadable``.
    """
    import av

    with ExitStack() as stack:
        film = stack.enter_context(opened(video.path, bounds))
        container, source = film.container, film.stream
        # Its index is moved to the front at the end, so that it plays at once.
        made = stack.enter_context(av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}))
        # One picture is coded while the next one is decoded and changed.
        coder = stack.enter_context(ThreadPoolExecutor(1, "siseon-coder"))
        pictures = _Pictures(made, source, video, longest, codec, coder)
        sounds = _sounds(container, made)
        broken = 0
        for packet in container.demux([source, *sounds]):
            if packet.stream is not source:
                sounds[cast("AudioStream", packet.stream)].take(packet)
                continue
            for frame in _frames(packet):
                if frame is None:
                    broken += 1
                    continue
                broken = 0
                bounds.check("video", frame.width, frame.height)
                pictures.put(frame, change)
                yield pictures.count
            if broken > BROKEN_PACKETS:
                break
        pictures.end()
        for sound in sounds.values():
            sound.end()
        made.close()


def _frames(packet: Packet[Stream]) -> Iterator[VideoFrame | None]:
    """Of one packet; None for a broken one."""
    from av.error import FFmpegError

    try:
        for frame in cast("list[VideoFrame]", packet.decode()):
            yield None if frame.pts is None or frame.is_corrupt else frame
    except (FFmpegError, ValueError):
        yield None


class _Pictures:
    """The pictures of the new video."""

    def __init__(
        self,
        target: OutputContainer,
        source: VideoStream,
        video: Video,
        longest: int | None,
        codec: VideoCodec,
        threads: ThreadPoolExecutor,
    ) -> None:
        self._target = target
        self._threads = threads
        self._coming: Future[list[Packet[VideoStream]]] | None = None
        self._clock = Clock.of(source)
        self._root = Frame.root(video.width, video.height)
        self._longest = longest
        self._name = video.path.name
        coder, options = CODERS[codec]
        scale = min(1.0, (longest or max(video.width, video.height)) / max(video.width, video.height))
        self._stream = cast("VideoStream", target.add_stream(coder))
        # Colours have half the resolution: sides are even.
        self._stream.width = max(16, round(video.width * scale) & ~1)
        self._stream.height = max(16, round(video.height * scale) & ~1)
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = MILLISECOND
        self._stream.codec_context.options = options
        self._first = round(self._clock.start * self._clock.base * 1000)
        self._last = -1
        self.count = 0
        """Pictures that it has."""

    def put(self, frame: VideoFrame, change: Change) -> None:
        t_ms = self._clock.ms(frame)
        if t_ms <= self._last:  # of a stream that jumps back, or a second one within a millisecond
            return
        self._last = t_ms
        image = change(max(0, t_ms), image_of(frame, self._root, self._longest, self._name))
        whole = _for_coder(image, self._stream.width, self._stream.height)
        whole.pts, whole.time_base = t_ms + self._first, MILLISECOND
        self._write()
        self._coming = self._threads.submit(self._stream.encode, whole)
        self.count += 1

    def end(self) -> None:
        self._write()
        self._target.mux(self._stream.encode(None))

    def _write(self) -> None:
        """What the picture before has become."""
        if self._coming is not None:
            self._target.mux(self._coming.result())


def _for_coder(image: Image, width: int, height: int) -> VideoFrame:
    """In the coder's colours and size; OpenCV makes them in a sixth of the time of FFmpeg's scaler."""
    from av import VideoFrame

    fits = (image.width, image.height) == (width, height)
    pixels = image.pixels if fits else cv2.resize(image.pixels, (width, height), interpolation=cv2.INTER_AREA)
    planes = cv2.cvtColor(pixels, cv2.COLOR_RGB2YUV_I420)
    return VideoFrame.from_ndarray(np.asarray(planes, np.uint8), format="yuv420p")


class _Copied:
    """A sound track that is taken over as it is."""

    def __init__(self, target: OutputContainer, source: AudioStream) -> None:
        self._target = target
        self._stream = target.add_stream_from_template(source)

    def take(self, packet: Packet[Stream]) -> None:
        if packet.dts is None:  # the end of the stream
            return
        packet.stream = self._stream
        self._target.mux(packet)

    def end(self) -> None:
        """There is nothing left."""


class _Coded:
    """A sound track in a codec that MP4 has no place for: AAC is made of it."""

    def __init__(self, target: OutputContainer, source: AudioStream) -> None:
        from av.audio.resampler import AudioResampler

        self._target = target
        self._stream = target.add_stream("aac", rate=source.rate)
        self._resampler: AudioResampler = AudioResampler("fltp", source.layout.name, source.rate)

    def take(self, packet: Packet[Stream]) -> None:
        from av.error import FFmpegError

        try:
            frames = packet.decode()
        except (FFmpegError, ValueError):  # a broken one is silence
            return
        for frame in frames:
            for part in self._resampler.resample(frame):  # type: ignore[arg-type]
                self._target.mux(self._stream.encode(part))

    def end(self) -> None:
        self._target.mux(self._stream.encode(None))


def _sounds(container: InputContainer, target: OutputContainer) -> dict[AudioStream, _Copied | _Coded]:
    """The sound tracks, by the stream that they come from; those of codecs that nobody knows are left out."""
    made: dict[AudioStream, _Copied | _Coded] = {}
    for source in container.streams.audio:
        if source.codec_context is None:
            continue  # type: ignore[unreachable]  # PyAV's stubs do not know of unknown codecs
        kind = _Copied if source.codec_context.name in COPIED else _Coded
        made[source] = kind(target, source)
    return made
