"""Position, time and field of view from EXIF.

Source: CIPA DC-008 (EXIF 2.32 and 3.0), attributes of GPS and of the taking; DCG-001 on the focal length in 35 mm film:
equal angles across the diagonal.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata, RefusedFact
from siseon.applications.oilspill.position.refusing import CAMERA
from siseon.contracts import InputError
from siseon.media.headers.directory import Layout, Tag

EXIF_DIRECTORY, GPS_DIRECTORY = 34665, 34853
VERSION, DIGITAL_ZOOM, FOCAL_LENGTH_35 = 0x9000, 0xA404, 0xA405
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE, ALTITUDE_REF, ALTITUDE, CLOCK = 1, 2, 3, 4, 5, 6, 7
DIRECTION_REF, DIRECTION, DATE = 16, 17, 29
STATUS, DATUM, METHOD, ERROR_M = 9, 18, 27, 31
TAKEN, TAKEN_ZONE = 0x9003, 0x9011
FILM_DIAGONAL_MM = math.hypot(36, 24)
RATIONAL, SHORT = 5, 3
NO_DEGREES = 360.0
"""What is told of a coordinate that is none, for the ranges to refuse by name."""
MOST_NUMBERS = 8
"""Of a tag that is read; a coordinate has three."""
NO_FIX = "V"
"""A receiver's status: what it says is where it was when it had satellites last."""
LIKE_WGS84 = ("WGS84", "WGS1984", "ITRF", "ETRS", "NAD83", "JGD2000", "JGD2011", "KGD2002", "CGCS2000", "GDA")
"""Beginnings of the datums that are within some metres of it; of others a position is up to a kilometre away."""
COARSE = ("CELLID", "NETWORK", "WLAN")
"""Ways to a position that are not satellites."""
MOST_ERROR_M = 50.0
"""Of a position, as the receiver says itself, from which on it is none."""


def read_exif(block: bytes, width: int, height: int) -> Metadata:
    """What an EXIF block says of a picture of ``width`` × ``height`` pixels, upright. A broken one says nothing."""
    layout = Layout.of(block)
    if layout is None or layout.big:
        return Metadata()
    try:
        first = _directory(block, layout, layout.first)
        taken = _directory(block, layout, _pointer(layout, first.get(EXIF_DIRECTORY)))
        gps = _directory(block, layout, _pointer(layout, first.get(GPS_DIRECTORY)))
    except InputError:
        return Metadata()
    reader = _Reader(block, layout, gps)
    facts: dict[FactName, float | None] = {
        "latitude": reader.degrees(LATITUDE, LATITUDE_REF, "NS"),
        "longitude": reader.degrees(LONGITUDE, LONGITUDE_REF, "EW"),
        "time": reader.time(),
    }
    if reader.text(DIRECTION_REF) == "T":
        facts["sight_bearing"] = reader.number(DIRECTION)
    taking = _Reader(block, layout, taken)
    above_the_sea, altitude = reader.altitude(taking.text(VERSION))
    facts["altitude_m" if above_the_sea else "ellipsoid_height_m"] = altitude
    facts["hfov"], facts["vfov"] = taking.angles(width, height)
    if facts["time"] is None:
        facts["time"] = taking.clock()
    said = {name: Fact(value=value, source="exif") for name, value in facts.items() if value is not None}
    if (doubt := reader.doubt()) is None:
        return Metadata(facts=said)
    return _without_position(Metadata(facts=said), doubt)


def _without_position(metadata: Metadata, why: str) -> Metadata:
    """The position is refused; nothing but what neighbours know may take its place, so that it is no candidate."""
    refused = tuple(
        RefusedFact(name=name, reason="unsure", source="exif", detail=why)
        for name in CAMERA
        if name in metadata.facts
    )
    facts = {name: fact for name, fact in metadata.facts.items() if name not in CAMERA}
    return Metadata(facts=facts, refused=refused)


def _directory(block: bytes, layout: Layout, at: int) -> Mapping[int, Tag]:
    return {tag.number: tag for tag in layout.tags(block, at)} if 8 <= at < len(block) else {}


def _pointer(layout: Layout, tag: Tag | None) -> int:
    return 0 if tag is None else layout.value(tag)


class _Reader:
    """The values of one directory."""

    def __init__(self, block: bytes, layout: Layout, tags: Mapping[int, Tag]) -> None:
        self.block, self.layout, self.tags = block, layout, tags

    def text(self, number: int) -> str:
        """ASCII up to its first zero."""
        raw = self._raw(number, 32)
        return raw.split(b"\x00")[0].decode("ascii", "replace").strip()

    def number(self, number: int) -> float | None:
        """The first rational or short."""
        values = self._numbers(number)
        return values[0] if values else None

    def degrees(self, number: int, ref: int, letters: str) -> float | None:
        """Signed degrees of a coordinate; None without its hemisphere, or where all of it is zero over zero; beyond all
        ranges where minutes or seconds are more than 60."""
        values, letter = self._numbers(number), self.text(ref)[:1]
        if len(values) != 3 or letter not in letters or not letter:
            return None
        if max(values[1:]) > 60:
            return math.copysign(NO_DEGREES, -1 if letter == letters[1] else 1)
        degrees = values[0] + values[1] / 60 + values[2] / 3600
        return -degrees if letter == letters[1] else degrees

    def doubt(self) -> str | None:
        """Why a position is not that of the camera when the picture was taken, for a person."""
        datum = "".join(sign for sign in self.text(DATUM).upper() if sign.isalnum())
        method = self._raw(METHOD, 64).upper()
        error = self.number(ERROR_M)
        if self.text(STATUS) == NO_FIX:
            return "its receiver had no satellites then: it is an older one"
        if datum and not datum.startswith(LIKE_WGS84):
            return f"it counts from the datum {self.text(DATUM)}, not from WGS 84"
        if any(way.encode() in method for way in COARSE):
            return "it is that of a mobile phone's network, not of satellites"
        if error is not None and error > MOST_ERROR_M:
            return f"its receiver says that it may be {error:,.0f} m off"
        return None

    def altitude(self, version: str) -> tuple[bool, float | None]:
        """Whether it counts from the sea, and the metres. Until version 3 it always did; since then 0 and 1 of the
        reference mean the ellipsoid."""
        ref, metres = (self._raw(ALTITUDE_REF, 1) or b"\x00")[0], self.number(ALTITUDE)
        from_the_sea = version < "0300" or ref in (2, 3)
        return from_the_sea, -metres if metres is not None and ref in (1, 3) else metres

    def time(self) -> float | None:
        """Seconds since 1970 of the satellites' date and clock, UTC; that of the camera has no zone."""
        clock, words = self._numbers(CLOCK), self.text(DATE).split(":")
        if (
            len(clock) != 3
            or len(words) != 3
            or not all(word.isdecimal() and len(word) <= 4 for word in words)
        ):
            return None
        try:
            day = datetime(int(words[0]), int(words[1]), int(words[2]), tzinfo=UTC)
        except ValueError:
            return None
        hours, minutes, seconds = clock
        if not (hours < 24 and minutes < 60 and seconds < 61):
            return None
        try:
            return (day + timedelta(hours=hours, minutes=minutes, seconds=seconds)).timestamp()
        except OverflowError:
            return None

    def clock(self) -> float | None:
        """Seconds since 1970 of the camera's own date and clock, where it has written its zone."""
        text, zone = self.text(TAKEN), self.text(TAKEN_ZONE)
        if not zone:
            return None
        try:
            return datetime.strptime(f"{text} {zone}", "%Y:%m:%d %H:%M:%S %z").timestamp()
        except (ValueError, OverflowError):
            return None

    def angles(self, width: int, height: int) -> tuple[float | None, float | None]:
        """Whole angles across and down; none where a digital zoom has cut the picture by an unknown rule."""
        focal, zoom = self.number(FOCAL_LENGTH_35), self.number(DIGITAL_ZOOM)
        if not focal or (zoom is not None and zoom > 1):
            return None, None
        half = FILM_DIAGONAL_MM / 2 / focal / math.hypot(width, height)
        return (
            math.degrees(2 * math.atan(half * width)),
            math.degrees(2 * math.atan(half * height)),
        )

    def _numbers(self, number: int) -> list[float]:
        """Empty where one has no value, or they are of another type."""
        tag = self.tags.get(number)
        if tag is None or not 1 <= tag.count <= MOST_NUMBERS:
            return []
        if tag.type == SHORT:
            return [float(value) for value in self.layout.values(self.block, tag)]
        if tag.type != RATIONAL:
            return []
        raw = self.block[self.layout.span(self.block, tag)]
        if len(raw) != 8 * tag.count:
            return []
        pairs = struct.unpack(f"{self.layout.order}{2 * tag.count}I", raw)
        above, below = pairs[::2], pairs[1::2]
        return [] if 0 in below else [one / other for one, other in zip(above, below, strict=True)]

    def _raw(self, number: int, most: int) -> bytes:
        tag = self.tags.get(number)
        if tag is None or not 1 <= tag.nbytes <= most:
            return b""
        return tag.field[: tag.nbytes] if tag.inline else self.block[self.layout.span(self.block, tag)]
