"""Licence plates: a line of text that is nothing but a plate's number, in the shape of a plate.

Forms of Korea, the larger countries of Europe, the United States and Japan. A form alone is weak ("AB 123" stands on
many things), so the line must be all of it and as wide beside its height as a plate's number is. The reader knows no
Hangul: in a Korean number the syllable may stand as another character.
"""

from __future__ import annotations

import math
import re

from siseon.applications.safety.written import Written

FLATTEST, WIDEST = 1.6, 9.0
"""Width to height of the line: Japan's four digits are the shortest, Germany's long ones the widest."""

MARKS = str.maketrans({"·": "-", "•": "-", "∙": "-", "・": "-", ".": "-", ":": "-", "*": "-", "。": "-"})
"""Seals and screws between the groups, as readers see them."""

WORDS = re.compile(
    r"(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|EST|TEL|FAX|ISO|DIN|REF|SKU|PIN|NO|NR|EUR|USD|GBP|KRW)\b"
)
"""Words of two or three letters that stand before numbers on other things."""

PLATES = re.compile(
    "|".join(
        (
            # Korea: two or three digits, a syllable, four digits.
            r"\d{2,3} ?[가-힣] ?\d{4}",
            r"\d{2,3}[^\W\d_A-Z]\d{4}",
            # Germany: one to three letters for the place, one or two, one to four digits, E for electric, H for old.
            r"[A-ZÄÖÜ]{1,3}[ -]{1,2}[A-Z]{1,2} ?\d{1,4}[EH]?",
            # France and Italy since 1994 and 2009: AB-123-CD.
            r"[A-HJ-NP-TV-Z]{2}[ -]?\d{3}[ -]?[A-HJ-NP-TV-Z]{2}",
            # United Kingdom since 2001: AB12 CDE.
            r"[A-HJ-PR-Y]{2}\d{2} ?[A-HJ-PR-Z]{3}",
            # Spain since 2000: 1234 BCD, without vowels.
            r"\d{4} ?[BCDFGHJ-NPR-TV-Z]{3}",
            # Netherlands: groups of letters and digits, hyphens between.
            r"(?:[A-Z]{2}-\d{3}-[A-Z]|[A-Z]-\d{3}-[A-Z]{2}|\d{1,2}-[A-Z]{2,3}-\d{1,2}|[A-Z]{2}-\d{2}-[A-Z]{2})",
            # Poland, Sweden, Austria, Portugal, Belgium.
            r"[A-Z]{2,3} \d{4,5}",
            r"[A-Z]{3} \d{2}[A-Z\d]",
            r"[A-Z]{1,2}[ -]\d{3,5}[ -]?[A-Z]{1,2}",
            r"[A-Z]{2}[ -]\d{2}[ -][A-Z]{2}",
            r"[1-9]-[A-Z]{3}-\d{3}",
            # United States: California's, and the forms of most other states.
            r"\d[A-Z]{3}\d{3}",
            r"[A-Z]{3}[ -]?\d{4}",
            r"\d{3}[ -][A-Z]{3}",
            # Japan: a kana and four digits; the place above it with its class.
            r"[ぁ-んァ-ヶ] ?(?:\d{2}-\d{2}|-{1,3} ?-?\d{1,3}(?:-\d{1,2})?)",
            r"[一-龥ぁ-んァ-ヶ]{1,4} ?\d{2}[\dACFHKLMPXY]",
        )
    )
)


def is_plate(line: Written) -> bool:
    """Whether a line of text is a licence plate's number, by its form and its shape."""
    (x0, y0), (x1, y1), _, (x3, y3) = line.polygon[:4]
    wide, high = math.hypot(x1 - x0, y1 - y0), math.hypot(x3 - x0, y3 - y0)
    return high * FLATTEST <= wide <= high * WIDEST and is_plate_number(line.text)


def is_plate_number(text: str) -> bool:
    """Whether a text is nothing but a licence plate's number."""
    text = text.strip().upper().translate(MARKS)
    return PLATES.fullmatch(text) is not None and WORDS.match(text) is None
