"""Where the head of somebody in a box is: anywhere in its upper part, or where face and joints say, if they are sure.

One witness errs too often: a pose network answers with the head of whoever stands nearer, and a face in a box may be
that of somebody behind. So joints and a face must agree, or the joints be very sure, or the face be so large in its box
that there is room for one person only, or it be where the person's face was a moment before or after. In a box that is
broad enough for two no head is told. On ``crowd_faces.mp4``, ``arm_wrestling.mp4`` and ``two_people_hug.mp4`` 588 of
1,512 broad boxes have a head that is told without the moment before, and one of 72 heads that sure joints tell has a
face elsewhere (``python benchmarks/people/heads.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.contracts import Face, KeyPoint
from siseon.contracts.wire import Box

UPRIGHT, UPPER_PART = 0.4, 0.24
"""Width by height of the box of somebody who stands, and the share of its height, from the top, in which a head is."""
LYING = 0.9
"""Width by height of a box from which it may be in all of it; between the two, a share between."""
BROAD = 0.5
"""Width by height of a box up to which that part is no larger than a head that is told."""
MARGIN = 0.05
"""Of an area's longer side, around it."""
HEAD, NOSE, EYES, EARS, SHOULDERS = slice(0, 5), 0, (1, 2), (3, 4), (5, 6)
"""Rows of joints."""
SEEN, SURE = 0.3, 0.5
"""Scores from which a joint counts, and from which shoulders and the mean of a head need no other witness."""
LEAST_POINTS = 3
"""Of nose, eyes and ears: a profile shows three."""
AGREE = 0.6
"""Of a face's longer side, from its middle to that of nose, eyes and ears."""
UPPER = 0.6
"""Share of a box, from the top, in which the middle of a head lies."""
ROUND_EARS, ROUND_PROFILE, ROUND_EYES, OF_SHOULDERS = 1.2, 1.6, 2.6, 0.45
"""How far a head reaches from the middle of nose, eyes and ears, 18 cm: over the way from ear to ear (15 cm), from nose
to ear (11), from eye to eye (7), from shoulder to shoulder (40). The longest counts, since a turned head shortens each.
"""
FACE_OF_HEAD = 1.15
"""Height of a face over its width, at most: of one that looks down or is tilted its width tells more."""
DEEP, ABOVE, BELOW = 1.15, 0.6, 0.3
"""Over a face's height: how wide a head with its hair is whichever way it looks, and how much of it is above and below
the face."""
LEAST_BESIDE, MOST_BESIDE = 0.2, 0.45
"""And on each side of it: of a profile, at either end of which the back of the head may be, most."""
MOST_FACES, MOST_SHOULDERS = 6.0, 2.5
"""Width of a box over that of the face, and over the distance of the shoulders: one metre, and two people may fit."""
ALONE = 4.5
"""Width of a box over that of a face which needs no other witness: there is room for its own shoulders only."""
SAME_FACE = 0.4
"""Intersection over union of a face with one of a moment before or after, from which it is the same."""
CROWN = 0.2
"""Of the box's height, from its top to where the head begins that such a face has."""


def head(box: Box) -> Box:
    """Where it may be, whatever the box shows."""
    width, height = box.x2 - box.x1, box.y2 - box.y1
    deep = height * float(np.interp(width / height, (UPRIGHT, LYING), (UPPER_PART, 1.0)))
    return grown(Box(box.x1, box.y1, box.x2, box.y1 + deep), MARGIN)


class Told(NamedTuple):
    """A head that is told."""

    area: Box
    """Hair and all."""
    face: Box | None
    """By which it is known again; None: joints alone have told it."""


def told_head(
    box: Box, points: Sequence[KeyPoint] | None, faces: Sequence[Face], beside: Box | None = None
) -> Told | None:
    """The head of the one person in a box; None: not known surely enough.

    Args:
        box: of the person.
        points: the joints at the same moment, as ``Pose`` has them; None: nobody looked.
        faces: all of that moment.
        beside: the face that was the person's just before or after.
    """
    wide = box.x2 - box.x1
    inside = [face.box for face in faces if _is_in_the_upper_part(_middle(face.box), box)]
    found = joints_head(points)
    if found is not None and not _is_in_the_upper_part(_middle(found), box):
        found = None
    large = [face for face in inside if wide <= MOST_FACES * (face.x2 - face.x1)]
    agreeing = [
        face
        for face in large
        if found is not None
        and float(np.linalg.norm(_middle(found) - _middle(face))) <= AGREE * _longer(face)
    ]
    if agreeing:
        heads = [_within(face_head(face), box, face) for face in agreeing]
        return Told(around([_joints_box(points), *heads]), max(agreeing, key=_longer))
    if found is not None and points is not None and _is_sure(points, wide):
        return Told(_within(found, box, _joints_box(points)), None)
    largest = max(inside, key=_longer, default=None)  # smaller ones are of people behind
    if largest is not None and _has_no_room_beside(largest, box):
        return Told(_within(face_head(largest), box, largest), largest)
    same = [face for face in large if beside is not None and overlap(face, beside) >= SAME_FACE]
    return Told(_within(face_head(same[0]), box, same[0]), same[0]) if len(same) == 1 else None


def found_head(face: Box, people: Sequence[Box]) -> Box:
    """The head of a face that was found, with hair, ears and chin, which tell who it is too.

    Args:
        face: its box.
        people: the boxes of the same moment; beyond the one that the face fills there is no hair of its.
    """
    area = face_head(face)
    for box in people:
        inside = box.x1 <= face.x1 and face.x2 <= box.x2 and _is_in_the_upper_part(_middle(face), box)
        if inside and _has_no_room_beside(face, box):
            return _within(area, box, face)
    return area


def _within(area: Box, box: Box, sure: Box) -> Box:
    """What of an area a person's box holds, which meets it, and in any case what is sure."""
    edge = grown(box, MARGIN)
    corners = (max(area.x1, edge.x1), max(area.y1, edge.y1), min(area.x2, edge.x2), min(area.y2, edge.y2))
    return around([Box(*corners), sure])


def face_head(face: Box) -> Box:
    """Where the head of a face lies, whoever stands there."""
    wide = face.x2 - face.x1
    tall = max(face.y2 - face.y1, FACE_OF_HEAD * wide)
    beside = tall * min(MOST_BESIDE, max(LEAST_BESIDE, DEEP - wide / tall))
    return Box(face.x1 - beside, face.y1 - ABOVE * tall, face.x2 + beside, face.y2 + BELOW * tall)


def joints_head(points: Sequence[KeyPoint] | None) -> Box | None:
    """Where joints say a head is, be it the right one or not; None: they show too little of one."""
    if points is None:
        return None
    joints = np.array(points, float)
    joints[joints[:, 2] < SEEN, :2] = np.nan
    known = joints[HEAD, :2][~np.isnan(joints[HEAD, 0])]
    if len(known) < LEAST_POINTS:
        return None
    middle = known.mean(axis=0)
    reach = (
        ROUND_EARS * _apart(joints, *EARS),
        ROUND_PROFILE * np.fmax(_apart(joints, NOSE, EARS[0]), _apart(joints, NOSE, EARS[1])),
        ROUND_EYES * _apart(joints, *EYES),
        OF_SHOULDERS * _apart(joints, *SHOULDERS),
    )
    far = float(np.nanmax(reach))
    return Box(*(middle - far).tolist(), *(middle + far).tolist())


def _joints_box(points: Sequence[KeyPoint] | None) -> Box:
    """Around nose, eyes and ears, those that are seen."""
    seen = [one for one in (points or ())[HEAD] if one.score >= SEEN]
    return around([Box(one.x - 1, one.y - 1, one.x + 1, one.y + 1) for one in seen])


def _is_sure(points: Sequence[KeyPoint], wide: float) -> bool:
    joints = np.array(points, float)
    scores = joints[HEAD, 2]
    return bool(
        scores[scores >= SEEN].mean() >= SURE
        and joints[SHOULDERS, 2].min() >= SURE
        and wide <= MOST_SHOULDERS * _apart(joints, *SHOULDERS)
    )


def _apart(joints: NDArray[np.float64], one: int, other: int) -> float:
    """Pixels; NaN where one of them is not seen."""
    return float(np.linalg.norm(joints[one, :2] - joints[other, :2]))


def _has_no_room_beside(face: Box, box: Box) -> bool:
    wide, tall = box.x2 - box.x1, box.y2 - box.y1
    return wide <= ALONE * (face.x2 - face.x1) and face_head(face).y1 <= box.y1 + CROWN * tall


def _is_in_the_upper_part(point: NDArray[np.float64], box: Box) -> bool:
    return bool(box.x1 <= point[0] <= box.x2 and box.y1 <= point[1] <= box.y1 + UPPER * (box.y2 - box.y1))


def _middle(box: Box) -> NDArray[np.float64]:
    return np.array([(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2])


def _longer(box: Box) -> float:
    return max(box.x2 - box.x1, box.y2 - box.y1)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    wide = min(one.x2, other.x2) - max(one.x1, other.x1)
    tall = min(one.y2, other.y2) - max(one.y1, other.y1)
    inner = max(wide, 0.0) * max(tall, 0.0)
    return inner / (size(one) + size(other) - inner)


def size(area: Box) -> float:
    """Square pixels."""
    return (area.x2 - area.x1) * (area.y2 - area.y1)


def grown(area: Box, share: float) -> Box:
    """The area with a share of its longer side around it."""
    margin = share * _longer(area)
    return Box(area.x1 - margin, area.y1 - margin, area.x2 + margin, area.y2 + margin)


def around(boxes: Sequence[Box]) -> Box:
    """The least box that holds them all."""
    corners = np.array(boxes)
    return Box(*corners[:, :2].min(axis=0).tolist(), *corners[:, 2:].max(axis=0).tolist())
