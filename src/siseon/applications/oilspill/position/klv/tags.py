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
    }
)
"""90 and 91 are the full ranges of 6 and 7, and count where both are there."""


def facts_of(tags: Mapping[int, bytes]) -> Metadata:
    """What a packet says; tags of a wrong length, out of range or unknown are passed over."""
    facts: dict[FactName, Fact] = {}
    if len(stamp := tags.get(TIME, b"")) == 8:
        facts["time"] = Fact(value=int.from_bytes(stamp, "big") / 1e6, source="klv")
    for number, item in ITEMS.items():
        if (value := item.value(tags.get(number, b""))) is not None:
            facts[item.fact] = Fact(value=value, source="klv")
    return Metadata(facts=facts)


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
