"""A payment card's number that is broken over two lines: groups of four on each, one line under the other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from siseon.applications.safety.patterns import luhn
from siseon.applications.safety.written import W, Written

GROUPS = re.compile(r"\d{4}(?:[ -]\d{4}){0,3}")
"""All that stands on such a line."""
ISSUED = re.compile(r"4|5[1-5]|2[2-7]|35|6")
"""How numbers of sixteen digits begin that Visa, Mastercard, JCB, Discover, Maestro and UnionPay give out."""
NEAR = 2.5
"""Heights of a line within which the other one's middle lies below."""
ALIGNED = 1.5
"""Heights by which their left ends may differ."""


def broken_cards(lines: Sequence[W]) -> list[tuple[W, W]]:
    """Pairs of lines that make up one card's number: sixteen digits in groups of four, the last digit right.

    A column of other numbers in groups of four passes in one case of about ten: what is hidden then is two numbers.
    """
    parts = [line for line in lines if GROUPS.fullmatch(line.text.strip())]
    return [
        (upper, lower)
        for upper in parts
        for lower in parts
        if lower is not upper and _is_under(lower, upper) and _is_card(upper.text + lower.text)
    ]


def _is_card(text: str) -> bool:
    digits = "".join(character for character in text if character.isdigit())
    return len(digits) == 16 and ISSUED.match(digits) is not None and luhn(digits)


def _is_under(lower: Written, upper: Written) -> bool:
    (left, top), (_, bottom) = upper.polygon[0], upper.polygon[3]
    x, y = lower.polygon[0]
    height = abs(bottom - top)
    return abs(x - left) <= ALIGNED * height and 0 < y - top <= NEAR * height
