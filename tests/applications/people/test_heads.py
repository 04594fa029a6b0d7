"""A head is told where witnesses agree, or one is beyond doubt; everywhere else it may be anywhere."""

from __future__ import annotations

import pytest

from siseon.applications.people.contracts import Face, KeyPoint
from siseon.applications.people.heads import head, told_head
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
    told = told_head(CLOSE, points, faces)

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
        (Box(0, 0, 75, 100), 0.6),
        (Box(0, 0, 100, 90), 1.0),
        (Box(0, 0, 200, 50), 1.0),
    ],
)
def test_the_broader_a_box_the_more_of_it_may_be_a_head(box, share) -> None:
    area = head(box)

    assert area.y1 < box.y1
    assert area.x1 < box.x1
    assert area.y2 >= box.y1 + share * (box.y2 - box.y1)
