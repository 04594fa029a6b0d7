"""A head is told where witnesses agree, or one is beyond doubt; everywhere else it may be anywhere."""

from __future__ import annotations

import pytest

from siseon.applications.people.contracts import Face, KeyPoint
from siseon.applications.people.heads import face_head, found_head, head, told_head
from siseon.contracts.wire import Box

CLOSE = Box(100, 100, 400, 400)
"""Somebody from the waist up."""
NOWHERE = KeyPoint(0, 0, 0)


def joints(
    x: float = 250, y: float = 170, *, score: float = 0.8, shoulders: float = 0.8
) -> tuple[KeyPoint, ...]:
    """Of a face of 60 pixels from ear to ear, and shoulders of 160."""
    face = [(x, y + 10), (x + 14, y), (x - 14, y), (x + 30, y + 5), (x - 30, y + 5)]
    both = [(x + 80, y + 90), (x - 80, y + 90)]
    return (
        *(KeyPoint(*point, score) for point in face),
        *(KeyPoint(*point, shoulders) for point in both),
        *[NOWHERE] * 10,
    )


def face(x: float = 250, y: float = 175, wide: float = 60) -> Face:
    return Face(box=Box(x - wide / 2, y - wide * 0.65, x + wide / 2, y + wide * 0.65), score=0.9)


def holds(area: Box | None, x: float, y: float) -> bool:
    return area is not None and area.x1 <= x <= area.x2 and area.y1 <= y <= area.y2


@pytest.mark.parametrize(
    ("points", "faces"),
    [
        (joints(score=0.4, shoulders=0.4), [face()]),
        (joints(), []),
        (None, [face(wide=80)]),
        (None, [face(wide=80), face(x=380, y=120, wide=20)]),
    ],
    ids=["joints and face", "joints alone, sure", "a face with no room beside", "and a far face behind"],
)
def test_a_head_that_is_sure_is_told_with_its_hair_and_without_the_body(points, faces) -> None:
    found = told_head(CLOSE, points, faces)

    assert found is not None
    told = found.area
    assert all(holds(told, x, y) for x, y in ((250, 115), (250, 220), (205, 170), (295, 170)))
    assert not holds(told, 250, 300)
    assert not holds(told, 120, 170)


@pytest.mark.parametrize(
    ("points", "faces"),
    [
        (None, []),
        (joints(score=0.4), []),
        (joints(shoulders=0.4), []),
        (joints(y=350), []),
        (joints(score=0.4, x=130), [face(wide=45)]),
        (None, [face(wide=45)]),
        (None, [face(y=278, wide=80)]),
    ],
    ids=[
        "nobody looked",
        "faint head",
        "faint shoulders",
        "a head at the waist",
        "joints and face apart",
        "a face with room for another",
        "a face below where a head is",
    ],
)
def test_a_head_that_is_not_sure_is_not_told(points, faces) -> None:
    assert told_head(CLOSE, points, faces) is None


def test_in_a_box_with_room_for_two_no_head_is_told() -> None:
    broad = Box(100, 100, 700, 400)

    assert told_head(broad, joints(), [face()]) is None


@pytest.mark.parametrize(
    ("box", "share"),
    [
        (Box(0, 0, 40, 100), 0.24),
        (Box(0, 0, 65, 100), 0.6),
        (Box(0, 0, 90, 100), 1.0),
        (Box(0, 0, 200, 50), 1.0),
    ],
)
def test_the_broader_a_box_the_more_of_it_may_be_a_head(box, share) -> None:
    area = head(box)

    assert area.y1 < box.y1
    assert area.x1 < box.x1
    assert area.y2 >= box.y1 + share * (box.y2 - box.y1)


def test_a_face_that_was_somebodys_a_moment_before_is_so_still_where_no_joints_say_it() -> None:
    now, before = face(wide=60), face(x=256, wide=60)

    assert told_head(CLOSE, None, [now]) is None  # there is room for another
    followed = told_head(CLOSE, None, [now], before.box)
    assert followed is not None
    assert followed.face == now.box
    assert not holds(followed.area, 250, 300)


def test_a_face_elsewhere_two_in_its_place_or_room_for_two_people_is_not_followed() -> None:
    apart, near = face(x=200, wide=60), face(x=252, wide=60)
    broad = Box(100, 100, 700, 400)

    assert told_head(CLOSE, None, [apart], face().box) is None
    assert told_head(CLOSE, None, [face(), near], face().box) is None
    assert told_head(broad, None, [face()], face().box) is None


@pytest.mark.parametrize("wide", [40, 80, 100], ids=["profile", "usual", "looks down"])
def test_the_head_of_a_face_has_room_for_hair_whichever_way_it_looks(wide: float) -> None:
    area = face_head(Box(200, 100, 200 + wide, 200))

    assert area.x1 <= 200 - 0.2 * 100
    assert area.x2 >= 200 + wide + 0.2 * 100
    assert area.x2 - area.x1 >= 115  # the back of a head behind a profile
    assert area.y1 <= 40
    assert area.y2 >= 220


def test_a_face_that_fills_a_box_has_no_hair_beyond_it_and_another_has() -> None:
    close = Box(200, 100, 300, 230)
    alone, behind = found_head(close, [CLOSE]), found_head(Box(110, 110, 130, 136), [CLOSE])

    assert alone.y1 > face_head(close).y1
    assert holds(alone, 200, 100)
    assert holds(alone, 300, 230)
    assert behind == face_head(Box(110, 110, 130, 136))
    over_its_edge = Box(340, 110, 420, 214)  # of somebody else, who has no box
    assert found_head(over_its_edge, [CLOSE]) == face_head(over_its_edge)
