from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.gauges.numerals import Numeral, find_scale, number
from siseon.applications.gauges.plane import homography, on_circle, project

VIEW = homography(np.array([300.0, 200.0]), np.array([[120.0, 10.0], [0.0, 85.0]]), np.zeros(2))


def standing(values: dict[float, float], radius: float = 1.0) -> list[Numeral]:
    """Numbers by value and angle on a dial that is seen at an angle."""
    places = project(VIEW, np.array([on_circle(angle, radius) for angle in values.values()]))
    return [Numeral(value, *place) for value, place in zip(values, places.tolist(), strict=True)]


def even(values: list[float], start: float = -135, end: float = 135) -> dict[float, float]:
    return dict(zip(values, np.linspace(start, end, len(values)).tolist(), strict=True))


NUMBERS = {"40": 40, "-20": -20, "–20": -20, "10-": 10, "0.5": 0.5, "1,6": 1.6, "120⁻": 120, "O": 0}
OTHER = ("12:30", "psi", "4O", "", "050-02-01", "-", "1234567")


@pytest.mark.parametrize(("text", "value"), [*NUMBERS.items(), *((text, None) for text in OTHER)])
def test_a_number_is_told_from_other_writing(text: str, value: float | None) -> None:
    assert number(text) == value


def test_the_numbers_of_a_scale_are_found_among_others_and_tell_how_the_dial_is_seen() -> None:
    other = [Numeral(2009, 250, 260), Numeral(16, 310, 150), Numeral(7, 20, 30), Numeral(40, 500, 400)]
    scale = find_scale([*other, *standing(even([0, 20, 40, 60, 80, 100]))])
    assert scale is not None
    assert scale.values.tolist() == [0, 20, 40, 60, 80, 100]
    assert np.allclose(np.diff(scale.angles), 54, atol=3)
    assert np.allclose(project(scale.to_picture, np.zeros((1, 2))), [[300, 200]], atol=6)


def test_a_scale_may_fall_and_be_centred_on_zero() -> None:
    scale = find_scale(standing(even([30, 20, 10, 0, -10, -20, -30])))
    assert scale is not None
    assert scale.values.tolist() == [30, 20, 10, 0, -10, -20, -30]


def test_where_the_plane_is_known_divisions_need_not_be_quite_even() -> None:
    uneven = standing({0: -120, 10: -90, 20: -55, 30: -22, 40: 10})
    scale = find_scale(uneven, VIEW)
    assert scale is not None
    assert scale.values.tolist() == [0, 10, 20, 30, 40]


def test_hours_are_not_a_scale() -> None:
    clock = standing({float(hour): 30.0 * hour for hour in range(1, 13)})
    assert find_scale(clock) is None


@pytest.mark.parametrize("step", [5, 10])
@pytest.mark.parametrize("turn", [1, -1])
def test_minutes_are_not_a_scale(step: int, turn: int) -> None:
    minutes = standing({float(one): 6.0 * turn * one for one in range(step, 61, step)})
    assert find_scale(minutes, VIEW) is None


def test_hours_of_a_day_and_a_compass_are_not_a_scale() -> None:
    assert find_scale(standing({float(hour): 15.0 * hour for hour in range(2, 25, 2)})) is None
    assert find_scale(standing({float(degrees): degrees for degrees in range(0, 360, 30)}), VIEW) is None


@pytest.mark.parametrize("values", [[0, 1, 2, 3], [0, 1, 2, 3, 4, 5], list(range(11))])
@pytest.mark.parametrize("sweep", [270, 300])
def test_a_scale_with_ends_is_one_whatever_its_gap(values: list[float], sweep: float) -> None:
    scale = find_scale(standing(even(values, -sweep / 2, sweep / 2)), VIEW)
    assert scale is not None
    assert scale.values.tolist() == values


def test_numbers_without_order_are_not_a_scale() -> None:
    """A dart board."""
    board = [20, 1, 18, 4, 13, 6, 10, 15, 2, 17, 3, 19, 7, 16, 8, 11, 14, 9, 12, 5]
    found = find_scale(standing({float(value): 18.0 * place for place, value in enumerate(board)}))
    assert found is None or len(found.numerals) == 3  # three fit by chance, and are too few to be read


def test_a_table_of_numbers_is_not_a_scale() -> None:
    table = [
        Numeral(10.0 * row + column, 60.0 * column, 40.0 * row) for row in range(5) for column in range(5)
    ]
    found = find_scale(table)
    assert found is None or len(found.numerals) <= 5
