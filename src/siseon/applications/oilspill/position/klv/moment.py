"""What the packets about a picture say of its own moment.

An aircraft goes a hundred metres from one packet a second to the next: the figures of the picture's moment lie between
those of the packet before it and of the one after it. What only a packet farther away than ``NEAR_S`` says, and what
has changed too much in between, is refused by name.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from siseon.applications.oilspill.contracts import Fact, FactName, FactReason, Metadata, RefusedFact
from siseon.applications.oilspill.position.checks import checked
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.klv.local_set import local_sets
from siseon.applications.oilspill.position.klv.tags import facts_of
from siseon.applications.oilspill.position.outliers import SPEED_MPS
from siseon.applications.oilspill.position.refusing import CORNER_FACTS, CORNERS, PAIRS, refuse
from siseon.media.film.packets import Beside

NEAR_S = 0.1
"""Of a packet that stands alone: 25 m at 250 m/s."""
TURNING: frozenset[FactName] = frozenset(
    (
        "platform_heading",
        "platform_pitch",
        "platform_roll",
        "sensor_azimuth",
        "sensor_elevation",
        "sensor_roll",
    )
)
TURNED = 5.0
"""Degrees between two packets from which on what lies between them is not known to a degree."""
CIRCLES: frozenset[FactName] = frozenset(
    (*TURNING, "longitude", "target_longitude", *(longitude for _, longitude in CORNERS))
)
VIEWS: frozenset[FactName] = frozenset(("hfov", "vfov", "target_width_m", "slant_range_m"))
ZOOMED = 0.05
"""Share by which an angle of view may change, or a range."""
GLITCH_M = 50.0
"""Between two positions, beside what an aircraft flies."""


@dataclass(frozen=True, slots=True)
class _Told:
    away_s: float
    metadata: Metadata


def at_moment(packets: Iterable[Beside]) -> Metadata | None:
    """The facts of a picture's moment; None where no packet beside it is of this standard."""
    told = [
        _Told(one.away_s, checked(facts_of(tags)))
        for one in packets
        for tags in list(local_sets(one.data))[-1:]
    ]
    before = max((one for one in told if one.away_s <= 0), key=lambda one: one.away_s, default=None)
    after = min((one for one in told if one.away_s > 0), key=lambda one: one.away_s, default=None)
    if before is not None and (after is None or before.away_s == 0):
        return _alone(before)
    if before is None:
        return None if after is None else _alone(after)
    return _between(before, after) if after is not None else None


def _alone(one: _Told) -> Metadata:
    if abs(one.away_s) <= NEAR_S:
        return one.metadata
    return _unsure(one.metadata, one.metadata.facts, f"its only packet is {abs(one.away_s):.1f} s away")


def _between(before: _Told, after: _Told) -> Metadata:
    share = -before.away_s / (after.away_s - before.away_s)
    first, last = before.metadata, after.metadata
    both = {
        name: (fact.value, last.facts[name].value) for name, fact in first.facts.items() if name in last.facts
    }
    facts = {
        name: Fact(value=_on_line(name, one, other, share), source="klv")
        for name, (one, other) in both.items()
    }
    for told in (before, after):
        if abs(told.away_s) <= NEAR_S:
            facts = {**told.metadata.facts, **facts}
    once = [name for name in {**first.facts, **last.facts} if name not in facts]
    refused = [
        *first.refused,
        *last.refused,
        *(_refused(name, "one of two packets lacks it") for name in once),
    ]
    kept = tuple(one for one in dict.fromkeys(refused) if one.name not in facts)
    jumps = [name for name, pair in both.items() if _has_jumped(name, *pair)]
    if jumps or _has_turned(
        both
    ):  # what is seen on the way from one quadrangle to another is none between them
        jumps += CORNER_FACTS
    found = _unsure(Metadata(facts=facts, refused=kept), jumps, "it has changed too much between two packets")
    return _one_aircraft(found, both, after.away_s - before.away_s)


def _on_line(name: FactName, one: float, other: float, share: float) -> float:
    step = other - one
    if name in CIRCLES:
        step = (step + 180) % 360 - 180
    value = one + share * step
    if name.endswith("longitude"):
        return (value + 180) % 360 - 180
    return value % 360 if name in ("platform_heading", "sensor_azimuth", "sensor_roll") else value


def _has_jumped(name: FactName, one: float, other: float) -> bool:
    if name in TURNING:
        return abs((other - one + 180) % 360 - 180) > TURNED
    return name in VIEWS and abs(other - one) > ZOOMED * max(abs(one), abs(other))


def _has_turned(both: Mapping[FactName, tuple[float, float]]) -> bool:
    """Whether the top edge of the picture on the ground is another: longer, shorter or turned."""
    (left, west), (right, east) = CORNERS[:2]
    if any(name not in both for name in (left, west, right, east)):
        return False
    edges = [
        complex(*metres_between(both[left][at], both[west][at], both[right][at], both[east][at]))
        for at in (0, 1)
    ]
    first, last = edges
    if not first or not last:
        return True
    turned = abs(math.degrees(cmath.phase(last / first)))
    return turned > TURNED or abs(abs(last) - abs(first)) > ZOOMED * max(abs(first), abs(last))


def _one_aircraft(
    metadata: Metadata, both: Mapping[FactName, tuple[float, float]], seconds: float
) -> Metadata:
    """Without positions that are farther apart than one flies meanwhile."""
    for pair in (*PAIRS, *CORNERS):
        if not all(name in both for name in pair):
            continue
        (south, north), (west, east) = (both[name] for name in pair)
        away = math.hypot(*metres_between(south, west, north, east))
        if away > SPEED_MPS * seconds + GLITCH_M:
            detail = f"it is {away:,.0f} m from that of the next packet, {seconds:.2g} s later"
            metadata = refuse(metadata, pair, "impossible_speed", detail)
    return metadata


def _unsure(metadata: Metadata, names: Iterable[FactName], why: str) -> Metadata:
    """Without these facts. What they are of another moment is no candidate for this one."""
    chosen = set(names)
    refused = tuple(_refused(name, why) for name in metadata.facts if name in chosen)
    facts = {name: fact for name, fact in metadata.facts.items() if name not in chosen}
    return metadata.model_copy(update={"facts": facts, "refused": metadata.refused + refused})


def _refused(name: FactName, why: str, reason: FactReason = "unsure") -> RefusedFact:
    return RefusedFact(name=name, reason=reason, source="klv", detail=why)
