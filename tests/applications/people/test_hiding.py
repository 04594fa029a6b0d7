"""Nobody's head is ever seen, whatever was not found: what is hidden may be too much, never too little."""

from __future__ import annotations

import numpy as np

from people_poses import pose
from people_seen import body, chunk
from siseon.applications.people.contracts import Face, Moment, Refusal
from siseon.applications.people.hiding import Hiding
from siseon.contracts.wire import Box

SIZE = (1280, 720)
CLOSE_UP = np.zeros((17, 3))
CLOSE_UP[:7] = [
    *((x, y, 0.9) for x, y in ((250, 180), (264, 170), (236, 170), (280, 175), (220, 175))),
    *((x, 260, 0.9) for x in (330, 170)),
]
"""Joints of a face of 60 pixels from ear to ear, and shoulders of 160."""


def _hides(hiding: Hiding, t_ms: int, x: float, y: float) -> bool:
    return any(area.x1 <= x <= area.x2 and area.y1 <= y <= area.y2 for area in hiding.areas(t_ms, *SIZE))


def test_a_head_is_hidden_between_two_looks_wherever_it_is_on_the_way() -> None:
    hiding = Hiding([chunk(0, {1: {t: body(100 + t) for t in range(0, 2001, 200)}})])

    for t_ms in range(0, 2001, 40):
        assert _hides(hiding, t_ms, 100 + t_ms, 100 + 20)  # the body's top is at 100
        assert not _hides(hiding, t_ms, 100 + t_ms, 280)


def test_who_is_lost_for_a_moment_is_hidden_meanwhile() -> None:
    seen = {t: body(300) for t in range(0, 2001, 200) if not 600 <= t <= 1200}
    hiding = Hiding([chunk(0, {1: seen})])

    assert all(_hides(hiding, t_ms, 300, 120) for t_ms in range(0, 2001, 50))


def test_who_is_not_found_any_more_is_hidden_on_in_a_growing_place() -> None:
    hiding = Hiding([chunk(0, {1: {0: body(300), 200: body(300)}})])

    def width(t_ms: int) -> float:
        return max((area.x2 - area.x1 for area in hiding.areas(t_ms, *SIZE)), default=0)

    assert width(200) < width(600) < width(1100)
    assert width(1300) == 0


def test_people_and_faces_of_nobody_are_hidden_too() -> None:
    seen = chunk(0, {})
    moment = seen.moments[5].model_copy(
        update={
            "others": (Box(500, 100, 550, 250),),
            "faces": (Face(box=Box(800, 300, 830, 340), score=0.9),),
        }
    )
    moments = (*seen.moments[:5], moment, *seen.moments[6:])
    hiding = Hiding([seen.model_copy(update={"moments": moments})])

    for t_ms in (900, 1000, 1100):
        assert _hides(hiding, t_ms, 525, 120)
        assert _hides(hiding, t_ms, 815, 300 - 10)


def test_where_nobody_has_looked_all_is_hidden() -> None:
    hiding = Hiding([chunk(0, {}), chunk(3, {})])

    assert hiding.areas(4_000, *SIZE) == [Box(0, 0, *SIZE)]
    assert Hiding([]).areas(0, *SIZE) == [Box(0, 0, *SIZE)]
    assert hiding.areas(1_000, *SIZE) == []


def test_of_a_chunk_that_failed_all_is_hidden_from_its_border_on() -> None:
    whole = Box(0, 0, *SIZE)
    hiding = Hiding([chunk(0, {}), chunk(2, {})])

    assert [hiding.areas(t_ms, *SIZE) == [whole] for t_ms in (2_000, 2_001, 3_000, 3_999, 4_000)] == [
        *(False, True, True, True, False)
    ]
    assert hiding.areas(6_050, *SIZE) == []  # a picture more than the header says
    assert hiding.areas(6_400, *SIZE) == [whole]  # many more
    of_three = Hiding([chunk(0, {}), chunk(1, {})], end_ms=6_000)  # the last one has failed
    assert [of_three.areas(t_ms, *SIZE) == [whole] for t_ms in (4_000, 4_040, 4_100)] == [False, True, True]
    broken = Refusal(what="chunk", reason="failed", chunk=0, detail="no pictures can be read after 1000 ms")
    cut = chunk(0, {})
    cut = cut.model_copy(update={"moments": cut.moments[:6], "refused": (broken,)})
    assert [Hiding([cut]).areas(t_ms, *SIZE) == [whole] for t_ms in (1_000, 1_400)] == [False, True]


def test_pictures_that_nobody_looked_at_since_they_are_damaged_are_hidden_whole() -> None:
    seen = chunk(0, {})
    moments = tuple(one for one in seen.moments if not 600 < one.t_ms < 1_600)
    hiding = Hiding([seen.model_copy(update={"moments": moments})])

    times = (600, 640, 1_000, 1_200, 1_400, 1_600, 1_640)
    hidden = [hiding.areas(t_ms, *SIZE) == [Box(0, 0, *SIZE)] for t_ms in times]
    assert hidden == [False, True, True, True, False, False, False]


def test_of_somebody_who_fills_the_picture_only_the_head_is_hidden_while_it_is_told() -> None:
    close = {t: Box(100, 100, 400, 400) for t in range(0, 2001, 200)}
    looked = [0, 400, 800, 1_200]
    hiding = Hiding([chunk(0, {1: close}, poses={1: [pose(t, CLOSE_UP) for t in looked]})])

    for t_ms in range(0, 1_200, 40):
        assert _hides(hiding, t_ms, 250, 120)
        assert _hides(hiding, t_ms, 250, 210)
        assert not _hides(hiding, t_ms, 250, 330)
    assert _hides(hiding, 2_000, 250, 330)  # nobody has looked again


def test_a_head_that_two_people_claim_is_of_neither() -> None:
    boxes = {
        1: {t: Box(100, 100, 400, 400) for t in range(0, 401, 200)},
        2: {t: Box(150, 110, 420, 390) for t in range(0, 401, 200)},
    }
    poses = {one: [pose(t, CLOSE_UP) for t in boxes[one]] for one in boxes}
    hiding = Hiding([chunk(0, boxes, poses=poses, length_ms=400)])

    assert _hides(hiding, 200, 250, 330)


def test_a_head_below_a_raised_arm_is_hidden_with_what_is_above_it() -> None:
    box = Box(200, 100, 300, 400)  # upright: its upper quarter would be the hand
    points = CLOSE_UP.copy()
    points[:, 1] += 60
    hiding = Hiding([chunk(0, {1: {0: box, 200: box}}, poses={1: [pose(0, points)]}, length_ms=200)])

    assert _hides(hiding, 0, 250, 110)
    assert _hides(hiding, 0, 250, 230)


def test_a_face_is_followed_where_nobody_looks_at_joints_and_in_a_gap_all_may_be_a_head() -> None:
    """Joints at the first moment only; its face is seen on, but for one moment that is too long ago."""
    close = {t: Box(100, 100, 400, 400) for t in range(0, 1_601, 200)}
    seen = chunk(0, {1: close}, poses={1: [pose(0, CLOSE_UP)]}, length_ms=1_600)
    faces = (Face(box=Box(220, 140, 280, 215), score=0.9),)
    moments = tuple(
        moment.model_copy(update={"faces": faces if moment.t_ms <= 800 else ()}) for moment in seen.moments
    )
    hiding = Hiding([seen.model_copy(update={"moments": moments})])

    for t_ms in range(0, 800, 40):
        assert _hides(hiding, t_ms, 250, 110)
        assert _hides(hiding, t_ms, 225, 210)
        assert not _hides(hiding, t_ms, 250, 330)
    assert _hides(hiding, 1_200, 250, 330)


def test_where_most_comes_and_goes_between_looks_places_grow_as_fast_as_people_run() -> None:
    seen = chunk(0, {1: {t: body(300) for t in range(0, 2_001, 200)}})
    moments = tuple(one.model_copy(update={"others": (Box(600, 100, 640, 200),)}) for one in seen.moments)
    between = tuple(Moment(t_ms=t + 80) for t in range(0, 2_000, 200))
    slow = Hiding([seen.model_copy(update={"moments": moments, "between": between[1:]})])
    fast = Hiding([seen.model_copy(update={"moments": moments, "between": (*between, Moment(t_ms=2_000))})])

    assert _hides(slow, 240, 645, 110)
    assert not _hides(slow, 240, 660, 110)
    assert _hides(fast, 240, 660, 110)
    assert not _hides(fast, 200, 660, 110)
