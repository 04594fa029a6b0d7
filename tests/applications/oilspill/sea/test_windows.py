"""Windows cover every pixel of a picture, at each scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siseon.applications.oilspill.sea.windows import levels, weights

SIDE = 192


@given(st.integers(1, 9000), st.integers(1, 9000))
@settings(max_examples=50)
def test_each_pixel_of_each_level_lies_in_a_window(width: int, height: int) -> None:
    if max(width, height) > 20 * min(width, height):
        return
    for level in levels(width, height, SIDE):
        columns, rows = np.zeros(level.width, bool), np.zeros(level.height, bool)
        for window in level.windows:
            assert 0 <= window.x <= level.width - SIDE
            assert 0 <= window.y <= level.height - SIDE
            columns[window.x : window.x + SIDE] = True
            rows[window.y : window.y + SIDE] = True
        assert columns.all()
        assert rows.all()


@pytest.mark.parametrize(
    ("width", "height", "scales"), [(120, 90, 1), (300, 168, 1), (640, 360, 2), (1280, 720, 2)]
)
def test_small_pictures_are_not_enlarged_much(width: int, height: int, scales: int) -> None:
    looks = levels(width, height, SIDE)
    assert len(looks) == scales
    assert min(looks[0].width, looks[0].height) == SIDE


@pytest.mark.parametrize(
    ("width", "height", "count"), [(1280, 720, 10), (1536, 1024, 8), (1024, 768, 8), (800, 800, 5)]
)
def test_no_window_is_looked_through_for_a_few_columns(width: int, height: int, count: int) -> None:
    assert sum(len(level.windows) for level in levels(width, height, SIDE)) == count


def test_the_middle_of_a_window_counts_more_than_its_edge() -> None:
    counts = weights(SIDE)
    assert counts.shape == (SIDE, SIDE)
    assert counts[SIDE // 2, SIDE // 2] == 1
    assert 0 < counts[0, 0] < counts[0, SIDE // 2] < 1
