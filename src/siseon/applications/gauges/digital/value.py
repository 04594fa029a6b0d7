"""From what a display shows to a number with its uncertainty, or to the reason why it is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from siseon.applications.gauges.contracts import Reason
from siseon.applications.gauges.digital.alphabet import BETWEEN, DIGITS

SIXTY = 60
UNITS = {"C": "°C", "F": "°F"}
"""Letters behind a number that tell its unit."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a display is to be understood; None where nobody has said so."""

    counter: bool = False
    """Drums: each of them shows a digit, and the last may be between two."""
    digits: int | None = None
    """How many places there are; on a counter all show something."""
    decimals: int | None = None
    """Digits behind the point, whether one is shown or not."""
    minimum: float | None = None
    maximum: float | None = None
    clock: bool = False
    """Parts that a colon separates count up to sixty; the value is in units of the last part."""


class Number(NamedTuple):
    """A value that is shown."""

    value: float
    uncertainty: float
    """Half of the last place; of a drum between two digits half of the way."""
    unit: str | None
    moving: bool
    """Whether the last drum is between two digits."""


def number_of(text: str, form: Form) -> Number | Reason:
    """The value of a text of the recogniser's symbols."""
    if not text:
        return "no_display"
    text, unit = (text[:-1], UNITS[text[-1]]) if text[-1] in UNITS and len(text) > 1 else (text, None)
    moving = 0.0
    if any(symbol in BETWEEN for symbol in text):
        at_rest = _at_rest(text)
        if at_rest is None or not form.counter:
            return "between_digits"
        text, moving = at_rest, 0.5
    if " " in text:
        return "incomplete"
    sign = -1.0 if text.startswith("-") else 1.0
    parts = text.removeprefix("-").split(":")
    whole, point, behind = parts[-1].partition(".")
    digits = "".join(parts[:-1]) + whole + behind
    if not digits or any(one not in DIGITS for one in digits) or not all(parts):
        return "not_a_number"
    if len(parts) > 1 and not form.clock:
        return "not_a_number"
    if form.digits is not None and len(digits) > form.digits:
        return "unclear"
    if form.digits is not None and len(digits) < form.digits and form.counter:
        return "incomplete"
    if point and form.decimals is not None and len(behind) != form.decimals:
        return "unclear"
    decimals = len(behind) if point else form.decimals or 0
    amount = int(whole + behind or "0")
    scale = 10**decimals
    for power, part in enumerate(reversed(parts[:-1]), start=1):
        amount += int(part) * SIXTY**power * scale
    value = sign * (amount + moving) / scale
    if (form.minimum is not None and value < form.minimum) or (
        form.maximum is not None and value > form.maximum
    ):
        return "out_of_range"
    return Number(value, max(0.5, moving) / scale, unit, moving > 0)


def _at_rest(text: str) -> str | None:
    """The digits that go, where only those drums move that the last one takes with it: from nine to zero. None where
    others do."""
    first = next(index for index, symbol in enumerate(text) if symbol in BETWEEN)
    tail = text[first:].replace(".", "")
    if any(symbol not in BETWEEN for symbol in tail) or any(symbol != BETWEEN[9] for symbol in tail[1:]):
        return None
    return "".join(DIGITS[BETWEEN.index(symbol)] if symbol in BETWEEN else symbol for symbol in text)
