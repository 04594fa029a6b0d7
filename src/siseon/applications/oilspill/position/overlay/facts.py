"""From the fields of an overlay to facts: parts of time put together, figures that stand twice compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from siseon.applications.oilspill.contracts import Fact, FactName, FactReason, Metadata, RefusedFact
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.overlay.election import Elected
from siseon.applications.oilspill.position.overlay.grid import middle_of, side_of
from siseon.applications.oilspill.position.overlay.template import Template
from siseon.applications.oilspill.position.refusing import CAMERA, PAIRS, TARGET, refuse

SPEED_MPS = 250.0
"""Of the fastest aircraft that looks for oil; what two moments of one frame may be apart."""
CLIMB_MPS = 20.0
ROUNDING_M = 40.0
"""Between figures of different rounding: 0.01' is 18 m, a foot nothing."""


@dataclass(slots=True)
class _Found:
    facts: dict[FactName, Fact] = field(default_factory=dict)
    again: dict[FactName, Fact] = field(default_factory=dict)
    refused: list[RefusedFact] = field(default_factory=list)

    def refuse(
        self,
        name: FactName,
        reason: FactReason,
        text: str,
        detail: str = "",
        candidates: Sequence[float] = (),
        shares: Sequence[float] = (),
    ) -> None:
        self.refused.append(
            RefusedFact(
                name=name,
                reason=reason,
                text=text,
                source="overlay",
                detail=detail,
                candidates=tuple(candidates),
                shares=tuple(shares),
            )
        )


def facts_of(template: Template, fields: Sequence[Elected]) -> Metadata:
    """What the fields say together. A figure that stands twice and does not agree is refused."""
    found = _Found()
    for one in fields:
        _plain(found, one)
    for again in (False, True):
        _time(found, [one for one in fields if one.field.fact == "time" and one.field.again == again], again)
    _spare(found)
    metadata = Metadata(facts=found.facts, refused=_still_refused(found), template=template.name)
    metadata = _compared(metadata, found.again, template.moments_apart_s)
    return _on_grid(metadata, [one for one in fields if one.field.grammar == "mgrs"])


def _plain(found: _Found, one: Elected) -> None:
    """A figure on its own."""
    name = one.field.fact
    if name is None or name == "time" or one.field.grammar == "mgrs":
        return
    if isinstance(one.value, float):
        (found.again if one.field.again else found.facts)[name] = _fact(one.value, one.text)
    elif one.reason is not None:
        numbers = [value for value in one.candidates if isinstance(value, float)]
        shares = one.shares if len(numbers) == len(one.candidates) else ()
        found.refuse(
            name,
            one.reason,
            one.text,
            one.detail or ("where it stands again" if one.field.again else ""),
            numbers,
            shares,
        )


def _time(found: _Found, parts: Sequence[Elected], again: bool) -> None:
    """Seconds since 1970 of a date, a clock and a zone; without a field for the zone it is UTC."""
    if not parts:
        return
    text = " ".join(one.text for one in parts)
    refused = next((one for one in parts if one.reason is not None), None)
    values = [one.value for one in parts]
    moment = next((value for value in values if isinstance(value, datetime)), None)
    day = next(
        (value for value in values if isinstance(value, date) and not isinstance(value, datetime)), None
    )
    clock = next((value for value in values if isinstance(value, time)), None)
    zone = next((value for value in values if isinstance(value, timedelta)), timedelta())
    if moment is None and day is not None and clock is not None:
        moment = datetime.combine(day, clock, tzinfo=UTC)
    if refused is not None or moment is None:
        reason = "not_found" if refused is None or refused.reason is None else refused.reason
        found.refuse("time", reason, text, "where it stands again" if again else "", _moments(parts))
    else:
        (found.again if again else found.facts)["time"] = _fact((moment - zone).timestamp(), text)


def _moments(parts: Sequence[Elected]) -> list[float]:
    """What the parts of a time may say together: moments, and what its clock shows within half an hour, which a wrong
    day or zone does not change."""
    options = [(one.value,) if one.value is not None else one.candidates for one in parts]
    if any(one.field.grammar == "date_time" for one in parts):
        return [value.timestamp() for each in options for value in each if isinstance(value, datetime)]
    by_kind = {
        kind: [values for one, values in zip(parts, options, strict=True) if one.field.grammar == kind]
        for kind in ("date", "clock", "zone")
    }
    clocks = [value for values in by_kind["clock"] for value in values if isinstance(value, time)]
    days = [value for values in by_kind["date"] for value in values if isinstance(value, date)]
    zones = [value for values in by_kind["zone"] for value in values if isinstance(value, timedelta)]
    if not by_kind["zone"]:
        zones = [timedelta()]
    whole = [
        (datetime.combine(day, clock, tzinfo=UTC) - zone).timestamp()
        for day in days for clock in clocks for zone in zones
    ]  # fmt: skip
    return whole + [60 * (clock.minute % 30) + clock.second + clock.microsecond / 1e6 for clock in clocks]


def _spare(found: _Found) -> None:
    """What stands again takes the place of what could not be read; positions only whole."""
    for pair in PAIRS:
        if any(name not in found.facts for name in pair) and all(name in found.again for name in pair):
            found.facts |= {name: found.again.pop(name) for name in pair}
    for name in [name for name in found.again if name not in found.facts]:
        if not any(name in pair for pair in PAIRS):
            found.facts[name] = found.again.pop(name)


def _still_refused(found: _Found) -> tuple[RefusedFact, ...]:
    """Without those that are known after all."""
    return tuple(one for one in found.refused if one.name not in found.facts)


def _compared(metadata: Metadata, again: dict[FactName, Fact], apart_s: float) -> Metadata:
    for pair in (CAMERA, TARGET):
        here = [metadata.value(name) for name in pair]
        there = [again[name].value for name in pair if name in again]
        if None in here or len(there) != 2:
            continue
        away = math.hypot(*metres_between(here[0] or 0.0, here[1] or 0.0, there[0], there[1]))
        if away > SPEED_MPS * apart_s + ROUNDING_M:
            detail = f"it stands again in the frame, {away:.0f} m away: {again[pair[0]].text} {again[pair[1]].text}"
            metadata = refuse(metadata, pair, "contradicted", detail)
    slack: dict[FactName, float] = {
        "time": apart_s + 1,
        "altitude_m": CLIMB_MPS * apart_s + ROUNDING_M,
        "target_elevation_m": CLIMB_MPS * apart_s + ROUNDING_M,
    }
    for name, most in slack.items():
        value = metadata.value(name)
        if value is not None and name in again and abs(value - again[name].value) > most:
            detail = f"it stands again in the frame: {again[name].text}"
            metadata = refuse(metadata, (name,), "contradicted", detail)
    return metadata


def _on_grid(metadata: Metadata, grids: Sequence[Elected]) -> Metadata:
    """A position against its grid square, or from it where it does not stand in degrees."""
    for one in grids:
        pair = CAMERA if one.field.fact in CAMERA else TARGET
        if not isinstance(one.value, str):
            continue
        place, side = middle_of(one.value), side_of(one.value)
        if place is None:
            metadata = _unknown(metadata, pair, one)
            continue
        here = [metadata.value(name) for name in pair]
        if None in here:
            said = dict(zip(pair, (_fact(value, one.text) for value in place), strict=True))
            kept = tuple(refused for refused in metadata.refused if refused.name not in pair)
            metadata = metadata.model_copy(update={"facts": metadata.facts | said, "refused": kept})
            continue
        away = math.hypot(*metres_between(*place, here[0] or 0.0, here[1] or 0.0))
        if away > side / math.sqrt(2) + ROUNDING_M:
            detail = f"its grid square {one.text} is {away:.0f} m away"
            metadata = refuse(metadata, pair, "contradicted", detail)
    return metadata


def _unknown(metadata: Metadata, pair: tuple[FactName, FactName], one: Elected) -> Metadata:
    """A square that is not in its zone was misread; the degrees beside it stand without a witness, and stay."""
    if all(name in metadata.facts for name in pair):
        return metadata
    refused = tuple(
        RefusedFact(
            name=name, reason="out_of_range", text=one.text, source="overlay", detail="no such grid square"
        )
        for name in pair
    )
    return metadata.model_copy(update={"refused": metadata.refused + refused})


def _fact(value: float, text: str) -> Fact:
    return Fact(value=value, source="overlay", text=text)
