"""Where a person's joints are wanted more often than at their rate: about a raised hand, which may wave, and of
somebody who fills the picture, so that no more than the head is hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.actions.body import body
from siseon.applications.people.actions.gestures import raised
from siseon.applications.people.crops import Held
from siseon.applications.people.footage import Footage, Sighting
from siseon.applications.people.heads import BROAD
from siseon.applications.people.pose import Joints

AROUND_MS = 1_000
"""Before and after: a second that waves is told from the poses about it."""

FILLS_RATE = 2.5
"""Looks a second at somebody who fills the picture."""
FILLS = 0.25
"""Of the picture's height that the box of such a person has, at least."""


def fills(box: NDArray[np.float32], height: int) -> bool:
    """Whether a head may be in so much of a box, (4,), that most of the picture would be hidden."""
    wide, tall = box[2] - box[0], box[3] - box[1]
    return bool(tall >= FILLS * height and wide > BROAD * tall)


def closer(
    footage: Footage,
    sightings: Sequence[Sighting],
    tracklets: Sequence[Held],
    joints: Mapping[tuple[int, int], Joints],
) -> list[tuple[int, int, int]]:
    """Number of the tracklet, index of the picture and row of its box, of those that are not in ``joints`` yet."""
    return [place for tracklet in tracklets for place in _about(footage, sightings, tracklet, joints)]


def _about(
    footage: Footage,
    sightings: Sequence[Sighting],
    tracklet: Held,
    joints: Mapping[tuple[int, int], Joints],
) -> Iterator[tuple[int, int, int]]:
    places = [(int(shot), int(row)) for shot, row in zip(tracklet.shots, tracklet.rows, strict=True)]
    looked = [(shot, row) for shot, row in places if (tracklet.number, shot) in joints]
    if not looked:
        return
    seen = [joints[tracklet.number, shot] for shot, _ in looked]
    times = np.array([footage.shots[shot].t_ms for shot, _ in looked], np.int64)
    posed = body(
        times,
        np.array([np.column_stack([one.xy, one.scores]) for one in seen], float),
        np.array([sightings[shot].xyxy[row] for shot, row in looked], float),
        (footage.frame.width, footage.frame.height),
    )
    up: NDArray[np.int64] = times[np.nan_to_num(raised(posed)) > 0]
    for shot, row in places:
        if (tracklet.number, shot) not in joints and (
            np.abs(up - footage.shots[shot].t_ms) <= AROUND_MS
        ).any():
            yield tracklet.number, shot, row
