"""What drones write into XMP, found by name: no XML is parsed, so that there is nothing to expand.

Known are DJI's ``drone-dji``, Parrot's ``drone-parrot`` and Pix4D's ``Camera`` that others (Autel, senseFly, Parrot)
write. Their angles are of the camera against the ground, not against the aircraft: pitch and roll of the aircraft are
left out, since the gimbal has taken them out. So heading plus azimuth is the camera's bearing, exactly.

Source: DJI's white paper on the metadata of its photos; Pix4D's documentation of its ``Camera`` namespace.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata, RefusedFact
from siseon.applications.oilspill.position.photo.blocks import MAX_XMP_BYTES
from siseon.applications.oilspill.position.refusing import CAMERA

MAX_VALUE = 32
"""Characters of a figure."""
BLANKS = b" \t\r\n"
YAW = ("drone-dji:GimbalYawDegree", "drone-parrot:CameraYawDegree", "Camera:Yaw")
PITCH = ("drone-dji:GimbalPitchDegree", "drone-parrot:CameraPitchDegree", "Camera:Pitch")
ROLL = ("drone-dji:GimbalRollDegree", "drone-parrot:CameraRollDegree", "Camera:Roll")
HEADING = ("drone-dji:FlightYawDegree",)
PIX4D_PITCH = "Camera:Pitch"
"""0 looks straight down, 90 to the horizon; that of the others is 0 at the horizon, -90 straight down."""
PLAIN: tuple[tuple[FactName, tuple[str, ...]], ...] = (
    ("latitude", ("drone-dji:GpsLatitude", "drone-dji:Latitude")),
    ("longitude", ("drone-dji:GpsLongitude", "drone-dji:GpsLongtitude", "drone-dji:Longitude")),
    ("height_m", ("drone-dji:RelativeAltitude",)),
    ("slant_range_m", ("drone-dji:LRFTargetDistance",)),
    ("target_latitude", ("drone-dji:LRFTargetLat",)),
    ("target_longitude", ("drone-dji:LRFTargetLon",)),
)
"""``GpsLongtitude`` is a spelling of older firmware. The relative altitude counts from where the drone took off."""
STATUS, NO_FIX = "drone-dji:GpsStatus", "invalid"
LASER_STATUS, LASER_SURE = "drone-dji:LRFStatus", "normal"
BY_LASER: tuple[FactName, ...] = ("slant_range_m", "target_latitude", "target_longitude")
TIME = "drone-dji:UTCAtExposure"
ALTITUDE, ALTITUDE_TYPE = "drone-dji:AbsoluteAltitude", "drone-dji:AltitudeType"
FROM_THE_ELLIPSOID = "RtkAlt"


def read_xmp(block: bytes) -> Metadata:
    """What a block says; figures that are none are passed over."""
    block = block[:MAX_XMP_BYTES]
    facts: dict[FactName, float | None] = {name: _first(block, names) for name, names in PLAIN}
    if (laser := _text(block, LASER_STATUS).lower()) and laser != LASER_SURE:
        facts |= dict.fromkeys(BY_LASER)
    above_the_ellipsoid = _text(block, ALTITUDE_TYPE) == FROM_THE_ELLIPSOID
    facts["ellipsoid_height_m" if above_the_ellipsoid else "altitude_m"] = _first(block, (ALTITUDE,))
    facts["time"] = _time(block)
    yaw, heading = _first(block, YAW), _first(block, HEADING)
    if yaw is not None:
        facts |= _direction(yaw, yaw if heading is None else heading)
        facts["sensor_elevation"] = _pitch(block)
        facts["sensor_roll"] = _first(block, ROLL)
    said = {name: Fact(value=value, source="xmp") for name, value in facts.items() if value is not None}
    if _text(block, STATUS).lower() != NO_FIX:
        return Metadata(facts=said)
    detail = "its receiver had no satellites then"
    refused = tuple(
        RefusedFact(name=name, reason="unsure", source="xmp", detail=detail)
        for name in CAMERA
        if name in said
    )
    return Metadata(facts={name: fact for name, fact in said.items() if name not in CAMERA}, refused=refused)


def _direction(yaw: float, heading: float) -> dict[FactName, float]:
    """Two halves of the camera's bearing; what cannot be is left as it is, for the ranges to refuse."""
    if wrong := [angle for angle in (yaw, heading) if abs(angle) > 360]:
        return {"platform_heading": wrong[0]}
    return {"platform_heading": heading % 360, "sensor_azimuth": (yaw - heading) % 360}


def _time(block: bytes) -> float | None:
    """Seconds since 1970 of a moment in ISO 8601, UTC."""
    try:
        moment = datetime.fromisoformat(_text(block, TIME))
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return None


def _pitch(block: bytes) -> float | None:
    for name in PITCH:
        if (value := _first(block, (name,))) is not None:
            return value - 90 if name == PIX4D_PITCH else value
    return None


def _first(block: bytes, names: Iterable[str]) -> float | None:
    """The first of these names that has a figure."""
    for name in names:
        text = _text(block, name)
        sign = text[:1]
        digits = text[1:] if sign in ("+", "-") else text
        whole, _, decimals = digits.partition(".")
        if whole.isdecimal() and (decimals.isdecimal() or not decimals) and text.isascii():
            value = float(text)
            if math.isfinite(value):
                return value
    return None


def _text(block: bytes, name: str) -> str:
    """Of ``name="…"`` or ``<name>…<``: what stands there, empty where neither does. One search a name."""
    word = name.encode()
    at = block.find(word)
    while at >= 0:
        end = at + len(word)
        rest = block[end : end + MAX_VALUE + 8].lstrip(BLANKS)
        if rest[:1] == b"=":
            rest = rest[1:].lstrip(BLANKS)
            quote = rest[:1]
            if quote in (b'"', b"'") and quote in rest[1:]:
                return rest[1:].split(quote)[0].decode("ascii", "replace").strip()
        elif rest[:1] == b">" and block[at - 1 : at] == b"<":
            return rest[1:].split(b"<")[0].decode("ascii", "replace").strip()
        at = block.find(word, end)
    return ""
