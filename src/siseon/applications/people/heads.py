"""Where the head of somebody in a box is: anywhere in its upper part, or where face and joints say, if they are sure.

One witness errs too often: a pose network answers with the head of whoever stands nearer, and a face in a box may be
that of somebody behind. So joints and a face must agree, or the joints be very sure, or the face be so large in its box
that there is room for one person only. In a box that is broad enough for two no head is told. On ``crowd_faces.mp4``,
``arm_wrestling.mp4`` and ``two_people_hug.mp4`` 587 of 1,514 broad boxes have a head that is told, and one of 65 heads
that sure joints tell has a face elsewhere (``python benchmarks/people/heads.py``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.contracts import Face, KeyPoint
from siseon.contracts.wire import Box

UPRIGHT, UPPER_PART = 0.4, 0.24
"""Width by height of the box of somebody who stands, and the share of its height, from the top, in which a head is."""
LYING = 1.1
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
ROUND_FACE = 0.6
"""Of a face's longer side, around it: hair, ears and chin."""
MOST_FACES, MOST_SHOULDERS = 6.0, 2.5
"""Width of a box over that of the face, and over the distance of the shoulders: one metre, and two people may fit."""
ALONE = 4.5
"""Width of a box over that of a face which needs no other witness: there is room for its own shoulders only."""
CROWN = 0.2
"""Of the box's height, from its top to where the head begins that such a face has."""


def head(box: Box) -> Box:
    """Where it may be, whatever the box shows."""
    width, height = box.x2 - box.x1, box.y2 - box.y1
    deep = height * float(np.interp(width / height, (UPRIGHT, LYING), (UPPER_PART, 1.0)))
    return grown(Box(box.x1, box.y1, box.x2, box.y1 + deep), MARGIN)


def told_head(box: Box, points: Sequence[KeyPoint] | None, faces: Sequence[Face]) -> Box | None:
    """The head of the one person in a box, hair and all; None: not known surely enough.

    Args:
        box: of the person.
        points: the joints at the same moment, as ``Pose`` has them; None: nobody looked.
        faces: all of that moment.
    """
    wide = box.x2 - box.x1
    inside = [face.box for face in faces if _is_in_the_upper_part(_middle(face.box), box)]
    found = joints_head(points)
    if found is not None and not _is_in_the_upper_part(_middle(found), box):
        found = None
    agreeing = [
        face
        for face in inside
        if found is not None
        and wide <= MOST_FACES * (face.x2 - face.x1)
        and float(np.linalg.norm(_middle(found) - _middle(face))) <= AGREE * _longer(face)
    ]
    if found is not None and agreeing:
        return around([found, *(grown(face, ROUND_FACE) for face in agreeing)])
    if found is not None and points is not None and _is_sure(points, wide):
        return found
    largest = max(inside, key=_longer, default=None)  # smaller ones are of people behind
    if largest is not None and _has_no_room_beside(largest, box):
        return grown(largest, ROUND_FACE)
    return None


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
    crown = grown(face, ROUND_FACE).y1
    return wide <= ALONE * (face.x2 - face.x1) and crown <= box.y1 + CROWN * tall


def _is_in_the_upper_part(point: NDArray[np.float64], box: Box) -> bool:
    return bool(box.x1 <= point[0] <= box.x2 and box.y1 <= point[1] <= box.y1 + UPPER * (box.y2 - box.y1))


def _middle(box: Box) -> NDArray[np.float64]:
    return np.array([(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2])


def _longer(box: Box) -> float:
    return max(box.x2 - box.x1, box.y2 - box.y1)


def grown(area: Box, share: float) -> Box:
    """The area with a share of its longer side around it."""
    margin = share * _longer(area)
    return Box(area.x1 - margin, area.y1 - margin, area.x2 + margin, area.y2 + margin)


def around(boxes: Sequence[Box]) -> Box:
    """The least box that holds them all."""
    corners = np.array(boxes)
    return Box(*corners[:, :2].min(axis=0).tolist(), *corners[:, 2:].max(axis=0).tolist())
