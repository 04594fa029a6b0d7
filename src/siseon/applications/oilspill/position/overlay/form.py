"""How a field of an overlay is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

GrammarName = Literal[
    "dms",
    "ddm",
    "decimal",
    "mgrs",
    "length",
    "angle",
    "bearing",
    "date",
    "clock",
    "zone",
    "date_time",
    "words",
]
"""Degrees, minutes, seconds; degrees and decimal minutes; decimal degrees; a grid square with figures; a length with
its unit; an angle with a sign (elevation, field of view); a bearing from 0 to 360; 17JUN2009 or 2009-06-17; 16:54:09;
UTC-6.0; a date and a clock in one; one of the words that the template lists."""
Axis = Literal["latitude", "longitude"]
Unit = Literal["m", "ft", "km", "nm", "kft"]
Value = float | str | date | time | timedelta | datetime
"""Degrees, metres; the text of MGRS and of words; parts of time."""

POINTS = ".,-"
"""Where a point must stand, a dash is one that was read too high."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a field is written."""

    grammar: GrammarName
    axis: Axis | None = None
    """Of coordinates."""
    digits: int | None = None
    """Whole digits, exactly: of degrees, of a bearing, of a length."""
    decimals: int | None = None
    """Digits behind the point, exactly."""
    unit: Unit | None = None
    """Of a length: the only one that it may have, or the one that is meant where none is written."""
    words: tuple[str, ...] = ()
    before: str = ""
    """A label within the field's region that is passed over; a text without it is unreadable."""
