"""Oil that drifts between two passes."""

from __future__ import annotations

import numpy as np
import pytest

from applications.oilspill.slicks.flight import frame
from siseon.applications.oilspill.slicks import merged


def _flight(second: float, *, east: float = 500.0):
    """A slick, and one that is seen some seconds later in a frame beside the first."""
    return [
        frame("then.jpg", [(0.0, 0.0, 40.0, "rainbow")]),
        frame("now.jpg", [(east, 0.0, 50.0, "sheen")], east=east, seconds=second),
    ]


def test_what_can_have_drifted_to_where_a_later_pass_saw_oil_says_so() -> None:
    found = {one.sea_class: one for one in merged(_flight(900))}
    assert found["rainbow"].may_be_counted_twice
    assert not found["sheen"].may_be_counted_twice
    assert found["rainbow"].area_m2 == pytest.approx(np.pi * 40**2, rel=0.02)


@pytest.mark.parametrize(("second", "east"), [(60, 500.0), (130, 700.0)])
def test_neither_within_a_pass_nor_beyond_its_reach_does_it(second: float, east: float) -> None:
    assert not any(one.may_be_counted_twice for one in merged(_flight(second, east=east)))


def test_without_times_nothing_is_compared() -> None:
    frames = [one.model_copy(update={"time": None}) for one in _flight(900)]
    assert not any(one.may_be_counted_twice for one in merged(frames))
