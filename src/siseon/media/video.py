"""Pictures of a video file at stated times, by PyAV. Its errors are translated here.

The picture at a time is the one that a player shows then: the latest that is not later. It is the same whatever was
asked before, since each reading begins at a key frame of its own; so a video can be read in parts, in any order, by
several machines. Nothing is believed of a file's name: containers are recognised by their bytes, from a short list of
those that hold what they show (a playlist would name other files).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siseon.contracts import DependencyMissing, FailureCode, Frame, Image, InputError
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.files import name_text

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import InputContainer
    from av.error import FFmpegError

CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg"
"""FFmpeg's names; those of mov and matroska stand for their whole families."""
BACK_MS = (0, 2_000, 10_000)
"""How much earlier than a time its key frame is looked for, where the file's index leads to a later one; then from the
beginning on."""
BROKEN_PACKETS = 500
"""In a row, after which a file is taken for broken from there on: each costs a moment."""


@dataclass(frozen=True, slots=True)
class Video:
    """What is known of a video file before a picture of it is decoded."""

    path: Path
    width: int
    """Pixels across, upright."""
    height: int
    duration_ms: int
    """Of its pictures, from the first to the end of the last."""
    codec: str
    has_sound: bool


@dataclass(frozen=True, slots=True)
class VideoPart:
    """A part of a video that is looked at as a whole: what goes through a pipeline in place of a picture."""

    path: Path
    number: int
    """From 0."""
    start_ms: int
    end_ms: int

    @property
    def name(self) -> str:
        """How results call it, as media fragments are: ``clip.mp4#t=10,20``, in seconds."""
        return f"{name_text(self.path.name)}#t={self.start_ms / 1000:g},{self.end_ms / 1000:g}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a player shows at a time."""

    t_ms: int
    image: Image
    same: bool
    """Whether it is the picture that was shown at the time before: the file has none between."""


def open_video(path: Path, bounds: MediaBounds = DEFAULT_BOUNDS) -> Video:
    """Read a video's header.

    Raises:
        InputError: ``unsupported_media``: it is no video, has no pictures (sound alone), or a codec that nobody knows;
            ``image_too_large``; ``corrupt_image``: it breaks off before its pictures; ``file_unreadable``.
        DependencyMissing: PyAV is not installed.
    """
    with opened(path) as container:
        stream = chosen(container, path, bounds)
        first = next(_decoded(container, stream, bounds), None)
        if first is None:
            raise _broken(path, "none of its pictures can be decoded")
        turned = round(first.rotation / 90) % 2
        size = (first.height, first.width) if turned else (first.width, first.height)
        duration = _duration_ms(container, stream)
        return Video(
            path, *size, duration, stream.codec_context.name, has_sound=bool(container.streams.audio)
        )


def pictures(
    video: Video, times_ms: Sequence[int], *, longest: int | None = None, bounds: MediaBounds = DEFAULT_BOUNDS
) -> Iterator[Shown]:
    """The pictures shown at these times, which rise, as far as the file has any; all have one root frame.

    Times are counted from the first picture. Where the file is broken it goes on after the break: the picture from
    before it is shown meanwhile. After the last picture of a file that breaks off there is nothing.

    Args:
        video: of ``open_video``.
        times_ms: milliseconds from the video's first picture.
        longest: pixels of the longer side to which larger pictures are scaled down; the root frame stays the video's.
        bounds: of each picture.

    Raises:
        InputError: ``corrupt_image``, ``image_too_large``, ``file_unreadable``.
    """
    if not times_ms:
        return
    root = Frame.root(video.width, video.height)
    with opened(video.path) as container:
        stream = chosen(container, video.path, bounds)
        clock = Clock.of(stream)
        shown: VideoFrame | None = None
        image: Image | None = None
        frames = _from(container, stream, times_ms[0], bounds)
        coming = next(frames, None)
        for t_ms in times_ms:
            same = image is not None
            while coming is not None and (shown is None or clock.ms(coming) <= t_ms):
                # A file whose first picture comes late shows that one before.
                shown, coming, same = coming, next(frames, None), False
            if shown is None or (coming is None and t_ms >= clock.end_ms(shown)):
                return
            if image is None or not same:
                image = image_of(shown, root, longest, video.path.name)
            yield Shown(t_ms, image, same)


def parts_of(video: Video, seconds: float) -> list[VideoPart]:
    """The whole video, from its first picture on, in parts of so many seconds; the last one is shorter."""
    length = round(seconds * 1000)
    return [
        VideoPart(video.path, number, start, min(start + length, video.duration_ms))
        for number, start in enumerate(range(0, video.duration_ms, length))
    ]


def needs_av() -> None:
    """Refuse to go on without PyAV.

    Raises:
        DependencyMissing: it is not installed.
    """
    if importlib.util.find_spec("av") is None:
        raise DependencyMissing(
            "video files need PyAV, which is not installed", hint="pip install 'siseon[streams]'"
        )


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """A container whose errors are translated.

    Raises:
        InputError, DependencyMissing: see ``open_video``.
    """
    needs_av()
    import av
    from av.error import FFmpegError

    try:
        container = av.open(
            str(path),
            options={"protocol_whitelist": "file", "format_whitelist": CONTAINERS},
            metadata_errors="replace",
        )
    except FFmpegError as error:
        raise _translated(error, path) from None
    with container:
        try:
            yield container
        except FFmpegError as error:
            raise _translated(error, path) from None


def chosen(container: InputContainer, path: Path, bounds: MediaBounds) -> VideoStream:
    """The first video that can be decoded, held to its bounds; a cover of a sound file is none."""
    from av.stream import Disposition

    films = [one for one in container.streams.video if not one.disposition & Disposition.attached_pic]
    if not films:
        kind = "sound alone" if container.streams.audio else "no pictures that move"
        raise InputError(
            f"{name_text(path.name)} has {kind}", code=FailureCode.unsupported_media, hint="give a video"
        )
    stream = films[0]
    if stream.codec_context is None:
        raise InputError(
            f"{name_text(path.name)}: its codec is not known", code=FailureCode.unsupported_media
        )
    if stream.codec_context.width and stream.codec_context.height:
        bounds.check("video", stream.codec_context.width, stream.codec_context.height)
    stream.codec_context.options = {"max_pixels": str(bounds.max_pixels)}
    stream.codec_context.thread_count = 1  # several parts are decoded at once
    return stream


def _decoded(container: InputContainer, stream: VideoStream, bounds: MediaBounds) -> Iterator[VideoFrame]:
    """The frames from where the container stands on, in order of their times, from the first key frame on. Packets that
    are broken are passed over."""
    from av.error import FFmpegError, InvalidDataError

    whole, broken, last = False, 0, None
    packets = container.demux(stream)
    while broken < BROKEN_PACKETS:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            frames = packet.decode()
        except (InvalidDataError, ValueError):
            broken += 1
            continue
        except FFmpegError:  # an input that ends amid a packet
            return
        broken = 0
        for frame in frames:
            whole = whole or bool(frame.key_frame)
            if not whole or frame.pts is None or frame.is_corrupt or (last is not None and frame.pts <= last):
                continue
            bounds.check("video", frame.width, frame.height)
            last = frame.pts
            yield frame


def _from(
    container: InputContainer, stream: VideoStream, t_ms: int, bounds: MediaBounds
) -> Iterator[VideoFrame]:
    """The frames from the last key frame on that is not later than ``t_ms``."""
    clock = Clock.of(stream)
    for at in (*(t_ms - back for back in BACK_MS), 0):
        container.seek(clock.own(at) if at > 0 else min(0, clock.start), stream=stream, backward=True)
        frames = _decoded(container, stream, bounds)
        first = next(frames, None)
        if first is not None and (at <= 0 or clock.ms(first) <= t_ms):
            yield first
            yield from frames
            return


@dataclass(frozen=True, slots=True)
class Clock:
    """A stream's own times, and milliseconds from its first picture."""

    base: Fraction
    """Seconds of one of its units."""
    start: int
    """The first picture's, in its units."""
    step_ms: int
    """From one picture to the next, as the header says: of the last one, where it does not say how long it is shown."""

    @classmethod
    def of(cls, stream: VideoStream) -> Clock:
        """That of a stream whose header was read."""
        rate = stream.average_rate
        return cls(
            stream.time_base or Fraction(1, 1000), stream.start_time or 0, round(1000 / rate) if rate else 1
        )

    def ms(self, frame: VideoFrame) -> int:
        """Milliseconds from the first picture."""
        return round(((frame.pts or 0) - self.start) * self.base * 1000)

    def end_ms(self, frame: VideoFrame) -> int:
        """Until when it is shown, if no other comes."""
        return self.ms(frame) + max(1, round((frame.duration or 0) * self.base * 1000) or self.step_ms)

    def own(self, t_ms: int) -> int:
        """A time in the stream's units."""
        return self.start + round(Fraction(t_ms, 1000) / self.base)


def _duration_ms(container: InputContainer, stream: VideoStream) -> int:
    """As the header says; where it does not, the file is walked, without decoding."""
    clock = Clock.of(stream)
    if stream.duration:
        return max(1, round(stream.duration * clock.base * 1000))
    if container.duration:
        return max(1, container.duration // 1000)
    container.seek(0)
    ends = [packet.pts + (packet.duration or 0) for packet in container.demux(stream) if packet.pts]
    return max(1, round((max(ends, default=0) - clock.start) * clock.base * 1000))


def image_of(frame: VideoFrame, root: Frame, longest: int | None, name: str) -> Image:
    """Upright pixels in RGB, at most ``longest`` a side."""
    scale = min(1.0, (longest or max(frame.width, frame.height)) / max(frame.width, frame.height))
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    pixels = frame.to_ndarray(format="rgb24", width=width, height=height)
    upright = np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90)), np.uint8)
    size = upright.shape[1], upright.shape[0]
    return Image(upright, root if size == (root.width, root.height) else root.resize(*size), name)


def _broken(path: Path, what: str) -> InputError:
    return InputError(
        f"{name_text(path.name)} is broken: {what}",
        code=FailureCode.corrupt_image,
        hint="copy or export it again",
    )


def _translated(error: FFmpegError, path: Path) -> InputError:
    from av import error as of_ffmpeg

    if isinstance(
        error, of_ffmpeg.FileNotFoundError | of_ffmpeg.PermissionError | of_ffmpeg.IsADirectoryError
    ):
        return InputError(f"{name_text(path.name)} cannot be read", code=FailureCode.file_unreadable)
    if isinstance(error, of_ffmpeg.InvalidDataError | of_ffmpeg.ArgumentError):
        return InputError(
            f"{name_text(path.name)} is no video, or is broken in its header",
            code=FailureCode.unsupported_media,
            hint="give MP4, MOV, Matroska, WebM, AVI or MPEG-TS",
        )
    if isinstance(
        error, of_ffmpeg.DecoderNotFoundError | of_ffmpeg.PatchWelcomeError | of_ffmpeg.LookupError
    ):
        return InputError(
            f"{name_text(path.name)}: its codec is not known", code=FailureCode.unsupported_media
        )
    return _broken(path, type(error).__name__)
