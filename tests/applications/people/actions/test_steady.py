from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from siseon.applications.people.actions.steady import HELD, NOTHING, steady


def course(*first: float | None) -> list[int]:
    """Labels, of the scores of the first of two that add up to 1."""
    rows = [(np.nan, np.nan) if one is None else (one, 1 - one) for one in first]
    return steady(np.array(rows)).tolist()


def test_one_doubtful_second_changes_nothing() -> None:
    assert course(0.9, 0.9, 0.4, 0.9, 0.9) == [0] * 5


def test_a_clear_second_does() -> None:
    assert course(0.9, 0.9, 0.02, 0.9, 0.9) == [0, 0, 1, 0, 0]


def test_several_doubtful_ones_do_too() -> None:
    assert course(0.9, 0.9, 0.3, 0.3, 0.3, 0.3) == [0, 0, 1, 1, 1, 1]


def test_few_seconds_without_a_score_are_bridged_and_many_are_not() -> None:
    assert course(0.9, *[None] * HELD, 0.9) == [0] * (HELD + 2)
    assert course(0.9, *[None] * 6, 0.9) == [0, *[NOTHING] * 6, 0]


def test_nothing_is_said_before_the_first_score_and_after_the_last() -> None:
    assert course(None, 0.9, None) == [NOTHING, 0, NOTHING]
    assert course(None, None) == [NOTHING, NOTHING]


def test_a_posture_of_one_second_at_either_end_needs_as_much_as_one_amid_others() -> None:
    entering = np.array([(0.22, 0.78), (0.9, 0.1), (0.9, 0.1)])

    assert steady(entering).tolist() == [1, 0, 0]
    assert steady(entering, at_ends=2.0).tolist() == [0, 0, 0]
    assert steady(entering[::-1], at_ends=2.0).tolist() == [0, 0, 0]
    assert steady(np.array([(0.02, 0.98), (0.9, 0.1), (0.9, 0.1)]), at_ends=2.0).tolist() == [1, 0, 0]


def test_what_is_doubted_has_to_last_where_nothing_is_told_around_it() -> None:
    def alone(seconds: int, score: float) -> list[int]:
        return steady(np.array([(1 - score, score)] * seconds), rest=0).tolist()

    assert alone(1, 0.55) == [0]
    assert alone(4, 0.55) == [0] * 4
    assert alone(6, 0.55) == [1] * 6
    assert alone(1, 0.9) == [1]


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_second_with_a_score_has_a_label(scores: list[float | None]) -> None:
    labels = course(*scores)
    assert all(label != NOTHING for label, score in zip(labels, scores, strict=True) if score is not None)
