"""A text as it is printed: without what was read beside it, and with letters where its grammar has letters.

What a recogniser reads for a letter or a sign (a 5 for an S, a 0 for an O, an 8 for a small ring) is no digit of the
frame, and must not be compared with its digits.
"""

from __future__ import annotations

from siseon.applications.oilspill.position.overlay.form import Form
from siseon.applications.oilspill.position.overlay.grammar import parts_of
from siseon.applications.oilspill.position.overlay.scanner import tidied

LETTER = "\N{REPLACEMENT CHARACTER}"
"""Stands for a sign that is no digit."""
MONTH = slice(2, 5)
"""Of 17JUN2009."""


def printed(text: str, form: Form) -> str:
    """The text of a field that has a figure, one sign for each that is printed."""
    line = tidied(text)
    match form.grammar:
        case "dms" | "ddm" | "decimal":
            sign, rest = parts_of(line, form)
            behind = sign and line.startswith(rest)
            return rest + LETTER if behind else LETTER + rest if sign else rest
        case "date" if not line[:4].isdecimal():
            return line[: MONTH.start] + LETTER * 3 + line[MONTH.stop :]
        case "bearing" | "angle" if (room := _figures(line, form)) and len(line) == room + 1:
            return line[:-1] + LETTER
        case _:
            return line


def as_written(text: str, other: str) -> str:
    """A text with the digits of another one of its print; without what was not printed."""
    line = tidied(text)
    at = 1 if other.startswith(LETTER) else 0
    behind = "" if at or len(line) < len(other) else line[len(other) - 1 :] if other.endswith(LETTER) else ""
    return line[:at] + other.strip(LETTER) + behind


def _figures(line: str, form: Form) -> int:
    """Signs of an angle before the ring of degrees, where the form says how many; else 0."""
    if form.decimals:
        point = max(line.find(sign) for sign in ".,-")
        return point + 1 + form.decimals if point > 0 else 0
    return form.digits or 0
