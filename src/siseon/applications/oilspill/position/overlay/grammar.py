"""What a field of an overlay may say, and the figure that it means.

Every grammar takes one line, moves over it once, and gives a figure or nothing: what does not match to its last sign is
unreadable. Counts of digits that a template states (``digits``, ``decimals``) are binding: a dropped digit of a
coordinate is a plausible number and a wrong place.
"""

from __future__ import annotations

from collections.abc import Callable

from siseon.applications.oilspill.position.overlay.form import (
    POINTS,
    Axis,
    Form,
    GrammarName,
    Unit,
    Value,
)
from siseon.applications.oilspill.position.overlay.moments import (
    read_clock,
    read_date,
    read_date_time,
    read_zone,
)
from siseon.applications.oilspill.position.overlay.scanner import DEGREES, Scanner, tidied

METRES: dict[str, float] = {"m": 1.0, "ft": 0.3048, "km": 1000.0, "nm": 1852.0, "kft": 304.8}
UNITS: dict[str, Unit] = {
    "KFT": "kft", "KM": "km", "NMI": "nm", "NM": "nm", "FT": "ft", "FEET": "ft", "M": "m", "'": "ft",
}  # fmt: skip
"""As they are written, longer ones before those that they begin with."""
LIKE_M = "NHW"
"""What an M is read as, where only that unit can stand."""
HEMISPHERES: dict[Axis, tuple[str, str]] = {"latitude": ("NHM", "S$"), "longitude": ("EF", "WVMNH")}
"""The letter of the positive one and of the negative one, and what each is read as where one of the two must stand."""
LIMIT: dict[Axis, int] = {"latitude": 90, "longitude": 180}
WHOLE: dict[Axis, int] = {"latitude": 2, "longitude": 3}
"""Digits of the degrees where no sign parts them from the minutes."""
BETWEEN = ":-;" + DEGREES + '"'
NO_SECONDS = str.maketrans("", "", DEGREES + '"')
"""Of a coordinate's end."""
MOST_DECIMALS = 8
MGRS_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""I and O are left out, so that they are not taken for digits."""
SAME = str.maketrans("0QIL15", "OOLLLS")
"""Signs of words that are read for each other."""
TO_LETTER = str.maketrans({"0": "Q", "O": "Q", "1": "J", "I": "J", "5": "S", "2": "Z", "8": "B"})
"""What is read where only a letter of a grid can stand."""


def parse(text: str, form: Form) -> Value | None:
    """What a line means, None where it is not of the form."""
    line = tidied(text)
    before = tidied(form.before)
    if line[: len(before)].translate(SAME) != before.translate(SAME):
        return None
    line = line[len(before) :]
    return _PARSERS[form.grammar](line.removeprefix(":") if before else line, form) if line else None


def _ddm(line: str, form: Form) -> float | None:
    return _sexagesimal(line, form, seconds=False)


def _dms(line: str, form: Form) -> float | None:
    return _sexagesimal(line, form, seconds=True)


def _sexagesimal(line: str, form: Form, *, seconds: bool) -> float | None:
    """Degrees of DDD:MM.mm or DDD:MM:SS.s with a hemisphere in front or behind."""
    if form.axis is None:
        return None
    sign, line = parts_of(line, form)
    if not sign:
        return None
    scan = Scanner(line)
    degrees = scan.digits(form.digits or WHOLE[form.axis])
    if not scan.one_of(BETWEEN) and _digits_ahead(scan) == 3:
        scan.at += 1  # one too many: a colon that was read as 1, or the ring of degrees
    scan.skip(BETWEEN)
    minutes = scan.digits(2)
    last = minutes
    if seconds:
        # Without decimals after them, a point before seconds may be that of decimal minutes.
        scan.skip(BETWEEN + ("./" if form.decimals else ""))
        last = scan.digits(2)
    decimals = scan.decimals(POINTS if form.decimals else ".,")
    scan.skip(BETWEEN)
    if not (scan.done and degrees and len(minutes) == len(last) == 2 and _as_stated(degrees, decimals, form)):
        return None
    part = float(f"{last}.{decimals or 0}")
    if int(minutes) >= 60 or part >= 60:
        return None
    share = int(minutes) / 60 + part / 3600 if seconds else part / 60
    return _within(sign * (int(degrees) + share), form.axis)


def _digits_ahead(scan: Scanner) -> int:
    return len(Scanner(scan.text, scan.at).digits())


def _decimal(line: str, form: Form) -> float | None:
    """Degrees with a hemisphere or a sign; one without either is positive."""
    if form.axis is None:
        return None
    sign, line = parts_of(line, form)
    scan = Scanner(line)
    minus = scan.one_of("+-")
    if sign and minus:
        return None
    sign = sign or (-1 if minus == "-" else 1)
    degrees, decimals = scan.digits(3), scan.decimals(POINTS if form.decimals else ".,")
    scan.skip(DEGREES)
    if not (scan.done and degrees and decimals and _as_stated(degrees, decimals, form)):
        return None
    return _within(sign * float(f"{degrees}.{decimals}"), form.axis)


def parts_of(line: str, form: Form) -> tuple[int, str]:
    """The sign of a coordinate, 1, -1 or 0 without a hemisphere; and the line without that. A 5 behind all the decimals
    that there are is an S."""
    if form.axis is None:
        return 0, line
    positive, negative = HEMISPHERES[form.axis]
    for letters, sign in ((positive, 1), (negative, -1)):
        if line.endswith(tuple(letters)):
            return sign, line[:-1]
        if line.startswith(tuple(letters)):
            return sign, line[1:]
    point = max(line.rfind(sign) for sign in POINTS)
    behind = line[point + 1 :].translate(NO_SECONDS)
    if form.axis == "latitude" and form.decimals and len(behind) == form.decimals + 1 and behind[-1] == "5":
        return -1, line[:-1]
    return 0, line


def _as_stated(whole: str, decimals: str | None, form: Form) -> bool:
    return (
        (form.digits is None or len(whole) == form.digits)
        and (form.decimals is None or len(decimals or "") == form.decimals)
        and len(decimals or "") <= MOST_DECIMALS
    )


def _within(degrees: float, axis: Axis) -> float | None:
    return degrees if abs(degrees) <= LIMIT[axis] else None


def _mgrs(line: str, form: Form) -> str | None:
    """``11UQV1234567890``: zone, band, square, easting and northing of equal length. So its parity tells
    whether the zone has one digit or two, which Q, a letter and a nought, does not."""
    scan = Scanner(line)
    zone = scan.digits(2 if len(line) % 2 else 1)
    letters = scan.text[scan.at : scan.at + 3].translate(TO_LETTER)
    scan.at += 3
    figures = scan.digits()
    right = len(letters) == 3 and all(letter in MGRS_LETTERS for letter in letters)
    if not (scan.done and right and zone and 1 <= int(zone) <= 60 and figures and len(figures) % 2 == 0):
        return None
    if len(figures) > 10 or (form.digits is not None and len(figures) != form.digits):
        return None
    return f"{int(zone):02d}{letters}{figures}"


def _length(line: str, form: Form) -> float | None:
    """Metres, never negative but for an elevation below the sea."""
    scan = Scanner(line)
    minus = scan.one_of("+-") == "-"
    whole = scan.digits()
    if scan.text[scan.at : scan.at + 1] == "," and form.decimals is None and len(whole) <= 3:
        scan.at += 1
        thousands = scan.digits(3)
        if len(thousands) != 3:
            return None
        whole += thousands
    decimals = scan.decimals()
    written = UNITS.get(scan.word(*UNITS))
    if not written and form.unit == "ft" and scan.text[scan.at : scan.at + 1] == "F" and scan.one_of("F"):
        scan.last()
        written = "ft"
    if not written and form.unit == "m" and scan.one_of(LIKE_M):
        written = "m"
    scan.skip(".")
    unit = written or form.unit
    if not (scan.done and whole and unit) or (form.unit and unit != form.unit):
        return None
    if not _as_stated(whole, decimals, form):
        return None
    metres = float(f"{whole}.{decimals or 0}") * METRES[unit]
    return -metres if minus else metres


def _angle(line: str, form: Form) -> float | None:
    scan = Scanner(line)
    minus = scan.one_of("+-") == "-"
    degrees = _degrees(scan, form)
    if degrees is None or degrees > 360:
        return None
    return -degrees if minus else degrees


def _bearing(line: str, form: Form) -> float | None:
    degrees = _degrees(Scanner(line), form)
    return None if degrees is None or degrees > 360 else degrees % 360


def _degrees(scan: Scanner, form: Form) -> float | None:
    """A number with a degree sign or without one. Behind a known count of digits the last sign is that, whatever it was
    read as: small rings are 0, 9, 7, g."""
    whole = scan.digits(form.digits or 3)
    decimals = scan.decimals(POINTS, form.decimals) if form.decimals else scan.decimals()
    scan.skip(DEGREES)
    if form.decimals or (form.digits and decimals is None):
        scan.last()
    scan.skip("T")
    if not (scan.done and whole and _as_stated(whole, decimals, form)):
        return None
    return float(f"{whole}.{decimals or 0}")


def _words(line: str, form: Form) -> str | None:
    """The listed word that it is; without a list, the line itself."""
    if not form.words:
        return line
    plain = _plain(line)
    return next((word for word in form.words if _plain(tidied(word)) == plain), None)


def _plain(line: str) -> str:
    """Without signs that are lost at small sizes, and one sign for those that are read for each other."""
    return "".join(sign for sign in line if sign.isalnum()).translate(SAME)


_PARSERS: dict[GrammarName, Callable[[str, Form], Value | None]] = {
    "dms": _dms,
    "ddm": _ddm,
    "decimal": _decimal,
    "mgrs": _mgrs,
    "length": _length,
    "angle": _angle,
    "bearing": _bearing,
    "date": read_date,
    "clock": read_clock,
    "zone": read_zone,
    "date_time": read_date_time,
    "words": _words,
}
