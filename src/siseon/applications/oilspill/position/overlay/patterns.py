"""The texts that a form of an overlay's field allows, as places that each have one of a few signs.

A recogniser's classes are more than an overlay's letters: of each sign these are the classes that it is read as where
only it, or its neighbours of the same place, can stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.position.overlay.form import Form, Unit
from siseon.applications.oilspill.position.overlay.scanner import ZEROS

_ALIKE = {
    "0": ZEROS + "oDd", "1": "1Iil|!", "2": "2Zz", "5": "5Ss", "7": "7/", "8": "8B", "6": "6b", "9": "9g", "4": "4A",
    ":": ":;：", ".": ".,．，·", "°": "°º˚*'`’′", "'": "'`’′", '"': "\"”“″", "-": "-−–—", "+": "+",
    "N": "N", "S": "S5$", "E": "EF", "W": "WV", "F": "F", "T": "T", "M": "MNHW", "K": "K",
}  # fmt: skip
SIGNS = "".join(sorted({sign for signs in _ALIKE.values() for sign in signs} | set("0123456789")))
"""Classes of the recogniser that are asked for."""
LONGEST = {"m": 5, "ft": 5, "km": 3, "nm": 3, "kft": 2}
"""Whole digits of a length that has no decimals; one more is no aircraft's."""
NAMES: dict[Unit, str] = {"m": "M", "ft": "FT", "km": "KM", "nm": "NM", "kft": "KFT"}
WHOLE = {"latitude": 2, "longitude": 3}


@dataclass(frozen=True, slots=True)
class Place:
    """One sign of a text."""

    signs: str
    """What may stand there."""
    looks: NDArray[np.float64] = field(compare=False, repr=False)
    """(1 + classes, signs), the blank first: which classes stand for which sign."""

    @property
    def is_digit(self) -> bool:
        """Whether it may be one."""
        return self.signs[0] == "0"


Pattern = tuple[Place, ...]


@cache
def place(signs: str) -> Place:
    """Of these signs; a class that stands for several of them counts for each by half."""
    looks = np.zeros((1 + len(SIGNS), len(signs)))
    for at, sign in enumerate(signs):
        for other in _ALIKE.get(sign, sign):
            looks[1 + SIGNS.index(other), at] = 1.0
    looks.setflags(write=False)
    return Place(signs, looks)


@cache
def patterns(form: Form) -> tuple[Pattern, ...]:
    """All that it allows; none of a form that leaves open how long its texts are."""
    return tuple(tuple(place(signs) for signs in one) for one in _texts(form))


DIGIT = "0123456789"
SEPARATOR, RING = ":", "°"


def _texts(form: Form) -> list[list[str]]:
    front = list(form.before) if all(sign in _ALIKE for sign in form.before) else None
    if front is None or form.words:
        return []
    return [front + one for one in _bodies(form)]


def _bodies(form: Form) -> list[list[str]]:
    match form.grammar:
        case "ddm" | "dms" | "decimal" if form.axis and form.decimals:
            return _coordinates(form)
        case "length" if form.unit and form.decimals is None:
            digits = [form.digits] if form.digits else range(1, LONGEST[form.unit] + 1)
            return [[DIGIT] * count + list(NAMES[form.unit]) for count in digits]
        case "bearing" if form.digits and not form.decimals:
            return [[DIGIT] * form.digits + [RING]]
        case "angle" if form.decimals and not form.digits:
            behind = [".", *[DIGIT] * form.decimals, RING]
            return [[DIGIT] * count + behind for count in (1, 2, 3)]
        case "clock" if not form.decimals:
            return [[DIGIT, DIGIT, SEPARATOR, DIGIT, DIGIT, SEPARATOR, DIGIT, DIGIT]]
    return []


def _coordinates(form: Form) -> list[list[str]]:
    whole = form.digits or WHOLE[form.axis or "latitude"]
    half = "NS" if form.axis == "latitude" else "EW"
    behind = [".", *[DIGIT] * (form.decimals or 0)]
    pair = [DIGIT, DIGIT]
    if form.grammar == "ddm":
        return [[DIGIT] * whole + [SEPARATOR, *pair, *behind, half]]
    if form.grammar == "dms":
        return [[DIGIT] * whole + [RING, *pair, "'", *pair, *behind, '"', half]]
    return [[DIGIT] * whole + [*behind, half]]
