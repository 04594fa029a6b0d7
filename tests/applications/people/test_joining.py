"""Fewer areas hide all that more did."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.people.joining import joined
from siseon.contracts.wire import Box

boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    *(st.floats(0, 500), st.floats(0, 500), st.floats(5, 200), st.floats(5, 200)),
)


@given(st.lists(boxes, max_size=12))
def test_fewer_areas_hide_all_that_more_did(areas: list[Box]) -> None:
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
