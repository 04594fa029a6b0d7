from __future__ import annotations

import numpy as np

from siseon.applications.gauges.curve import LINE, draw_curve


def blue(wrong: list[bool], instruments: int) -> np.ndarray:
    """(N, 2) y and x of the curve's pixels."""
    return np.argwhere((draw_curve(wrong, instruments, "test").pixels == LINE).all(axis=2))


def test_a_curve_without_wrong_readings_lies_on_the_axis_as_far_as_instruments_are_read() -> None:
    half, whole = blue([False] * 50, 100), blue([False] * 100, 100)
    assert np.ptp(half[:, 0]) <= 2
    assert half[:, 1].max() < 0.6 * whole[:, 1].max()


def test_wrong_readings_that_are_unsure_rise_at_the_end() -> None:
    found = blue([False] * 90 + [True] * 10, 100)
    top = found[found[:, 0].argmin()]
    assert top[1] == found[:, 1].max() or top[1] >= found[:, 1].max() - 3
    assert np.ptp(found[:, 0]) > 100


def test_nothing_read_is_a_picture_too() -> None:
    assert draw_curve([], 3, "test").width == 720
