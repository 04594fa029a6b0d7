import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.translation.panels import reading_order


def _page():
    """Two rows of two panels; the lower gutter between columns stands further left."""
    rng = np.random.default_rng(1)
    page = np.full((800, 600, 3), 255, np.uint8)
    for top, bottom, left, right in [
        (20, 380, 20, 380),
        (20, 380, 400, 580),
        (400, 780, 20, 180),
        (400, 780, 200, 580),
    ]:
        page[top:bottom, left:right] = rng.integers(0, 255, (bottom - top, right - left, 1))
    return page


BALLOONS = np.array(
    [
        [40, 40, 120, 90],
        [250, 300, 350, 350],
        [420, 30, 520, 80],
        [30, 600, 150, 640],
        [220, 420, 300, 470],
        [400, 700, 560, 760],
    ],
    np.float32,
)


def test_panels_are_read_row_by_row():
    assert reading_order(BALLOONS, _page()) == [0, 1, 2, 3, 4, 5]


def test_panels_from_right_to_left():
    assert reading_order(BALLOONS, _page(), right_to_left=True) == [2, 0, 1, 4, 5, 3]


def test_two_columns_of_print_are_read_column_by_column():
    page = np.full((800, 600, 3), 255, np.uint8)
    boxes = np.array(
        [[320, 20, 580, 300], [20, 20, 280, 200], [320, 315, 580, 700], [20, 215, 280, 700]], np.float32
    )

    assert reading_order(boxes, page) == [1, 3, 0, 2]


@pytest.mark.parametrize("right_to_left", [False, True])
def test_without_gutters_boxes_are_read_by_their_gaps(right_to_left):
    photo = np.random.default_rng(2).integers(0, 255, (400, 400, 3), np.uint8)
    boxes = np.array([[20, 300, 380, 380], [20, 20, 150, 100], [200, 20, 380, 100]], np.float32)

    assert reading_order(boxes, photo, right_to_left=right_to_left) == (
        [2, 1, 0] if right_to_left else [1, 2, 0]
    )


@given(
    st.lists(st.tuples(*[st.floats(-20, 130, width=32)] * 4), max_size=40),
    st.integers(1, 90),
    st.integers(1, 90),
    st.booleans(),
)
def test_every_box_is_read_once(sides, height, width, right_to_left):
    boxes = np.array(
        [[min(a, c), min(b, d), max(a, c), max(b, d)] for a, b, c, d in sides], np.float32
    ).reshape(-1, 4)
    page = np.random.default_rng(3).integers(0, 255, (height, width, 3), np.uint8)

    assert sorted(reading_order(boxes, page, right_to_left=right_to_left)) == list(range(len(boxes)))
