"""Numbers of what displays show."""

from __future__ import annotations

import pytest

from siseon.applications.gauges.digital.value import Form, Number, number_of

COUNTER = Form(counter=True, digits=5)


@pytest.mark.parametrize(
    ("text", "form", "value", "uncertainty"),
    [
        ("23.5", Form(), 23.5, 0.05),
        ("-7", Form(), -7, 0.5),
        ("0042", Form(), 42, 0.5),
        ("1234", Form(decimals=2), 12.34, 0.005),
        ("12.34", Form(decimals=2), 12.34, 0.005),
        ("8.", Form(), 8, 0.5),
        (".5", Form(), 0.5, 0.05),
        ("01234", Form(counter=True, digits=5, decimals=3), 1.234, 0.0005),
        ("12:34", Form(clock=True), 754, 0.5),
        ("1:00:05", Form(clock=True), 3605, 0.5),
        ("1:02.5", Form(clock=True), 62.5, 0.05),
    ],
)
def test_a_number_is_known_to_half_its_last_place(
    text: str, form: Form, value: float, uncertainty: float
) -> None:
    number = number_of(text, form)
    assert isinstance(number, Number)
    assert (number.value, number.uncertainty) == pytest.approx((value, uncertainty))


@pytest.mark.parametrize(("text", "unit"), [("21.5C", "°C"), ("-40F", "°F"), ("21.5", None)])
def test_a_letter_behind_tells_the_unit_of_a_temperature(text: str, unit: str | None) -> None:
    number = number_of(text, Form())
    assert isinstance(number, Number)
    assert number.unit == unit


@pytest.mark.parametrize(
    ("text", "value"),
    [("0123⁴", 1234.5), ("012³⁹", 1239.5), ("01⁹⁹⁹", 1999.5), ("⁹⁹⁹⁹⁹", 99999.5)],
)
def test_a_counter_whose_last_drum_moves_is_between_two_values(text: str, value: float) -> None:
    number = number_of(text, COUNTER)
    assert isinstance(number, Number)
    assert (number.value, number.uncertainty, number.moving) == (value, 0.5, True)


@pytest.mark.parametrize("text", ["012³4", "012³8", "012³⁴", "0¹²³⁴"])
def test_a_drum_that_moves_while_the_next_does_not_carry_it_is_refused(text: str) -> None:
    assert number_of(text, COUNTER) == "between_digits"


@pytest.mark.parametrize(
    ("text", "form", "reason"),
    [
        ("", Form(), "no_display"),
        ("Err", Form(), "not_a_number"),
        ("-", Form(), "not_a_number"),
        ("1-2", Form(), "not_a_number"),
        ("1.2.3", Form(), "not_a_number"),
        ("12:34", Form(), "not_a_number"),
        (":34", Form(clock=True), "not_a_number"),
        ("1 3", Form(), "incomplete"),
        ("0123", COUNTER, "incomplete"),
        ("012345", COUNTER, "unclear"),
        ("1234", Form(digits=3), "unclear"),
        ("12.3", Form(decimals=2), "unclear"),
        ("3⁴", Form(), "between_digits"),
        ("120", Form(maximum=100), "out_of_range"),
        ("-1", Form(minimum=0), "out_of_range"),
    ],
)
def test_what_is_no_number_of_that_form_has_a_reason(text: str, form: Form, reason: str) -> None:
    assert number_of(text, form) == reason
