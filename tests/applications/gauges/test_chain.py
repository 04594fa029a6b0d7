"""Scales whose divisions differ, and numbers that contradict one."""

from __future__ import annotations

import numpy as np

from siseon.applications.gauges.automatic import Dial, Missing, scales_of
from siseon.applications.gauges.chain import contradicted, extended
from siseon.applications.gauges.numerals import NumberedScale, Numeral, find_scale
from siseon.applications.gauges.plane import on_circle


def at(value: float, angle: float, radius: float = 100.0) -> Numeral:
    x, y = on_circle(angle, radius)
    return Numeral(value, 200 + x, 200 + y)


EVEN = [at(20, -60), at(40, 0), at(60, 60), at(80, 120)]
FRONT = np.array([[100, 0, 200], [0, 100, 200], [0, 0, 1.0]])


def even() -> NumberedScale:
    scale = find_scale(EVEN, FRONT)
    assert scale is not None
    return scale


def test_a_first_division_that_is_smaller_belongs_to_the_scale() -> None:
    longer = extended(even(), [*EVEN, at(0, -95)])
    assert longer.values.tolist() == [0, 20, 40, 60, 80]
    assert np.allclose(np.diff(longer.angles), [35, 60, 60, 60], atol=1)


def test_a_number_in_another_place_or_of_another_step_does_not() -> None:
    for stray in (at(0, -65), at(0, -95, 60), at(10, -95), at(0, 170)):
        assert len(extended(even(), [*EVEN, stray]).numerals) == 4


def test_values_of_no_common_division_are_no_scale() -> None:
    scale = find_scale([*EVEN, at(55.013, 45)], FRONT)
    assert scale is not None
    assert scale.values.tolist() == [20, 40, 60, 80]


def test_another_number_among_those_of_a_scale_contradicts_it() -> None:
    assert contradicted(even(), [*EVEN, at(77, 30)])
    assert not contradicted(even(), [*EVEN, at(77, 61), at(77, 30, 50), at(77, 200)])


def test_a_dial_from_thirty_over_zero_to_thirty_whose_signs_were_lost_is_not_read() -> None:
    right = [at(0, 0), at(10, 30), at(20, 60), at(30, 90)]
    left = [at(10, -30), at(20, -60), at(30, -90)]
    scale = find_scale(right, FRONT)
    assert scale is not None
    x, y = on_circle(-30, 100)
    area = round(190 + x), round(190 + y), round(210 + x), round(210 + y)
    missing = (Missing(0, -10.0, 200 + x, 200 + y, area),)
    for text, read in (("10", 0), ("-10", 1)):
        dial = Dial(FRONT, (scale,), (None,), missing, tuple(right if read else right + left))
        assert len(scales_of(dial, [text])) == read
