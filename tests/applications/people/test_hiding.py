"""Nobody's head is ever seen, whatever was not found: what is hidden may be too much, never too little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people_seen import body, chunk
from siseon.applications.people.contracts import Face
from siseon.applications.people.hiding import Hiding, head, joined
from siseon.contracts.wire import Box

SIZE = (1280, 720)


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


boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    *(st.floats(0, 500), st.floats(0, 500), st.floats(5, 200), st.floats(5, 200)),
)


@given(st.lists(boxes, max_size=12))
def test_fewer_areas_hide_all_that_more_did_and_little_else(areas: list[Box]) -> None:
    kept = joined(areas)

    assert len(kept) <= len(areas)
    for area in areas:
        assert any(
            one.x1 <= area.x1 and one.y1 <= area.y1 and one.x2 >= area.x2 and one.y2 >= area.y2
            for one in kept
        )


def test_areas_of_somebody_who_stands_are_one_and_of_two_apart_stay_two() -> None:
    stands = [Box(100, 100, 140, 140), Box(101, 100, 141, 140), Box(100, 101, 140, 141)]

    assert joined(stands) == [Box(100, 100, 141, 141)]
    assert len(joined([Box(0, 0, 40, 40), Box(60, 0, 100, 40)])) == 2
