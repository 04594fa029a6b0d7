"""A video that came with a job becomes its items: looked at in a process of its own, since it may be a stranger's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from siseon.applications import build
from siseon.applications.guarded import failures_named
from siseon.applications.registry import find
from siseon.contracts import InputError
from siseon.hosting.apart import Apart
from siseon.jobs.inputs import of_uploaded_moment, of_uploaded_part
from siseon.media.film import moments
from siseon.media.film.checking import VideoBounds, check_video
from siseon.media.film.names import moment_name
from siseon.media.film.parts import VideoPart
from siseon.settings import Settings

LOOK_S = 120.0
"""For one video: a demuxer reads some hundred megabytes a second."""


@dataclass(frozen=True, slots=True)
class Film:
    """A video that comes with a job, as a file of this machine, which the job's artifacts take over."""

    path: Path
    name: str
    sha256: str


def video_bounds(settings: Settings) -> VideoBounds:
    """What is accepted of one video."""
    return VideoBounds(
        settings.jobs_video_bytes,
        settings.jobs_video_s,
        settings.jobs_video_pixels,
        settings.jobs_video_frames,
    )


def cut(settings: Settings, application: str, film: Film, every_s: float) -> Callable[[str], list[str]]:
    """The references to what is looked at of a video, by the artifact that it becomes: the parts that its application
    cuts it into, or a picture every so many seconds. Blocks.

    Raises:
        InputError: ``video_too_large``, ``unsupported_media``, ``corrupt_image``, or another fault of the video.
        SiseonError: ``deadline_exceeded``, ``worker_died``: it cannot be looked at.
    """
    looked = Apart(f"looking at {film.name!r}", _look, settings, application, film, every_s)
    found = looked.result(LOOK_S)
    parts = [VideoPart(film.path, number, start, end, film.name) for number, start, end in found["parts"]]
    names = [moment_name(film.name, second, every_s) for second in found["moments"]]

    def references(artifact: str) -> list[str]:
        return [
            *(of_uploaded_part(artifact, film.name, part) for part in parts),
            *(of_uploaded_moment(artifact, name) for name in names),
        ]

    return references


class _Looked(TypedDict):
    parts: list[tuple[int, int, int]]
    """Number, beginning and end in milliseconds."""
    moments: list[float]
    """Seconds."""


def _look(settings: Settings, name: str, film: Film, every_s: float) -> _Looked:
    """In the other process."""
    check_video(film.path, film.name, video_bounds(settings))
    application = find(name)
    try:
        if application.parts is None:
            return {"parts": [], "moments": moments(film.path, every_s)}
        options = build.options(name, application, settings, {})
        with failures_named(f"parts of {name!r}"):
            parts = application.parts(options, build.bounds(settings), film.path)
    except InputError as error:
        told = error.message.replace(str(film.path), film.name).replace(film.path.name, film.name)
        raise InputError(told, code=error.code, hint=error.hint) from None
    return {"parts": [(part.number, part.start_ms, part.end_ms) for part in parts], "moments": []}
