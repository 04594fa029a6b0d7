"""A video in parts: each is looked at as a whole, in any order, by any process."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Video:
    """What is known of a video file before it is read."""

    path: Path
    width: int
    """Pixels across, upright."""
    height: int
    duration_ms: int
    """Of its pictures, from the first to the end of the last."""
    codec: str
    has_sound: bool
    frames: int = 0
    """Pictures, as the header says or its rate; 0: it says neither."""
    made: datetime | None = None
    """When, as it says itself; in UTC where it names no zone. None: it does not."""


@dataclass(frozen=True, slots=True)
class VideoPart:
    """A part of a video: what goes through a pipeline in place of a picture."""

    path: Path
    number: int
    """From 0."""
    start_ms: int
    end_ms: int
    called: str = ""
    """What its video is called, where that is not its file's name."""

    @property
    def video(self) -> str:
        """The name of its video."""
        return self.called or self.path.name

    @property
    def fragment(self) -> str:
        """Behind the video's name, as media fragments are: ``#t=10,20``, in seconds."""
        return f"#t={self.start_ms / 1000:g},{self.end_ms / 1000:g}"


_PART = re.compile(r"(.+)#(\d{1,6}),(\d{1,9}),(\d{1,9})", re.DOTALL)


def marked(text: str, part: VideoPart) -> str:
    """Text that names a video, with the part behind it: number, beginning and end."""
    return f"{text}#{part.number},{part.start_ms},{part.end_ms}"


def unmarked(text: str) -> tuple[str, int, int, int] | None:
    """What ``marked`` was given; None: it made no such text."""
    match = _PART.fullmatch(text)
    return None if match is None else (match[1], int(match[2]), int(match[3]), int(match[4]))


def parts_of(video: Video, seconds: float) -> list[VideoPart]:
    """The whole video, from its first picture on, in parts of so many seconds; the last one is shorter."""
    length = round(seconds * 1000)
    return [
        VideoPart(video.path, number, start, min(start + length, video.duration_ms))
        for number, start in enumerate(range(0, video.duration_ms, length))
    ]
