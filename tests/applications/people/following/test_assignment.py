from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.people.following.assignment import assigned


def test_the_greatest_sum_is_found_though_the_greatest_gain_is_not_in_it() -> None:
    assert assigned(np.array([[10.0, 9.0], [9.0, 1.0]])) == [(0, 1), (1, 0)]


def test_of_more_rows_than_columns_those_are_left_out_that_gain_least() -> None:
    assert assigned(np.array([[1.0], [3.0], [2.0]])) == [(1, 0)]
    assert assigned(np.array([[1.0, 3.0, 2.0]])) == [(0, 1)]


def test_where_nothing_is_to_be_given_nothing_is() -> None:
    assert assigned(np.empty((0, 3))) == assigned(np.empty((3, 0))) == []


def test_it_answers_as_scipy_does_of_equal_sums_too() -> None:
    reference = pytest.importorskip("scipy.optimize").linear_sum_assignment
    random = np.random.default_rng(5)
    for levels in (2, 3, 1_000_000):
        for _ in range(200):
            size = random.integers(1, 13, 2)
            gains = (random.integers(0, levels, size) / levels).astype(np.float32)
            rows, columns = reference(gains, maximize=True)
            assert assigned(gains) == list(zip(rows.tolist(), columns.tolist(), strict=True))
