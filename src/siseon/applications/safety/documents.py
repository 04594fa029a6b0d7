"""Numbers of a person's documents and accounts, by their form and their check digits. Pure functions over one line.

US social security numbers (the Social Security Administration's rules on what is never issued), IBAN (ISO 13616, check
digits by ISO 7064 mod 97-10), and the machine-readable zone of passports and identity cards (ICAO Doc 9303, parts 3 to
6). All look at a bounded number of characters from each place of the line: linear in its length.
"""

from __future__ import annotations

import re

SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}(?P<mark>[ -]?)(?!00)\d{2}(?P=mark)(?!0000)\d{4}(?![\d-])")
"""No area is 000, 666 or 900 to 999, no group 00, no serial 0000."""
SSN_NAMED = re.compile(r"\bSSN\b|\bsocial security\b", re.IGNORECASE)
ADVERTISED = frozenset({"078051120", "219099999"})
"""Printed on sample cards and in advertisements: nobody's."""

IBAN_START = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?=[ -]?[A-Z0-9])")
# Characters of an IBAN by country, from the registry of ISO 13616.
IBAN_LENGTHS = {
    length: frozenset(countries.split())
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL",
        19: "MK SI",
        20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB PL",
        29: "BR EG PS QA UA",
        30: "JO KW MU",
        31: "MT SC",
        32: "LC",
    }.items()
}
LENGTH_OF = {country: length for length, countries in IBAN_LENGTHS.items() for country in countries}

MRZ_WEIGHTS = (7, 3, 1)
MRZ_NAMES = re.compile(r"[PVACI][A-Z<][A-Z0<]{3}[A-Z0]{1,38}(?:<[A-Z0]{1,38}){0,8}<<[A-Z0<]{0,38}<{2}")
"""The line with the name: document, country, surname, two fillers, given names, fillers. 44 characters are the most,
so the work is bounded; a name ends where a filler stands, so none is tried in parts. (Not by possessive quantifiers:
CPython 3.11.0 to 3.11.4, Debian 12's among them, match those of groups wrongly, gh-106052.)"""
_DATE, _CHECK = r"[\dOIBSZ]{6}", r"[\dOIBSZ]"
MRZ_NUMBERS = re.compile(
    rf"(?P<number>[A-Z\d<]{{9}})(?P<check1>{_CHECK})[A-Z\d<]{{3}}(?P<born>{_DATE})(?P<check2>{_CHECK})[MFX<]"
    rf"(?P<until>{_DATE})(?P<check3>{_CHECK})"
)
"""The second line of passports and visas."""
MRZ_CARD = re.compile(
    rf"(?P<born>{_DATE})(?P<check2>{_CHECK})[MFX<](?P<until>{_DATE})(?P<check3>{_CHECK})[A-Z\d<]{{14}}"
)
"""The second line of identity cards of three lines."""
DIGITS = str.maketrans("OIBSZ", "01852")
"""Letters that readers see where only digits may stand (and 0 where only letters may, for O)."""
MRZ_DATES = (("born", "check2"), ("until", "check3"))
FILLERS = str.maketrans({"«": "<<", "く": "<", "‹": "<", "《": "<<", " ": None})
"""What readers make of the filler <; the zone has no spaces."""


def has_social_security_number(text: str) -> bool:
    """Whether a US social security number stands in the text: with hyphens, or in a line that calls it so."""
    named = SSN_NAMED.search(text) is not None
    return any(
        (match["mark"] == "-" or named) and match[0].replace(match["mark"] or "-", "") not in ADVERTISED
        for match in SSN.finditer(text)
    )


def has_iban(text: str) -> bool:
    """Whether an IBAN stands in the text: of its country's length, with the right check digits."""
    upper = text.upper()
    return any(_iban_at(upper, match.start()) for match in IBAN_START.finditer(upper))


def has_passport_zone(text: str) -> bool:
    """Whether a line of a machine-readable zone stands here: one with the name, or one whose check digits are right."""
    zone = text.upper().translate(FILLERS)
    if MRZ_NAMES.match(zone):
        return True
    match = MRZ_NUMBERS.match(zone) or MRZ_CARD.match(zone)
    if match is None:
        return False
    parts = match.groupdict()
    numbers = {parts["number"], parts["number"].replace("O", "0")} if "number" in parts else set()
    return all(_confirmed(parts[field].translate(DIGITS), parts[check]) for field, check in MRZ_DATES) and (
        not numbers or any(_confirmed(number, parts["check1"]) for number in numbers)
    )


def _confirmed(field: str, check: str) -> bool:
    return mrz_check_digit(field) == check.translate(DIGITS)


def mrz_check_digit(field: str) -> str:
    """The check digit of a field (ICAO Doc 9303, part 3): weights 7, 3, 1; letters count from 10, fillers 0."""
    values = (0 if character == "<" else int(character, 36) for character in field)
    return str(sum(value * MRZ_WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def iban_is_right(iban: str) -> bool:
    """Whether the check digits of an IBAN, capitals and digits without spaces, are right."""
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


def _iban_at(text: str, start: int) -> bool:
    length = LENGTH_OF.get(text[start : start + 2])
    if length is None:
        return False
    # Groups are parted by one space or hyphen at most, so twice the length holds all of it.
    taken = [character for character in text[start : start + 2 * length] if character not in " -"][:length]
    iban = "".join(taken)
    return len(iban) == length and iban.isascii() and iban.isalnum() and iban_is_right(iban)
