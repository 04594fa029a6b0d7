"""Dates, clocks and zones of an overlay; ``grammar`` says which."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from siseon.applications.oilspill.position.overlay.form import POINTS, Form
from siseon.applications.oilspill.position.overlay.scanner import Scanner

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
QUARTER = timedelta(minutes=15)
"""Zones are whole numbers of it."""
CLOCK_SIGNS = 8
"""Of HH:MM:SS."""


def read_date(line: str, form: Form) -> date | None:
    """17JUN2009, 17-JUN-2009 or 2009-06-17."""
    scan = Scanner(line)
    first = scan.digits(4 if line[:4].isdigit() else 2)
    if len(first) == 4:
        scan.skip("-/.")
        month, year = scan.digits(2), first
        scan.skip("-/.")
        day = scan.digits(2)
        number = int(month) if len(month) == 2 else 0
    else:
        scan.skip("-/.")
        number = _month(scan)
        scan.skip("-/.")
        day, year = first, scan.digits(4)
    if not (scan.done and len(day) == 2 and len(year) == 4 and number):
        return None
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def _month(scan: Scanner) -> int:
    """1 to 12, 0 where there is none; digits are read for some letters, and one letter may be another where only one
    month has the other two in their places."""
    letters = scan.text[scan.at : scan.at + 3].translate(str.maketrans("0125", "OIZS"))
    scan.at += 3
    if letters in MONTHS:
        return MONTHS.index(letters) + 1
    near = [number for number, month in enumerate(MONTHS, 1) if _alike(letters, month) == 2]
    return near[0] if len(near) == 1 else 0


def _alike(text: str, other: str) -> int:
    """Signs that are the same in the same place."""
    return sum(one == two for one, two in zip(text, other, strict=False))


def read_clock(line: str, form: Form) -> time | None:
    """16:54:09, 16:54:09.25 or 165409, with a Z or without."""
    if len(line) == CLOCK_SIGNS and not form.decimals:
        line = f"{line[:2]}:{line[3:5]}:{line[6:]}"  # whatever the colons were read as
    scan = Scanner(line)
    parts = []
    for _ in range(3):
        parts.append(scan.digits(2))
        scan.skip(":;.")
    decimals = scan.digits(form.decimals) if form.decimals else ""
    scan.skip("Z")
    if not scan.done or any(len(part) != 2 for part in parts) or len(decimals) != (form.decimals or 0):
        return None
    try:
        hour, minute, second = (int(part) for part in parts)
        return time(hour, minute, second, round(float(f"0.{decimals or 0}") * 1e6) % 1_000_000)
    except ValueError:
        return None


def read_zone(line: str, form: Form) -> timedelta | None:
    """UTC, Z, UTC-6.0, UTC+05:30."""
    scan = Scanner(line)
    if max(_alike(line[:3], name) for name in ("UTC", "GMT")) == 2:
        scan.at = 3
    elif not scan.word("UTC", "GMT", "Z"):
        return None
    sign = scan.one_of("+-")
    hours = scan.digits(2)
    half = scan.decimals(POINTS)
    minutes = scan.digits(2) if half is None and scan.one_of(":") else "0"
    if not scan.done or bool(sign) != bool(hours) or not minutes or (hours and int(hours) > 14):
        return None
    away = timedelta(hours=float(f"{hours or 0}.{half or 0}"), minutes=int(minutes))
    if away % QUARTER:
        return None
    return -away if sign == "-" else away


def read_date_time(line: str, form: Form) -> datetime | None:
    """A date and a clock, in UTC."""
    day = read_date(line[:10], form) if line[:4].isdigit() else read_date(line[:9], form)
    rest = line[10:] if line[:4].isdigit() else line[9:]
    clock = read_clock(rest.lstrip("T"), form)
    return None if day is None or clock is None else datetime.combine(day, clock, tzinfo=UTC)
