"""What the tags of a local set mean as facts, and back.

Source: MISB ST 0601, its table of local set items: each maps a range onto all values of an integer; of signed ones the
most negative value says "out of range".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata
from siseon.applications.oilspill.position.klv.local_set import write_local_set
from siseon.applications.oilspill.position.refusing import CORNER_FACTS, CORNERS

TIME = 2
"""Microseconds since 1970-01-01 UTC, eight bytes."""


@dataclass(frozen=True, slots=True)
class Item:
    """An integer that stands for a range."""

    fact: FactName
    nbytes: int
    least: float
    most: float
    signed: bool = False

    def value(self, raw: bytes) -> float | None:
        """None for another length, and for "out of range"."""
        if len(raw) != self.nbytes:
            return None
        number = int.from_bytes(raw, "big", signed=self.signed)
        if self.signed:
            half = (1 << 8 * self.nbytes - 1) - 1
            return None if number < -half else number / half * self.most
        return self.least + number / ((1 << 8 * self.nbytes) - 1) * (self.most - self.least)

    def raw(self, value: float) -> bytes:
        """The nearest integer's bytes.

        Raises:
            OverflowError: the value is outside of the range.
        """
        if self.signed:
            half = (1 << 8 * self.nbytes - 1) - 1
            return round(value / self.most * half).to_bytes(self.nbytes, "big", signed=True)
        share = (value - self.least) / (self.most - self.least)
        return round(share * ((1 << 8 * self.nbytes) - 1)).to_bytes(self.nbytes, "big")


ITEMS = MappingProxyType(
    {
        5: Item("platform_heading", 2, 0, 360),
        6: Item("platform_pitch", 2, -20, 20, signed=True),
        7: Item("platform_roll", 2, -50, 50, signed=True),
        13: Item("latitude", 4, -90, 90, signed=True),
        14: Item("longitude", 4, -180, 180, signed=True),
        15: Item("altitude_m", 2, -900, 19_000),
        16: Item("hfov", 2, 0, 180),
        17: Item("vfov", 2, 0, 180),
        18: Item("sensor_azimuth", 4, 0, 360),
        19: Item("sensor_elevation", 4, -180, 180, signed=True),
        20: Item("sensor_roll", 4, 0, 360),
        21: Item("slant_range_m", 4, 0, 5_000_000),
        22: Item("target_width_m", 2, 0, 10_000),
        23: Item("target_latitude", 4, -90, 90, signed=True),
        24: Item("target_longitude", 4, -180, 180, signed=True),
        25: Item("target_elevation_m", 2, -900, 19_000),
        75: Item("ellipsoid_height_m", 2, -900, 19_000),
        90: Item("platform_pitch", 4, -90, 90, signed=True),
        91: Item("platform_roll", 4, -90, 90, signed=True),
        82: Item("corner_1_latitude", 4, -90, 90, signed=True),
        83: Item("corner_1_longitude", 4, -180, 180, signed=True),
        84: Item("corner_2_latitude", 4, -90, 90, signed=True),
        85: Item("corner_2_longitude", 4, -180, 180, signed=True),
        86: Item("corner_3_latitude", 4, -90, 90, signed=True),
        87: Item("corner_3_longitude", 4, -180, 180, signed=True),
        88: Item("corner_4_latitude", 4, -90, 90, signed=True),
        89: Item("corner_4_longitude", 4, -180, 180, signed=True),
    }
)
"""90 and 91 are the full ranges of 6 and 7, and count where both are there."""
OFFSETS = MappingProxyType(
    {
        number: Item(name, 2, -0.075, 0.075, signed=True)
        for number, name in zip(range(26, 34), CORNER_FACTS, strict=True)
    }
)
"""Degrees of a corner from the point in the middle of the picture: a quarter of a metre a step. Corners that are
stated in full (82 to 89) count where both are there."""


def facts_of(tags: Mapping[int, bytes]) -> Metadata:
    """What a packet says; tags of a wrong length, out of range or unknown are passed over."""
    facts: dict[FactName, Fact] = {}
    if len(stamp := tags.get(TIME, b"")) == 8:
        facts["time"] = Fact(value=int.from_bytes(stamp, "big") / 1e6, source="klv")
    for number, item in ITEMS.items():
        if (value := item.value(tags.get(number, b""))) is not None:
            facts[item.fact] = Fact(value=value, source="klv")
    if any(name not in facts for name in CORNER_FACTS):
        facts |= _by_offsets(tags, facts)
    return Metadata(facts=facts)


def _by_offsets(tags: Mapping[int, bytes], facts: Mapping[FactName, Fact]) -> dict[FactName, Fact]:
    """The corners that are stated by their offsets, all of them or none."""
    offsets = {
        item.fact: value
        for number, item in OFFSETS.items()
        if (value := item.value(tags.get(number, b""))) is not None
    }
    middle = facts.get("target_latitude"), facts.get("target_longitude")
    if middle[0] is None or middle[1] is None or len(offsets) != len(OFFSETS):
        return {}
    found: dict[FactName, Fact] = {}
    for latitude, longitude in CORNERS:
        east = (middle[1].value + offsets[longitude] + 180) % 360 - 180
        found[latitude] = Fact(value=middle[0].value + offsets[latitude], source="klv")
        found[longitude] = Fact(value=east, source="klv")
    return found


def write_facts(facts: Mapping[FactName, float]) -> bytes:
    """A packet that says these.

    Raises:
        OverflowError: a value cannot be said.
        KeyError: the local set has no tag for a fact.
    """
    numbers = {item.fact: number for number, item in ITEMS.items()}
    tags: dict[int, bytes] = {}
    for name, value in facts.items():
        if name == "time":
            tags[TIME] = round(value * 1e6).to_bytes(8, "big")
        else:
            tags[numbers[name]] = ITEMS[numbers[name]].raw(value)
    return write_local_set(dict(sorted(tags.items())))
