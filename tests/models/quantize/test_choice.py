"""The fewest layers that stay in float, by a bounded number of trials."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.models.quantize.choice import fewest, groups, moved


@given(st.integers(1, 64), st.integers(0, 70))
def test_the_least_number_that_is_good_is_found_in_few_questions(count: int, least: int) -> None:
    asked: list[int] = []

    def is_good(number: int) -> bool:
        asked.append(number)
        return number >= least

    assert fewest(count, is_good) == (least if least < count else None)
    assert len(asked) <= math.ceil(math.log2(count)) + 2


@given(st.integers(1, 500), st.integers(1, 40))
def test_groups_are_neighbours_of_about_the_same_size(layers: int, most: int) -> None:
    parts = groups(layers, most)
    assert [number for part in parts for number in part] == list(range(layers))
    assert len(parts) == min(layers, most)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_an_answer_moves_in_the_spread_of_its_column() -> None:
    rows = np.array([[0.0, 0.0], [2.0, 2000.0]], np.float32)
    off = rows + np.array([0.1, 100.0], np.float32)
    assert moved([{"y": rows}], [{"y": rows}]) == 0
    assert moved([{"y": rows}], [{"y": off}]) == pytest.approx(0.1, rel=1e-3)
    assert moved([{"n": np.array([1, 2])}], [{"n": np.array([3, 4])}]) == 0  # no figures, numbers of classes
