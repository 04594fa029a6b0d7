"""A chunk for the eye: in lines on a terminal, and its people drawn on a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from siseon.applications.people.contracts import MOST_CHUNKS, ChunkSeen
from siseon.applications.people.lying import is_lying
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.positions import MOST_MS
from siseon.applications.summary import summary
from siseon.contracts import FailureCode, Image, InputError, Result
from siseon.contracts.wire import Box
from siseon.media.bounds import MediaBounds
from siseon.media.draw import Canvas, colour_of
from siseon.media.files import name_text
from siseon.media.film.parts import VideoPart, parts_of
from siseon.media.film.reading import open_video


def parts(options: PeopleOptions, bounds: MediaBounds, path: Path) -> Sequence[VideoPart]:
    """The chunks of a video.

    Raises:
        InputError: it is no video that can be read, or says that it lasts for longer than a day.
    """
    video = open_video(path, bounds)
    if video.duration_ms > MOST_MS or video.duration_ms > MOST_CHUNKS * options.chunk_s * 1000:
        raise InputError(
            f"{name_text(path)} says that it lasts for {video.duration_ms / 3_600_000:.1f} hours",
            code=FailureCode.corrupt_image,
            hint=f"a day, and {MOST_CHUNKS:,} chunks of {options.chunk_s:g} s, are the most; where its times jump,"
            " cut it there, or copy it into a new file",
        )
    return parts_of(video, options.chunk_s)


def draw(image: Image, data: ChunkSeen) -> Image:
    """The people at the chunk's first moment with any, on its picture, their faces hidden; all of it where they lie."""
    canvas = Canvas(image)
    moment = next((one for one in data.moments if one.boxes), None)
    if is_lying(data):
        canvas.blur(Box(0, 0, image.width, image.height))
    elif moment is not None:
        for face in moment.faces:
            canvas.blur(face.box)
        for seen in moment.boxes:
            canvas.box(seen.box, colour_of(seen.id), f"{seen.id}")
    return canvas.image()


def text(name: str, result: Result[ChunkSeen]) -> str:
    """A line for each tracklet."""
    data = result.data
    lines = []
    for tracklet in data.tracklets:
        times = [moment.t_ms for moment in data.moments for seen in moment.boxes if seen.id == tracklet.id]
        lines.append(
            f"{tracklet.id}: {times[0] / 1000:.1f} to {times[-1] / 1000:.1f} s, seen {len(times)} times"
        )
    lines += [f"{one.what}: {one.reason.replace('_', ' ')} {one.detail}".rstrip() for one in data.refused]
    return summary(name, (data.width, data.height), result, lines)


def count(data: ChunkSeen) -> int:
    """Tracklets."""
    return len(data.tracklets)
