"""Texts that name or reach a person, by their form and their check digits. Pure functions over one line of text.

A form alone is matched where it is specific enough; a bare run of digits only where a check digit confirms it, since
most runs of digits are article numbers and dates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from siseon.applications.safety.contracts import Kind
from siseon.applications.safety.documents import has_iban, has_passport_zone, has_social_security_number

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－ー", "-"))
"""What readers and typesetters put for a hyphen."""

EMAIL = re.compile(
    r"[A-Z0-9][A-Z0-9._%+-]{0,63} ?@ ?(?:[A-Z0-9-]{1,63}\.)+[A-Z]{2,24}(?![A-Z0-9])", re.IGNORECASE
)

PHONES = (
    # Korean mobile lines, with or without separators: 010-1234-5678.
    re.compile(r"(?<![\d+])01[016789][ .-]?[1-9]\d{2,3}[ .-]?\d{4}(?!\d)"),
    # Korean land and internet lines, with separators: 02-123-4567, (031) 123-4567, 070.1234.5678.
    re.compile(r"(?<![\d+])\(?0(?:2|[3-6][1-5]|70|50\d?)(?:\) ?|[ .-])[1-9]\d{2,3}[ .-]\d{4}(?!\d)"),
    # North American, with separators: no area and no exchange starts with 0 or 1.
    re.compile(r"(?<![\d+])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?!\d)"),
    # International, E.164: a plus, then 8 to 15 digits in groups, an area code perhaps in brackets.
    re.compile(r"\+[1-9](?:[ .-]?\(?\d\)?){7,14}(?!\d)"),
)

CARDS = tuple(
    re.compile(rf"(?<!\d)(?=([2-69]{form})(?!\d))")  # a lookahead: a number may start inside another match
    for form in (
        r"\d{3}(?:[ -]?\d{4}){3}",  # most cards
        r"\d{3}(?:[ -]?\d{4}){3}[ -]?\d{1,3}",  # up to 19 digits
        r"\d{3}[ -]?\d{6}[ -]?\d{4,5}",  # American Express, Diners Club
    )
)
"""14 to 19 digits as cards print them; the first is one that networks issue. Thirteen are an article number."""

RESIDENT = re.compile(r"(?<!\d)(\d{6})( ?- ?)?(\d{7})(?!\d)")

RESIDENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
CENTURY = {
    "9": 1800,
    "0": 1800,
    "1": 1900,
    "2": 1900,
    "5": 1900,
    "6": 1900,
    "3": 2000,
    "4": 2000,
    "7": 2000,
    "8": 2000,
}
"""Of birth, by the seventh digit of a resident number."""
FOREIGN = "5678"
"""Seventh digits of foreign residents, whose check digit is two higher."""


def kinds_in(text: str) -> tuple[Kind, ...]:
    """Which kinds of personal data stand in a line of text, each once."""
    text = unicodedata.normalize("NFKC", text).translate(DASHES)
    return tuple(kind for kind, holds in CHECKS.items() if holds(text))


def has_email(text: str) -> bool:
    """Whether an e-mail address stands in the text; one space beside the @ is a reader's."""
    return EMAIL.search(text) is not None


def has_phone(text: str) -> bool:
    """Whether a Korean, a North American or an international telephone number stands in the text."""
    return any(form.search(text) for form in PHONES)


def has_payment_card(text: str) -> bool:
    """Whether a payment card's number stands in the text: its last digit must be right."""
    return any(luhn(_digits(match[1])) for form in CARDS for match in form.finditer(text))


def has_resident_number(text: str) -> bool:
    """Whether a Korean resident registration number stands in the text.

    Its date of birth must exist. Six digits, a hyphen and seven are then enough: numbers given since October
    2020 have no check digit. Thirteen digits in a row need the right one.
    """
    return any(
        _born(birth + rest) and (hyphen is not None or resident_check_digit(birth + rest))
        for birth, hyphen, rest in (match.groups() for match in RESIDENT.finditer(text))
    )


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (Luhn, ISO/IEC 7812-1)."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0


def resident_check_digit(digits: str) -> bool:
    """Whether the last of the 13 digits of a resident number follows from the others."""
    total = sum(weight * int(digit) for weight, digit in zip(RESIDENT_WEIGHTS, digits[:-1], strict=True))
    base = 13 if digits[6] in FOREIGN else 11
    return (base - total % 11) % 10 == int(digits[-1])


def _born(digits: str) -> bool:
    """Whether the first six digits, with the century of the seventh, are a day that has been."""
    try:
        birth = date(CENTURY[digits[6]] + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    return birth <= date.today()


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


CHECKS: dict[Kind, Callable[[str], bool]] = {
    "phone": has_phone,
    "email": has_email,
    "payment_card": has_payment_card,
    "resident_number": has_resident_number,
    "social_security_number": has_social_security_number,
    "iban": has_iban,
    "passport": has_passport_zone,
}
