"""What of a row of figures is written."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from siseon.contracts import Measurement
from siseon.streams.history.change import Written, is_news
from siseon.streams.history.options import HistoryOptions


def figure(value: float | None, **others: Any) -> Measurement:
    if value is None:
        return Measurement(tag="t", value=None, quality="bad", **{"reason": "glare", **others})
    return Measurement(tag="t", value=value, **others)


def written(figures: list[tuple[float, Measurement]], **options: float) -> list[Measurement]:
    last, found = None, []
    for at, one in figures:
        if is_news(last, one, at, HistoryOptions.model_validate(options)):
            last = Written(one, at)
            found.append(one)
    return found


def test_a_value_that_stays_is_written_now_and_then():
    steady = [(float(at), figure(5.0)) for at in range(100)]
    assert len(written(steady, every_s=30)) == 4
    assert len(written(steady, every_s=0)) == 100


def test_another_quality_unit_or_reason_is_always_news():
    row = [figure(5.0), figure(5.0, unit="bar"), figure(None), figure(None, reason="blur"), figure(None)]
    assert written([(float(at), one) for at, one in enumerate(row)], deadband=10) == row
    assert len(written([(0.0, figure(None)), (1.0, figure(None))])) == 1


@given(st.lists(st.floats(-100, 100), min_size=1), st.floats(0, 50))
def test_no_value_is_farther_from_the_one_written_before_it_than_the_deadband(values, deadband):
    """So that who draws the history is wrong by no more than it, however slowly a value drifts."""
    last = None
    for at, value in enumerate(values):
        if is_news(last, figure(value), float(at), HistoryOptions(deadband=deadband, every_s=1e4)):
            last = Written(figure(value), float(at))
        assert last is not None
        assert last.figure.value is not None
        assert abs(value - last.figure.value) <= deadband
