"""The faces of a chunk: found in whole pictures, and, where expressions are asked for, near heads whose face is
not found there and may be large enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.contracts import MOST_BOXES
from siseon.applications.people.crops import cut
from siseon.applications.people.detect import Find
from siseon.applications.people.expressions import ExpressionName
from siseon.applications.people.faces.express import SMALL, Express, Reason, poor, square, unfit
from siseon.applications.people.faces.owners import owners
from siseon.applications.people.footage import Footage, Sighting
from siseon.applications.people.heads import head
from siseon.applications.people.pose import Joints
from siseon.contracts import Crop, Detections, Image, iou_of
from siseon.contracts.wire import Box

UPPER = 0.5
"""Share of a person's box, from the top, that is looked at for a face."""
BESIDE = 0.25
"""Of a box's width that is looked at left and right of it."""
SAME = 0.3
"""IoU from which a face near a head is one that the whole picture showed already."""


@dataclass(frozen=True, slots=True)
class FaceSeen:
    """A face in one picture."""

    xyxy: NDArray[np.float32]
    """(4,) pixels of the upright video."""
    score: float
    number: int
    """Of the tracklet whose it is; 0: of none."""
    probabilities: Mapping[ExpressionName, float] | None = None
    refused: Reason | None = None


async def faces_of(
    footage: Footage,
    sightings: Sequence[Sighting],
    numbers: Sequence[NDArray[np.int64]],
    *,
    found: Sequence[Detections],
    find: Find,
    looked: AbstractSet[int],
) -> dict[int, list[FaceSeen]]:
    """The faces by index of the picture.

    ``numbers``: of the tracklets of each sighting's boxes; ``found``: in whole pictures; ``looked``: indices of the
    pictures in which expressions are asked for.
    """
    images = [shot.image for shot in footage.shots]
    whole = [_rooted(one) for one in found]
    heads = [
        (index, crop)
        for index in sorted(looked)
        for xyxy in without_a_face(sightings[index].xyxy, numbers[index], whole[index][0])
        if (crop := cut(images[index], _head(xyxy))) is not None
    ]
    near = await find.map([crop for _, crop in heads])
    for (index, _), one in zip(heads, near, strict=True):
        whole[index] = _joined(whole[index], _rooted(one))
    faces: dict[int, list[FaceSeen]] = {}
    for index, (xyxy, scores) in enumerate(whole):
        whose = owners(xyxy, sightings[index].xyxy)
        faces[index] = [
            FaceSeen(box, float(score), 0 if row is None else int(numbers[index][row]))
            for box, score, row in zip(xyxy, scores, whose, strict=True)
        ][:MOST_BOXES]
    return faces


def without_a_face(
    people: NDArray[np.float32], numbers: NDArray[np.int64], faces: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The boxes of tracklets in whose heads a face may be that is large enough, and is not found yet.

    ``people``: (N, 4), ``numbers``: (N,) of their tracklets, ``faces``: (F, 4).
    """
    found = {row for row in owners(faces, people) if row is not None}
    rows = [
        row
        for row, box in enumerate(people.tolist())
        if numbers[row] and row not in found and _longest_face(Box(*box)) >= SMALL
    ]
    return people[rows]


def _longest_face(person: Box) -> float:
    """Pixels that the shorter side of somebody's face has at most."""
    place = head(person)
    return min(place.x2 - place.x1, place.y2 - place.y1)


def wanting(
    faces: Mapping[int, Sequence[FaceSeen]],
    footage: Footage,
    looked: AbstractSet[int],
    joints: Mapping[tuple[int, int], Joints],
) -> set[tuple[int, int]]:
    """Number of the tracklet and index of the picture where an expression could be told, were the joints known."""
    return {
        (face.number, index)
        for index in looked
        for face in faces[index]
        if face.number
        and (face.number, index) not in joints
        and (crop := cut(footage.shots[index].image, face.xyxy)) is not None
        and poor(face.xyxy, crop) is None
    }


async def expressed(
    faces: Sequence[FaceSeen],
    image: Image,
    index: int,
    joints: Mapping[tuple[int, int], Joints],
    express: Express,
) -> list[FaceSeen]:
    """The faces of one picture, those of tracklets with their expressions, or why they have none."""
    told: list[FaceSeen] = list(faces)
    asked: list[tuple[int, Image]] = []
    for place, face in enumerate(faces):
        crop = cut(image, face.xyxy) if face.number else None
        if crop is None:
            continue
        reason = unfit(face.xyxy, crop, joints.get((face.number, index)))
        seen = None if reason else cut(image, square(face.xyxy))
        if seen is None:
            told[place] = replace(face, refused=reason)
        else:
            asked.append((place, seen))
    found = await express.map([Crop(place, crop) for place, crop in asked])
    for (place, _), probabilities in zip(asked, found, strict=True):
        told[place] = replace(faces[place], probabilities=probabilities)
    return told


def _rooted(found: Detections) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Boxes in pixels of the upright video, and scores."""
    return found.boxes.to(found.frame.root_frame).xyxy, found.scores


def _head(xyxy: NDArray[np.float32]) -> NDArray[np.float32]:
    margin = BESIDE * (xyxy[2] - xyxy[0])
    return np.array(
        [xyxy[0] - margin, xyxy[1] - margin, xyxy[2] + margin, xyxy[1] + UPPER * (xyxy[3] - xyxy[1])],
        np.float32,
    )


def _joined(
    known: tuple[NDArray[np.float32], NDArray[np.float32]],
    more: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Both; of what both have, the better one."""
    xyxy, scores = np.concatenate([known[0], more[0]]), np.concatenate([known[1], more[1]])
    kept: list[int] = []
    for row in np.argsort(-scores, kind="stable").tolist():
        if (iou_of(xyxy[row : row + 1], xyxy[kept]) < SAME).all():
            kept.append(row)
    return xyxy[kept], scores[kept]
