"""A flight that did not take place: where an aircraft was at each frame, what its turret looked at, and how both are
written in its overlay."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from siseon.applications.oilspill.contracts import FactName
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.overlay.form import Axis, Form, GrammarName, Value
from siseon.applications.oilspill.position.overlay.grammar import parse
from siseon.applications.oilspill.position.overlay.moments import MONTHS

FOOT_M = 0.3048
START = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
DEGREE_M = 111_200.0
"""Of latitude, near enough to move an aircraft by."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame's overlay: its texts by the names of fields, and the figures that they say."""

    texts: dict[str, str]
    truth: dict[FactName, float]
    """Of the written texts, not of the aircraft: rounding is no error of reading."""


@dataclass(frozen=True, slots=True)
class Flight:
    """Frames a second apart, in one way of writing."""

    forms: dict[str, tuple[FactName, Form]]
    """By the names of fields."""
    shots: tuple[Shot, ...]


def flight(index: int, frames: int) -> Flight:
    """The flight of that number; the same each time."""
    rng = np.random.default_rng([index, 12])
    grammar, decimals = _WAYS[index % len(_WAYS)]
    forms = _forms(grammar, decimals)
    latitude, longitude = float(rng.uniform(-65, 65)), float(rng.uniform(-179, 179))
    heading, turn = float(rng.uniform(0, 360)), float(rng.normal(0, 1.0))
    speed, altitude, climb = (
        float(rng.uniform(40, 110)),
        float(rng.uniform(150, 2500)),
        float(rng.normal(0, 2)),
    )
    start = START + timedelta(seconds=int(rng.integers(0, 86_400 * 200)))
    away, side = float(rng.uniform(600, 9000)), float(rng.uniform(0, 360))
    shots = []
    for second in range(frames):
        latitude += speed * math.cos(math.radians(heading)) / DEGREE_M
        longitude += speed * math.sin(math.radians(heading)) / DEGREE_M / math.cos(math.radians(latitude))
        longitude = (longitude + 180) % 360 - 180
        heading = (heading + turn) % 360
        altitude += climb
        side += float(rng.normal(0, 0.4))
        north, east = away * math.cos(math.radians(side)), away * math.sin(math.radians(side))
        target = (
            latitude + north / DEGREE_M,
            (longitude + east / DEGREE_M / math.cos(math.radians(latitude)) + 180) % 360 - 180,
        )
        ground = metres_between(latitude, longitude, *target)
        moment = start + timedelta(seconds=second)
        texts = {
            "date": f"{moment.day:02d}{MONTHS[moment.month - 1]}{moment.year}",
            "clock": moment.strftime("%H:%M:%S"),
            "zone": "UTC+0.0",
            "latitude": write(latitude, forms["latitude"][1]),
            "longitude": write(longitude, forms["longitude"][1]),
            "altitude": f"{altitude / FOOT_M:.0f}FT",
            "heading": f"{round(heading) % 360:03d}°",
            "target_latitude": write(target[0], forms["target_latitude"][1]),
            "target_longitude": write(target[1], forms["target_longitude"][1]),
            "bearing": f"{round(math.degrees(math.atan2(ground[1], ground[0]))) % 360:03d}°",
            "slant_range": f"{math.hypot(*ground, altitude):.0f}M",
            "hfov": f"{4.7 + 3 * (index % 5):.1f}°",
        }
        shots.append(Shot(texts, _truth(texts, forms, moment)))
    return Flight(forms, tuple(shots))


def write(degrees: float, form: Form) -> str:
    """A coordinate as a turret writes it.

    Raises:
        ValueError: the form is not of a coordinate.
    """
    letters = {"latitude": "NS", "longitude": "EW"}.get(form.axis or "", "")
    decimals = form.decimals
    if not letters or decimals is None or form.grammar not in _WRITERS:
        raise ValueError(f"{form} is not of a coordinate")
    text = _WRITERS[form.grammar](abs(degrees), decimals, 3 if form.axis == "longitude" else 2)
    return text + letters[degrees < 0]


def _ddm(degrees: float, decimals: int, whole: int) -> str:
    minutes = round(degrees * 60 * 10**decimals)
    above, below = divmod(minutes, 60 * 10**decimals)
    return f"{above:0{whole}d}:{below / 10**decimals:0{3 + decimals}.{decimals}f}"


def _dms(degrees: float, decimals: int, whole: int) -> str:
    seconds = round(degrees * 3600 * 10**decimals)
    above, rest = divmod(seconds, 3600 * 10**decimals)
    minutes, below = divmod(rest, 60 * 10**decimals)
    return f"{above:0{whole}d}°{minutes:02d}'{below / 10**decimals:0{3 + decimals}.{decimals}f}\""


def _decimal(degrees: float, decimals: int, whole: int) -> str:
    return f"{degrees:0{whole + 1 + decimals}.{decimals}f}"


_WRITERS: dict[GrammarName, Callable[[float, int, int], str]] = {
    "ddm": _ddm,
    "dms": _dms,
    "decimal": _decimal,
}
_WAYS: tuple[tuple[GrammarName, int], ...] = (("ddm", 2), ("decimal", 5), ("dms", 1), ("ddm", 3))


def _forms(grammar: GrammarName, decimals: int) -> dict[str, tuple[FactName, Form]]:
    def coordinate(axis: Axis) -> Form:
        digits = None if grammar == "decimal" else 2 if axis == "latitude" else 3
        return Form(grammar, axis, digits, decimals)

    return {
        "date": ("time", Form("date")),
        "clock": ("time", Form("clock")),
        "zone": ("time", Form("zone")),
        "latitude": ("latitude", coordinate("latitude")),
        "longitude": ("longitude", coordinate("longitude")),
        "altitude": ("altitude_m", Form("length", unit="ft")),
        "heading": ("platform_heading", Form("bearing", digits=3)),
        "target_latitude": ("target_latitude", coordinate("latitude")),
        "target_longitude": ("target_longitude", coordinate("longitude")),
        "bearing": ("sight_bearing", Form("bearing", digits=3)),
        "slant_range": ("slant_range_m", Form("length", unit="m")),
        "hfov": ("hfov", Form("angle", decimals=1)),
    }


def _truth(
    texts: dict[str, str], forms: dict[str, tuple[FactName, Form]], moment: datetime
) -> dict[FactName, float]:
    said: dict[FactName, Value | None] = {
        fact: parse(texts[name], form) for name, (fact, form) in forms.items()
    }
    said["time"] = moment.timestamp()
    return {fact: value for fact, value in said.items() if isinstance(value, float)}
