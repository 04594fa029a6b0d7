"""Document and account numbers are told by form and check digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.safety.documents import iban_is_right, mrz_check_digit
from siseon.applications.safety.patterns import kinds_in


@pytest.mark.parametrize(
    "text", ["123-45-6789", "SSN: 123 45 6789", "Social Security No. 123456789", "SSN 123-45-6789"]
)
def test_a_social_security_number_has_hyphens_or_its_name_beside_it(text: str):
    assert kinds_in(text) == ("social_security_number",)


@pytest.mark.parametrize(
    "text",
    [
        "000-45-6789",  # areas that are never issued
        "666-45-6789",
        "912-45-6789",
        "123-00-6789",  # no group 00
        "123-45-0000",  # no serial 0000
        "078-05-1120",  # a sample card's
        "123 45 6789",  # nine digits in groups may be anything
        "123456789",
        "1-123-45-6789",
        "123-45-67890",
        "123-45 6789",
        "lessons 123456789",
    ],
)
def test_what_is_never_issued_or_unnamed_is_no_social_security_number(text: str):
    assert kinds_in(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "DE89 3704 0044 0532 0130 00",
        "IBAN: GB82WEST12345698765432",
        "FR14 2004 1010 0505 0001 3M02 606",
        "de89 3704 0044 0532 0130 00 BIC COBADEFFXXX",
        "NO93 8601 1117 947",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
    ],
)
def test_an_iban_has_its_countrys_length_and_right_check_digits(text: str):
    assert "iban" in kinds_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "DE88 3704 0044 0532 0130 00",
        "DE89 3704 0044 0532 0130",
        "ZZ89 3704 0044 0532 0130 00",
        "XDE89370400440532013000",
    ],
)
def test_another_length_country_or_check_digit_is_no_iban(text: str):
    assert "iban" not in kinds_in(text)


@given(
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18),
    st.integers(0, 17),
    st.integers(1, 9),
)
def test_one_wrong_digit_breaks_the_check(account: str, place: int, by: int):
    check = 98 - int("".join(str(int(c, 36)) for c in account + "DE00")) % 97
    iban = f"DE{check:02d}{account}"
    assert iban_is_right(iban)
    if account[place].isdigit():
        wrong = str((int(account[place]) + by) % 10)
        assert not iban_is_right(iban[: 4 + place] + wrong + iban[5 + place :])


# The examples of ICAO Doc 9303: parts 4 (passport) and 5 (card).
@pytest.mark.parametrize(
    "text",
    [
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "L898902C36UT07408122F1204159ZE184226B<<<<<10",  # a reader's 0 for O, and O for 0
        "P<UT0ERIKSS0N<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "7408122F12O4159UTO<<<<<<<<<<<6",
        "L898902C36 UTO7408122F1204159ZE184226B « « «10",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "IDUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<",
    ],
)
def test_a_machine_readable_zone_is_a_passport(text: str):
    assert kinds_in(text) == ("passport",)


@pytest.mark.parametrize(
    "text",
    [
        "L898902C37UTO7408122F1204159ZE184226B<<<<<10",
        "L898902C36UTO7408123F1204159ZE184226B<<<<<10",
        "7408121F1204159UTO<<<<<<<<<<<6",
        "PARKING < 30 MIN",
        "A << B",
    ],
)
def test_a_wrong_check_digit_or_a_stray_filler_is_none(text: str):
    assert kinds_in(text) == ()


def test_the_check_digit_is_that_of_doc_9303():
    assert mrz_check_digit("520727") == "3"
    assert mrz_check_digit("AB2134<<<") == "5"


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "DE89 ", "P<UTOA<", "<", "A<", "a.", "1-", "a@", "12-3", "SSN 1"]
)
def test_a_long_hostile_line_is_answered(piece: str):
    assert isinstance(kinds_in(piece * 40_000), tuple)
