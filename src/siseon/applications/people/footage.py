"""The pictures of a chunk: which part of a video it is, the stage that decodes it, and what it hands on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.contracts import MOST_MOMENTS, Span
from siseon.applications.people.libraries import needed
from siseon.applications.people.unseen import Passing
from siseon.contracts import Frame, Image
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.media.bounds import MediaBounds
from siseon.media.film.fingerprint import check_same, fingerprint
from siseon.media.film.parts import VideoPart
from siseon.media.film.reading import Shown, image_of, open_video, pictures
from siseon.models.resident import give_back

SMALL, MORE = 640, 4
"""Pixels of the longer side of pictures between two looks, which detectors see in less, and how many of them there are
for each look at most: in memory they are as much together."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A sampled picture. All of one chunk have the same root frame: that of the upright video."""

    t_ms: int
    """From the start of the video."""
    image: Image


@dataclass(frozen=True, slots=True)
class Visited:
    """A picture between two of these."""

    shot: Shot
    new: NDArray[np.uint8]
    """(H, W) 1 in the cells of the picture that show what is there at neither."""


@dataclass(frozen=True, slots=True)
class Footage:
    """A chunk's pictures, in order of time; the last one is the first of the next chunk."""

    chunk: int
    start_ms: int
    end_ms: int
    frame: Frame
    """Of the upright video, at its own size."""
    shots: Sequence[Shot]
    file: str | None = None
    """Fingerprint of the video's file."""
    broken: str = ""
    """Why pictures are missing, where some are: for a person."""
    unseen: tuple[Span, ...] = ()
    """Where pictures are that are like none of the shots."""
    between: Sequence[Visited] = ()
    """Pictures in parts of which something comes that is there at none of the shots: whom they show is to be hidden."""
    cuts: frozenset[int] = frozenset()
    """Indices of the shots before which the film is cut."""

    @property
    def nbytes(self) -> int:
        """Bytes of the pixels."""
        return sum(shot.image.nbytes for shot in (*self.shots, *(one.shot for one in self.between)))


@dataclass(frozen=True, slots=True)
class Sighting:
    """The people of one picture, as the detector found them, best first."""

    t_ms: int
    xyxy: NDArray[np.float32]
    """(N, 4) float32, pixels of the upright video."""
    scores: NDArray[np.float32]
    """(N,) float32 in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A chunk, and how often it is looked at."""

    part: VideoPart
    rate: float
    """Pictures a second."""


class ReadFootage(Stage[Wanted, Footage]):
    """Decodes the pictures of a chunk at a rate, at times that are fixed whatever the file's own rate is."""

    name = "decode"

    def __init__(self, *, longest: int, bounds: MediaBounds) -> None:
        """``longest``: pixels of the longer side, at most; ``bounds``: of each picture."""
        self.longest = longest
        self.bounds = bounds
        self.replicas = cores()

    def setup(self) -> None:
        """Refuse to start without PyAV.

        Raises:
            DependencyMissing: it is not installed.
        """
        with needed():
            import av  # noqa: F401

    def process(self, batch: Sequence[Wanted]) -> Sequence[Footage]:
        """The pictures of each chunk; of one that lies where a file is broken those that there are.

        Raises:
            InputError: ``corrupt_image``: the file cannot be read any more; ``file_unreadable``: it is another than it
                was.
        """
        return [self._read(one.part, one.rate) for one in batch]

    def _read(self, chunk: VideoPart, rate: float) -> Footage:
        give_back()  # pictures of chunks before leave holes that others do not fit into: memory would grow by them
        file = fingerprint(chunk.path)
        video = open_video(chunk.path, self.bounds)
        wanted = _times(chunk, rate)
        shots: list[Shot] = []
        last, passing = chunk.start_ms, Passing()
        visits: list[Visited] = []
        lost: list[Span] = []

        def add(shown: Shown) -> None:
            """A look, and what there is between it and the one before it."""
            if shots:
                room = min(MORE * (len(shots) + 1), MOST_MOMENTS) - len(visits)
                found, unseen = passing.visits(shots[-1].t_ms, shown.t_ms, room)
                root, small = shown.image.frame.root_frame, min(self.longest, SMALL)
                visits.extend(
                    Visited(Shot(one.t_ms, image_of(one.frame, root, small, video.path.name)), one.new)
                    for one in found
                )
                if unseen:  # one between two looks, so that there are no more than a chunk may tell
                    lost.append(Span(unseen[0].from_ms, unseen[-1].to_ms))
            passing.forget(shown.t_ms)
            shots.append(Shot(shown.t_ms, shown.image))

        for shown in pictures(video, wanted, longest=self.longest, bounds=self.bounds, hear=passing.hear):
            last = shown.t_ms
            # A picture that stays is looked at once, but for the borders, at which chunks meet.
            if not shown.same or shown.t_ms == wanted[-1]:
                add(shown)
        if shots and last < passing.last_ms <= chunk.end_ms:  # the video ends before the next look
            for shown in pictures(video, [passing.last_ms], longest=self.longest, bounds=self.bounds):
                add(shown)
        frame = shots[0].image.frame.root_frame if shots else Frame.root(video.width, video.height)
        short = wanted[-1] - last
        broken = (
            "" if shots and short <= 2000 / rate else f"no pictures can be read after {last} ms of the video"
        )
        check_same(chunk.path, chunk.video, file)
        looks = [shot.t_ms for shot in shots]
        return Footage(
            chunk.number,
            chunk.start_ms,
            chunk.end_ms,
            frame,
            shots,
            file,
            broken,
            tuple(sorted((*passing.unseen(looks), *lost))),
            visits,
            passing.cuts(looks) if looks else frozenset(),
        )


def _times(chunk: VideoPart, rate: float) -> list[int]:
    """Multiples of a rate's step within the chunk, and its two ends, so that chunks share their border."""
    first = math.ceil(chunk.start_ms * rate / 1000)
    last = math.floor(chunk.end_ms * rate / 1000)
    inner = {round(number * 1000 / rate) for number in range(first, last + 1)}
    return sorted({chunk.start_ms, *inner, chunk.end_ms})
