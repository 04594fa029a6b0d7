"""Personal data is told from other numbers by form, check digit and calendar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.safety.patterns import kinds_in, luhn, resident_check_digit


@pytest.mark.parametrize(
    "text",
    [
        "010-1234-5678",
        "Tel 01012345678",
        "011 234 5678",
        "02-123-4567",
        "(02) 1234-5678",
        "031.123.4567",
        "070-1234-5678",
        "+82 10-1234-5678",
        "212-555-0123",
        "(212) 555-0123",
        "1-800-555-0199",
        "+1 (212) 555-0123",
        "+44 20 7946 0958",
        "+4915112345678",
        "010–1234–5678",  # en dashes
        "０１０－１２３４－５６７８",  # full width
    ],
)
def test_phone_numbers_of_korea_north_america_and_the_world(text: str) -> None:
    assert kinds_in(text) == ("phone",)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-12",
        "8:30 - 18:00",
        "112-555-0123",  # no area starts with 1
        "212-155-0123",  # no exchange either
        "010-0234-5678",
        "010-1234-56789",
        "0212345678",  # ten digits in a row may be anything
        "2125550123",
        "+1234567",  # too short
        "192.168.10.1234",
        "ISBN 978-3-16-148410-0",
    ],
)
def test_dates_times_and_article_numbers_are_no_phone_numbers(text: str) -> None:
    assert kinds_in(text) == ()


@pytest.mark.parametrize("text", ["a.b+c@example.co.kr", "Mail: INFO@Example.COM", "info @ example.com"])
def test_email_addresses(text: str) -> None:
    assert kinds_in(text) == ("email",)


@pytest.mark.parametrize("text", ["price@home", "x@y.c", "@handle", "a b.com"])
def test_an_at_sign_alone_is_no_address(text: str) -> None:
    assert kinds_in(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "5555-5555-5555-4444",
        "6011000990139424",
        "3782 822463 10005",  # American Express: 15
        "3056 930902 5904",  # Diners Club: 14
        "4111 1111 1111 1111 12/27",
        "4111 1111 1111 1111 737",  # with its security code
        "2026 4111 1111 1111 1111",
    ],
)
def test_payment_cards_with_the_right_check_digit(text: str) -> None:
    assert kinds_in(text) == ("payment_card",)


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "3782 822463 10006",
        "0000 0000 0000 0000",
        "1111111111111117",
        "4006381333931",  # an article number
        "41 11 11 11 11 11 11 11",
    ],
)
def test_other_long_numbers_are_no_payment_cards(text: str) -> None:
    assert kinds_in(text) == ()


@given(st.text("0123456789", min_size=13, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_luhn_takes_one_check_digit_of_ten_and_notices_any_changed_digit(body: str, at: int, by: int) -> None:
    (check,) = [digit for digit in "0123456789" if luhn(body + digit)]
    at %= len(body)
    changed = body[:at] + str((int(body[at]) + by) % 10) + body[at + 1 :]
    assert not luhn(changed + check)


@pytest.mark.parametrize(
    "text",
    [
        "900101-1234567",  # numbers since October 2020 have no check digit
        "900101 - 1234567",
        "000229-3234567",  # a leap day
        "9001011234568",  # no hyphen, but the check digit
        "9001015234561",  # of a foreigner
    ],
)
def test_resident_numbers(text: str) -> None:
    assert kinds_in(text) == ("resident_number",)


@pytest.mark.parametrize(
    "text",
    [
        "901301-1234567",  # month 13
        "900230-2234567",  # 30 February
        "010229-3234567",  # 2001 had no leap day
        "991231-4234567",  # born in 2099
        "9001011234567",  # no hyphen and another check digit
        "900101-12345678",
    ],
)
def test_impossible_dates_and_wrong_check_digits_are_no_resident_numbers(text: str) -> None:
    assert kinds_in(text) == ()


def test_the_check_digit_of_foreign_residents_is_two_higher() -> None:
    assert resident_check_digit("9001011234568")
    assert not resident_check_digit("9001015234568")


def test_a_line_may_hold_several_kinds() -> None:
    assert kinds_in("Kim 010-1234-5678, kim@example.kr, 900101-1234567") == (
        "phone",
        "email",
        "resident_number",
    )
