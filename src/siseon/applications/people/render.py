"""The video with its people drawn on it, their heads hidden, and its sound as it was."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path

from siseon.applications.people.contracts import ChunkSeen, Person, Timeline
from siseon.applications.people.hiding import NOBODY, Hiding, Spared
from siseon.applications.people.joining import joined
from siseon.applications.people.timeline.names import called
from siseon.contracts import Image
from siseon.contracts.wire import Box
from siseon.media.draw import Canvas, blurred, colour_of
from siseon.media.film.parts import Video
from siseon.media.film.rewrite import VideoCodec, rewriting

DRAWN_GAP_MS = 1_000
"""Between two looks at a person, beyond which no box is drawn: nobody knows the way."""
LINGER_MS = 150
"""How long a box is drawn after the last look at a person, and before the first."""


def rendered(
    video: Video,
    chunks: Iterable[ChunkSeen],
    timeline: Timeline,
    target: Path,
    *,
    hide: bool = True,
    ids: bool = True,
    longest: int | None = None,
    codec: VideoCodec = "vp9",
) -> None:
    """The same as ``rendering``, whatever it says meanwhile."""
    for _ in rendering(video, chunks, timeline, target, hide=hide, ids=ids, longest=longest, codec=codec):
        pass


def rendering(
    video: Video,
    chunks: Iterable[ChunkSeen],
    timeline: Timeline,
    target: Path,
    *,
    hide: bool = True,
    spared: Spared = NOBODY,
    ids: bool = True,
    longest: int | None = None,
    codec: VideoCodec = "vp9",
) -> Iterator[int]:
    """Make an MP4: how many pictures it has, after each. Blocks for about as long as the video lasts.

    Args:
        video: that was looked at.
        chunks: what was seen in it: heads of all people are hidden, of those too who have no number.
        timeline: of them.
        target: the file, which is whole when there is no more to say.
        hide: whether heads are hidden.
        spared: those that are not.
        ids: whether people have their number, or name, beside their box.
        longest: pixels of the longer side of the new video, at most.
        codec: of its pictures.

    Raises:
        InputError: the video cannot be read any more.
    """
    hiding = Hiding(chunks, spared, end_ms=video.duration_ms)
    drawing = _Drawing(timeline, ids=ids)

    def change(t_ms: int, image: Image) -> Image:
        scale = image.width / video.width, image.height / video.height
        if hide:
            areas = joined(hiding.areas(t_ms, video.width, video.height))
            image = blurred(image, [_scaled(area, scale) for area in areas])
        canvas = Canvas(image)
        drawing.draw(canvas, t_ms, scale)
        return canvas.image()

    yield from rewriting(video, change, target, longest=longest, codec=codec)


class _Drawing:
    """Boxes, names and actions of a timeline, and the time."""

    def __init__(self, timeline: Timeline, *, ids: bool) -> None:
        self._people = timeline.people
        self._ids = ids
        self._actions: dict[int, list[tuple[int, int, str]]] = {}
        for action in timeline.actions:
            span = action.from_ms, action.to_ms, action.action.replace("_", " ")
            self._actions.setdefault(action.person, []).append(span)

    def draw(self, canvas: Canvas, t_ms: int, scale: tuple[float, float]) -> None:
        placed = [
            (person, _scaled(box, scale))
            for person in self._people
            if (box := _place(person, t_ms)) is not None
        ]
        for person, box in placed:
            canvas.box(box, colour_of(person.id))
        for person, box in placed:
            label = self._label(person, t_ms)
            if label:
                canvas.plate(label, (box.x1, box.y1), colour_of(person.id))
        canvas.plate(_clock(t_ms), (0.0, 0.0), (250, 250, 250))

    def _label(self, person: Person, t_ms: int) -> str:
        doing = [name for low, high, name in self._actions.get(person.id, ()) if low <= t_ms < high]
        return " · ".join(part for part in (called(person) if self._ids else "", ", ".join(doing)) if part)


def _place(person: Person, t_ms: int) -> Box | None:
    """Where a person is, on the way from one look to the next; None where nobody knows."""
    times = person.positions.t_ms
    after = bisect_right(times, t_ms)
    before = person.positions[after - 1] if after else None
    coming = person.positions[after] if after < len(times) else None
    if before is not None and coming is not None and coming.t_ms - before.t_ms <= DRAWN_GAP_MS:
        share = (t_ms - before.t_ms) / (coming.t_ms - before.t_ms)
        return Box(*(low + (high - low) * share for low, high in zip(before.box, coming.box, strict=True)))
    if before is not None and t_ms - before.t_ms <= LINGER_MS:
        return before.box
    if coming is not None and coming.t_ms - t_ms <= LINGER_MS:
        return coming.box
    return None


def _scaled(box: Box, scale: tuple[float, float]) -> Box:
    return Box(box.x1 * scale[0], box.y1 * scale[1], box.x2 * scale[0], box.y2 * scale[1])


def _clock(t_ms: int) -> str:
    minutes, rest = divmod(t_ms, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest / 1000:06.3f}"
