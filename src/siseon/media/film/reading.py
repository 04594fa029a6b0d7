"""Pictures of a video at stated times, one after the other.

The picture at a time is the one that a player shows then: the latest that is not later. It is the same whatever was
asked before, since each reading begins at a key frame of its own; so a video can be read in parts, in any order, by
several machines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from siseon.contracts import FailureCode, Frame, Image, InputError
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.files import name_text
from siseon.media.film.opened import Film, opened
from siseon.media.film.parts import Video

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.packet import Packet
    from av.stream import Stream

BACK_MS = (0, 2_000, 10_000)
"""How much earlier than a time its key frame is looked for, where the file's index leads to a later one; then from the
beginning on."""
BROKEN_PACKETS = 500
"""In a row, after which a file is taken for broken from there on: each costs a moment."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a player shows at a time."""

    t_ms: int
    image: Image
    same: bool
    """Whether it is the picture that was shown at the time before: the file has none between."""


def open_video(path: Path, bounds: MediaBounds = DEFAULT_BOUNDS) -> Video:
    """Read a video's header, and its first picture.

    Raises:
        InputError: ``unsupported_media``: it is no video, has no pictures (sound alone), or a codec that nobody knows;
            ``image_too_large``; ``corrupt_image``: none of its pictures can be decoded; ``file_unreadable``.
        DependencyMissing: PyAV is not installed.
    """
    with opened(path, bounds) as film:
        first = next(_decoded(film, bounds), None)
        if first is None:
            raise InputError(
                f"{name_text(path)} is broken: none of its pictures can be decoded",
                code=FailureCode.corrupt_image,
                hint="copy or export it again",
            )
        turned = round(first.rotation / 90) % 2
        size = (first.height, first.width) if turned else (first.width, first.height)
        sound = bool(film.container.streams.audio)
        duration = _duration_ms(film)
        count = film.stream.frames or round(duration / 1000 * (film.stream.average_rate or 0))
        made = _made(film.container.metadata.get("creation_time", ""))
        return Video(path, *size, duration, film.stream.codec_context.name, sound, count, made)


def _made(text: str) -> datetime | None:
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def pictures(
    video: Video,
    times_ms: Sequence[int],
    *,
    longest: int | None = None,
    bounds: MediaBounds = DEFAULT_BOUNDS,
    hear: Callable[[int, VideoFrame], object] | None = None,
) -> Iterator[Shown]:
    """The pictures shown at these times, which rise, as far as the file has any; all have one root frame.

    Times are counted from the first picture. Where the file is broken it goes on after the break: the picture from
    before it is shown meanwhile. After the last picture of a file that breaks off there is nothing.

    Args:
        video: of ``open_video``.
        times_ms: milliseconds from the video's first picture.
        longest: pixels of the longer side to which larger pictures are scaled down; the root frame stays the video's.
        bounds: of each picture.
        hear: is told of every picture that is decoded on the way, in order, with its time.

    Raises:
        InputError: ``corrupt_image``, ``image_too_large``, ``file_unreadable``.
    """
    if not times_ms:
        return
    root = Frame.root(video.width, video.height)
    with opened(video.path, bounds) as film:
        clock = Clock.of(film.stream)
        shown: VideoFrame | None = None
        image: Image | None = None
        frames = _heard(_from(film, times_ms[0], bounds), clock, hear)
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


def _heard(
    frames: Iterator[VideoFrame], clock: Clock, hear: Callable[[int, VideoFrame], object] | None
) -> Iterator[VideoFrame]:
    for frame in frames:
        if hear is not None:
            hear(clock.ms(frame), frame)
        yield frame


def _decoded(film: Film, bounds: MediaBounds) -> Iterator[VideoFrame]:
    """The whole frames from where it stands on, in order of their times, from the first key frame on."""
    from av.error import ArgumentError, FFmpegError, InvalidDataError

    from siseon.media.whole import Whole

    packets: Iterator[Packet[Stream]] = film.container.demux([film.stream])
    whole, keyed, broken, last = Whole(film.stream, packets), False, 0, None
    while broken < BROKEN_PACKETS:
        try:
            packet = whole.received()
            if packet is None:
                return
            frames = whole.decode(packet)
        except (InvalidDataError, ArgumentError):
            broken += 1
            continue
        except FFmpegError:  # an input that ends amid a packet
            return
        broken = 0
        for frame in frames:
            keyed = keyed or bool(frame.key_frame)
            if not keyed or frame.pts is None or (last is not None and frame.pts <= last):
                continue
            bounds.check("video", frame.width, frame.height)
            last = frame.pts
            yield frame


def _from(film: Film, t_ms: int, bounds: MediaBounds) -> Iterator[VideoFrame]:
    """The frames from the last key frame on that is not later than ``t_ms``."""
    clock = Clock.of(film.stream)
    for at in (*(t_ms - back for back in BACK_MS), 0):
        film.container.seek(
            clock.own(at) if at > 0 else min(0, clock.start), stream=film.stream, backward=True
        )
        frames = _decoded(film, bounds)
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


def _duration_ms(film: Film) -> int:
    """As the header says; where it does not, the file is walked, without decoding."""
    clock = Clock.of(film.stream)
    if film.stream.duration:
        return max(1, round(film.stream.duration * clock.base * 1000))
    if film.container.duration:
        return max(1, film.container.duration // 1000)
    film.container.seek(0)
    shown: list[float] = []
    film.scan(shown)
    return max(1, round(max(shown, default=0.0) * 1000) + clock.step_ms)


def image_of(frame: VideoFrame, root: Frame, longest: int | None, name: str) -> Image:
    """Upright pixels in RGB, at most ``longest`` a side."""
    scale = min(1.0, (longest or max(frame.width, frame.height)) / max(frame.width, frame.height))
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    pixels = frame.to_ndarray(format="rgb24", width=width, height=height)
    upright = np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90)), np.uint8)
    size = upright.shape[1], upright.shape[0]
    return Image(upright, root if size == (root.width, root.height) else root.resize(*size), name)
