"""The stage that follows people from picture to picture of one chunk, by a tracker of the package ``trackers``.

A tracker is made anew for each chunk, so that a chunk says the same whoever looks at it. Boxes are given to it where
they would be in the chunk's first picture, so that a camera that turns moves nobody. A tracker names a person at the
second picture only; the box of the first is found again afterwards, since the border picture of two chunks is all that
they share.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.footage import Sighting
from siseon.applications.people.libraries import needed
from siseon.applications.people.motion import Camera, moved
from siseon.contracts import iou_of
from siseon.engine import Stage
from siseon.engine.machine import cores

if TYPE_CHECKING:
    from trackers.core.base import BaseTracker

TrackerName = Literal["bytetrack", "botsort", "ocsort"]

SURE = 0.3
"""Score from which a box counts in the first round, or where tracks begin if that is lower."""
OVERLAP = 0.1
"""IoU of a box with where a track is expected: low, since people walk half their width between pictures at 5 Hz."""
LOST_S = 1.0
"""How long a track that is not seen is waited for; who comes back later is found by looks."""
BUFFER_FPS = 30.0
"""Pictures a second in which ``trackers`` counts its waiting time."""
BEGINNING_OVERLAP = 0.1
"""IoU of the box before the first one of a track."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a tracker is given: the people of each picture of a chunk, and where the camera was."""

    sightings: Sequence[Sighting]
    cameras: Sequence[Camera]
    rate: float
    """Pictures a second."""
    cuts: frozenset[int] = frozenset()
    """Indices of the pictures before which the film is cut: nobody is followed over that."""


class Track(Stage[Watched, list[NDArray[np.int64]]]):
    """Gives each box the number of its track, from 1 in order of their beginnings; 0: of none."""

    name = "track"

    def __init__(self, tracker: TrackerName, begins: float) -> None:
        """``begins``: score of a box that may begin a track."""
        self.tracker: TrackerName = tracker
        self.begins = begins
        self.replicas = cores()

    def setup(self) -> None:
        """Import the library, which takes seconds.

        Raises:
            DependencyMissing: it is not installed.
        """
        _made(self.tracker, 1.0, self.begins)

    def process(self, batch: Sequence[Watched]) -> Sequence[list[NDArray[np.int64]]]:
        """(N,) int64 for each picture of each chunk, in the order of its boxes."""
        return [self._follow(watched) for watched in batch]

    def _follow(self, watched: Watched) -> list[NDArray[np.int64]]:
        places = [
            moved(one.xyxy, camera.matrix)
            for one, camera in zip(watched.sightings, watched.cameras, strict=True)
        ]
        named: list[NDArray[np.int64]] = []
        for first, end in pairwise(sorted({0, *watched.cuts, len(places)})):
            tracker = _made(self.tracker, watched.rate, self.begins)
            several = [
                _updated(tracker, place, one.scores, one.t_ms / 1000)
                for place, one in zip(places[first:end], watched.sightings[first:end], strict=True)
            ]
            several = _with_beginnings(several, places[first:end])
            above = 1 + max((int(ids.max(initial=-1)) for ids in named), default=-1)
            named += [np.where(ids < 0, ids, ids + above) for ids in several]
        return _numbered(named)


def _made(name: TrackerName, rate: float, begins: float) -> BaseTracker:
    """A tracker that has seen nothing."""
    with needed(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries' own imports
        import supervision  # noqa: F401
        from trackers import BoTSORTTracker, ByteTrackTracker, OCSORTTracker
    waiting = round(LOST_S * BUFFER_FPS)
    match name:
        case "bytetrack":
            return ByteTrackTracker(
                lost_track_buffer=waiting,
                frame_rate=rate,
                track_activation_threshold=begins,
                high_conf_det_threshold=min(SURE, begins),
                minimum_iou_threshold=OVERLAP,
            )
        case "botsort":
            return BoTSORTTracker(
                lost_track_buffer=waiting,
                frame_rate=rate,
                track_activation_threshold=begins,
                high_conf_det_threshold=min(SURE, begins),
                minimum_iou_threshold_first_assoc=OVERLAP,
                minimum_iou_threshold_second_assoc=OVERLAP,
                minimum_iou_threshold_unconfirmed_assoc=OVERLAP,
                enable_cmc=False,  # the boxes come where the camera's motion is taken off already
            )
        case "ocsort":
            return OCSORTTracker(
                lost_track_buffer=waiting,
                frame_rate=rate,
                high_conf_det_threshold=min(SURE, begins),
                minimum_iou_threshold=OVERLAP,
            )


def _updated(
    tracker: BaseTracker, xyxy: NDArray[np.float32], scores: NDArray[np.float32], at_s: float
) -> NDArray[np.int64]:
    """(N,) the tracker's ids of the boxes in their order, -1 for none. It answers in an order of its own."""
    import supervision

    rows = np.arange(len(xyxy))
    given = supervision.Detections(xyxy=xyxy, confidence=scores, data={"row": rows})
    told = tracker.update(given, timestamp=at_s)
    ids = np.full(len(xyxy), -1, np.int64)
    if told.tracker_id is not None and len(told):
        ids[np.asarray(told.data["row"], np.int64)] = told.tracker_id.astype(np.int64)
    return ids


def _with_beginnings(
    named: Sequence[NDArray[np.int64]], places: Sequence[NDArray[np.float32]]
) -> list[NDArray[np.int64]]:
    """The same, with the box in the picture before a track's first one, where one of nobody overlaps it most."""
    found = [ids.copy() for ids in named]
    begun: set[int] = set(found[0][found[0] >= 0].tolist()) if found else set()
    for at in range(1, len(found)):
        first = [row for row, one in enumerate(named[at].tolist()) if one >= 0 and one not in begun]
        free = np.flatnonzero(found[at - 1] < 0)
        begun |= {int(named[at][row]) for row in first}
        if not first or not len(free):
            continue
        overlaps = iou_of(places[at][first], places[at - 1][free])
        for _ in range(min(overlaps.shape)):
            here, there = np.unravel_index(int(overlaps.argmax()), overlaps.shape)
            if overlaps[here, there] < BEGINNING_OVERLAP:
                break
            found[at - 1][free[there]] = named[at][first[int(here)]]
            overlaps[here, :] = overlaps[:, there] = 0
    return found


def _numbered(named: Sequence[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    """Numbers from 1 in order of the first picture, then of the box in it, in place of the tracker's ids."""
    numbers: dict[int, int] = {}
    for ids in named:
        for one in ids.tolist():
            if one >= 0:
                numbers.setdefault(one, len(numbers) + 1)
    return [np.array([numbers.get(one, 0) for one in ids.tolist()], np.int64) for ids in named]
