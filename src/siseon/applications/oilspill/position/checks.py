"""What of one frame's facts cannot be, alone or together. What fails is refused with its reason, never mended."""

from __future__ import annotations

import math
from types import MappingProxyType

from siseon.applications.oilspill.contracts import VIEW, Fact, FactName, Metadata
from siseon.applications.oilspill.position.distance import bearing, degrees_apart, metres_between
from siseon.applications.oilspill.position.refusing import (
    CAMERA,
    CORNER_FACTS,
    CORNERS,
    PAIRS,
    TARGET,
    refuse,
)

YEAR_1970_S, YEAR_2100_S = 0.0, 4_102_444_800.0
RANGES = MappingProxyType[FactName, tuple[float, float]](
    {
        "time": (YEAR_1970_S, YEAR_2100_S),
        "latitude": (-90, 90),
        "longitude": (-180, 180),
        "altitude_m": (-450, 25_000),
        "height_m": (0.5, 25_000),
        "ellipsoid_height_m": (-500, 25_000),
        "platform_heading": (0, 360),
        "platform_pitch": (-90, 90),
        "platform_roll": (-180, 180),
        "sensor_azimuth": (-360, 360),
        "sensor_elevation": (-180, 180),
        "sensor_roll": (-360, 360),
        "hfov": VIEW,
        "vfov": VIEW,
        "slant_range_m": (1, 400_000),
        "target_latitude": (-90, 90),
        "target_longitude": (-180, 180),
        "target_elevation_m": (-450, 9_000),
        "target_width_m": (0.1, 100_000),
        "sight_bearing": (0, 360),
        **{latitude: (-90, 90) for latitude, _ in CORNERS},
        **{longitude: (-180, 180) for _, longitude in CORNERS},
    }
)
"""Least and most that can be; an aircraft's ceiling, the Dead Sea, the horizon from there."""
RANGE_SHARE, RANGE_M = 0.01, 35.0
"""How far a slant range may be off that between the positions, besides its own rounding: a share for the moments that
its parts are of (0.5 % in a real frame), metres for the rounding of coordinates (0.01' is 18 m)."""
BEARING_DEGREES = 2.5
"""The same of a bearing, which is written in whole degrees (2.2° in a real frame in a turn)."""
NEAR_M = 300.0
"""Targets nearer than this over the ground have no bearing that could be compared."""
OTHER_HALF = "the other half of the position is not known"
"""Why a half is refused of which nothing else is wrong."""
ROUNDED = ("overlay", "interpolated")
"""Sources whose position may be misread; that of an instrument stands against a range that says otherwise."""


def checked(metadata: Metadata) -> Metadata:
    """Without what cannot be."""
    for name, fact in tuple(metadata.facts.items()):
        least, most = RANGES[name]
        if not least <= fact.value <= most:
            detail = f"{fact.value:g} is not within {least:g} to {most:g}"
            metadata = refuse(metadata, (name,), "out_of_range", detail)
    for pair in (*PAIRS, *CORNERS):
        values = [metadata.value(name) for name in pair]
        if values == [0.0, 0.0]:
            metadata = refuse(metadata, pair, "out_of_range", "0, 0 is what devices say without a position")
        elif None in values and pair in PAIRS:
            metadata = refuse(metadata, pair, "unsure", OTHER_HALF)
    if len({tuple(metadata.value(name) for name in pair) for pair in CORNERS}) == 1:
        metadata = refuse(metadata, CORNER_FACTS, "out_of_range", "the picture's corners are one point")
    if any(name not in metadata.facts for name in CORNER_FACTS):
        metadata = refuse(metadata, CORNER_FACTS, "unsure", "not all corners of the picture are known")
    return _sight(metadata)


def _sight(metadata: Metadata) -> Metadata:
    """The line from the camera to the target against its stated length and direction."""
    camera = _position(metadata, CAMERA)
    target = _position(metadata, TARGET)
    slant, stated = metadata.value("slant_range_m"), metadata.value("sight_bearing")
    height = height_above_target(metadata)
    if slant is not None and height is not None and abs(height) > slant * (1 + RANGE_SHARE) + RANGE_M:
        detail = f"{slant:.0f} m to the target is less than the height of {height:.0f} m above it"
        metadata = refuse(metadata, ("slant_range_m",), "contradicted", detail)
        slant = None
    if camera is None or target is None:
        return metadata
    north, east = metres_between(*camera, *target)
    ground = math.hypot(north, east)
    wrong: list[FactName] = []
    told = []
    if slant is not None and height is not None:
        reckoned = math.hypot(ground, height)
        if abs(reckoned - slant) > RANGE_SHARE * slant + RANGE_M + _rounding(metadata.facts["slant_range_m"]):
            wrong.append("slant_range_m")
            told.append(f"the positions are {reckoned:.0f} m apart, the range says {slant:.0f} m")
    if (
        stated is not None
        and ground > NEAR_M
        and degrees_apart(bearing(north, east), stated) > BEARING_DEGREES + math.degrees(RANGE_M / ground)
    ):
        wrong.append("sight_bearing")
        told.append(f"the target lies at {bearing(north, east):.0f}°, the bearing says {stated:.0f}°")
    if not wrong:
        return metadata
    read = [name for name in (*CAMERA, *TARGET) if metadata.facts[name].source in ROUNDED]
    return refuse(metadata, (*wrong, *read), "contradicted", "; ".join(told))


def _position(metadata: Metadata, pair: tuple[FactName, FactName]) -> tuple[float, float] | None:
    latitude, longitude = (metadata.value(name) for name in pair)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _rounding(stated: Fact) -> float:
    """Half a step of how a range is written, in metres."""
    text = (stated.text or "").upper()
    unit = 1852.0 if "NM" in text else 1000.0 if "KM" in text else 1.0
    _, _, behind = text.partition(".")
    return float(unit / 10 ** sum(sign.isdecimal() for sign in behind) / 2)


def height_above_target(metadata: Metadata) -> float | None:
    """Metres of the camera above the target; one whose elevation is not told lies at sea level."""
    if (altitude := metadata.value("altitude_m")) is not None:
        return altitude - (metadata.value("target_elevation_m") or 0.0)
    return metadata.value("height_m")
