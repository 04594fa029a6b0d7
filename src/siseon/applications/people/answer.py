"""From what the stages found in a chunk to what it says over the wire: rounded, in order, bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.appearance import Look
from siseon.applications.people.contracts import (
    IDS_A_CHUNK,
    Appearance,
    ChunkSeen,
    Face,
    KeyPoint,
    Moment,
    Pose,
    Refusal,
    SeenBox,
    Similarity,
    Tracklet,
)
from siseon.applications.people.faces.looking import FaceSeen
from siseon.applications.people.footage import Footage, Sighting
from siseon.applications.people.lying import refusal
from siseon.applications.people.motion import Camera
from siseon.applications.people.pose import Joints
from siseon.applications.people.vectors import packed
from siseon.contracts.wire import Box

DIGITS = 2
"""Behind the point, of pixels; of scores one more."""
SMALLEST = 0.5
"""Pixels of a box's sides, at least: below it rounding might leave nothing."""


def answered(
    footage: Footage,
    sightings: Sequence[Sighting],
    cameras: Sequence[Camera],
    numbers: Sequence[NDArray[np.int64]],
    looks: Mapping[int, Look],
    joints: Mapping[tuple[int, int], Joints],
    faces: Mapping[int, Sequence[FaceSeen]],
    descriptor: str,
    *,
    between: Sequence[Moment],
    turned: bool,
) -> ChunkSeen:
    """What the chunk says: ``looks`` by number of the tracklet, ``joints`` by number and index of the picture,
    ``faces`` by index of the picture; ``between``: other looks; ``turned``: whether people lie on their side, so that
    no head is sure."""
    ids = _Ids(footage.chunk)
    every = sorted({number for one in numbers for number in one.tolist() if number})
    return ChunkSeen(
        chunk=footage.chunk,
        start_ms=footage.start_ms,
        end_ms=footage.end_ms,
        width=footage.frame.width,
        height=footage.frame.height,
        file=footage.file,
        descriptor=descriptor if looks else None,
        moments=tuple(
            _moment(sighting, camera, row, faces.get(index, ()), ids)
            for index, (sighting, camera, row) in enumerate(zip(sightings, cameras, numbers, strict=True))
        ),
        tracklets=tuple(
            Tracklet(
                id=ids.of(number),
                appearance=_appearance(looks.get(number)),
                poses=tuple(
                    _pose(footage.shots[shot].t_ms, one)
                    for (whose, shot), one in sorted(joints.items(), key=lambda entry: entry[0])
                    if whose == number
                ),
            )
            for number in every
        ),
        unseen=footage.unseen,
        between=tuple(between),
        refused=(
            *_refused(footage, cameras, [ids.of(one) for one in every if one not in looks]),
            *([refusal(footage.chunk)] if turned else []),
        ),
    )


class _Ids:
    def __init__(self, chunk: int) -> None:
        self._first = chunk * IDS_A_CHUNK

    def of(self, number: int) -> int:
        return self._first + number


def _moment(
    sighting: Sighting,
    camera: Camera,
    numbers: NDArray[np.int64],
    faces: Sequence[FaceSeen],
    ids: _Ids,
) -> Moment:
    named = sorted((int(number), row) for row, number in enumerate(numbers.tolist()) if number)
    (a, _, tx), (b, _, ty) = camera.matrix[0].tolist(), camera.matrix[1].tolist()
    return Moment(
        t_ms=sighting.t_ms,
        camera=Similarity(round(a, 6), round(b, 6), round(tx, DIGITS), round(ty, DIGITS))
        if camera.known
        else None,
        boxes=tuple(
            SeenBox(id=ids.of(number), box=box_of(sighting.xyxy[row]), score=score_of(sighting.scores[row]))
            for number, row in named
        ),
        others=tuple(box_of(sighting.xyxy[row]) for row, number in enumerate(numbers.tolist()) if not number),
        faces=tuple(_face(face, ids) for face in faces),
    )


def _face(face: FaceSeen, ids: _Ids) -> Face:
    told = face.probabilities
    return Face(
        box=box_of(face.xyxy),
        score=score_of(face.score),
        id=ids.of(face.number) if face.number else None,
        expression=None if told is None else {name: score_of(value) for name, value in told.items()},
        refused=face.refused,
    )


def _pose(t_ms: int, joints: Joints) -> Pose:
    return Pose(
        t_ms=t_ms,
        points=tuple(
            KeyPoint(round(x, DIGITS), round(y, DIGITS), score_of(score))
            for (x, y), score in zip(joints.xy.tolist(), joints.scores.tolist(), strict=True)
        ),
    )


def _appearance(look: Look | None) -> Appearance | None:
    if look is None:
        return None
    return Appearance(vector=packed(look.vector), crops=look.crops, quality=score_of(look.quality))


def _refused(footage: Footage, cameras: Sequence[Camera], plain: Sequence[int]) -> list[Refusal]:
    """What is missing from the chunk; ``plain``: tracklets without a look."""
    told = []
    if footage.broken:
        told.append(Refusal(what="chunk", reason="failed", chunk=footage.chunk, detail=footage.broken))
    if any(not camera.known for camera in cameras):
        at = next(shot.t_ms for shot, camera in zip(footage.shots, cameras, strict=True) if not camera.known)
        told.append(
            Refusal(
                what="camera",
                reason="unsure",
                chunk=footage.chunk,
                detail=f"from {at} ms of the video on it is not known how the camera moved",
            )
        )
    told += [
        Refusal(what="appearance", reason="poor_picture", chunk=footage.chunk, ids=(one,)) for one in plain
    ]
    return told


def box_of(xyxy: NDArray[np.float32]) -> Box:
    """Of (4,) numbers."""
    x1, y1, x2, y2 = (round(value, DIGITS) for value in xyxy.tolist())
    return Box(x1, y1, max(x2, x1 + SMALLEST), max(y2, y1 + SMALLEST))


def score_of(value: float | np.floating) -> float:
    """Within its bounds."""
    return round(min(1.0, max(0.0, float(value))), DIGITS + 1)
