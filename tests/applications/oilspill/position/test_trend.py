"""What the figures around say that one is."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.oilspill.position.trend import trend


def test_a_turn_is_followed_beyond_its_last_figure() -> None:
    moments = np.arange(9.0)
    told = trend(moments, 0.5 * moments**2 + 3 * moments, 9.0, step=1.0)
    assert told is not None
    assert told.expected == pytest.approx(0.5 * 81 + 27)
    assert told.likelihood(told.expected) == 1.0
    assert told.likelihood(told.expected + 5) < 0.01


def test_what_is_written_coarsely_is_told_coarsely() -> None:
    moments = [0.0, 1, 2, 3, 5, 6, 7, 8]
    fine = trend(moments, moments, 4.0, step=0.1)
    coarse = trend(moments, moments, 4.0, step=10.0)
    assert fine is not None
    assert coarse is not None
    assert fine.likelihood(5.0) < 0.01 < 0.5 < coarse.likelihood(5.0)


@pytest.mark.parametrize("moments", [[], [1.0, 2.0, 3.0], [4.0] * 6])
def test_too_few_tell_nothing(moments: list[float]) -> None:
    assert trend(moments, [7.0] * len(moments), 4.0, step=1.0) is None
