"""The thresholds without a network."""

from __future__ import annotations

import numpy as np

from siseon.applications.oilspill.sea import by_thresholds


def test_a_slick_of_another_colour_is_parted_from_the_water() -> None:
    rng = np.random.default_rng(0)
    picture = np.broadcast_to(np.array([20, 70, 120]), (120, 160, 3)) + rng.integers(-10, 10, (120, 160, 1))
    picture = picture.astype(np.uint8)
    picture[30:60, 40:90] = (190, 110, 40)
    oil = by_thresholds(picture)
    assert oil[35:55, 45:85].all()
    assert oil.mean() < 0.1


def test_without_two_tones_there_is_nothing_to_part() -> None:
    assert not by_thresholds(np.full((40, 40, 3), 90, np.uint8)).any()
