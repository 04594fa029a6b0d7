"""Plates are lines of a plate's form and shape; a card's number may stand on two lines."""

from __future__ import annotations

import pytest

from siseon.applications.safety.lines import personal_lines
from siseon.applications.safety.plates import is_plate_number
from siseon.applications.text import Line


def _line(text: str, *, x: float = 0, y: float = 0, width: float = 200, height: float = 40) -> Line:
    ring = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
    return Line(polygon=ring, text=text, score=0.9)


@pytest.mark.parametrize(
    "text",
    [
        "12가 3456", "123허4567", "M-AB 1234", "B·XY 12E", "AB-123-CD", "FZ 123 XY", "AB12 CDE", "1234 BCD",
        "KR-123-X", "12-ABC-3", "WA 12345", "ABC 12D", "W-12345 X", "AA-12-BB", "1-ABC-123", "7ABC123", "ABC-1234",
        "123 ABC", "あ 12-34", "品川 300", "さ・・-12",
    ],
)  # fmt: skip
def test_forms_of_korea_europe_the_united_states_and_japan(text: str):
    assert is_plate_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "EXIT",
        "12:30",
        "2024-05-12",
        "$12.50",
        "ROUTE 66",
        "A4",
        "50 km",
        "No 123",
        "12,500 won",
        "010-1234-5678",
        "ISO 9001:2015",
        "ISO 9001",
        "MAY 2024",
        "TEL 12345",
        "12,3456",
        "EUR 1234",
        "SALE 50%",
    ],
)
def test_other_short_texts_are_no_plates(text: str):
    assert not is_plate_number(text)


def test_a_plate_is_as_wide_as_one():
    assert [kind for kind, _ in personal_lines([_line("AB12 CDE")])] == ["licence_plate"]
    assert not list(personal_lines([_line("AB12 CDE", width=40)]))
    assert not list(personal_lines([_line("AB12 CDE", width=400)]))


def test_a_card_over_two_lines_is_both_lines():
    upper, lower = _line("4111 1111"), _line("1111 1111", y=50)
    assert list(personal_lines([upper, lower])) == [("payment_card", upper), ("payment_card", lower)]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (_line("4111 1111"), _line("1111 1112", y=50)),  # a wrong last digit
        (_line("4111 1111"), _line("1111 1111", y=400)),  # far below
        (_line("4111 1111"), _line("1111 1111", x=300, y=50)),  # another column
        (_line("4111 1111"), _line("1111 1111 1111", y=50)),  # too long
        (_line("9111 1111"), _line("1111 1116", y=50)),  # no issuer begins so
    ],
)
def test_other_numbers_one_below_the_other_are_no_card(upper: Line, lower: Line):
    assert not list(personal_lines([upper, lower]))
