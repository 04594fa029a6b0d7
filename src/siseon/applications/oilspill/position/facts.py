"""What several sources say of one frame, in the order in which they are believed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import MappingProxyType

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata, RefusedFact
from siseon.applications.oilspill.position.checks import checked
from siseon.applications.oilspill.position.distance import degrees_apart, metres_between
from siseon.applications.oilspill.position.refusing import CAMERA, PAIRS, TARGET

DIRECTION: tuple[FactName, FactName] = ("platform_heading", "sensor_azimuth")
"""Their sum is where the camera looks. Of a gimbal or a person only the sum means something, of an aircraft each: so
both are of the first source that has both, and singly of several only where none has."""
APART_M = 500.0
"""Between the camera's positions after two sources, from which the later one is told to be wrong."""
STATED_APART = MappingProxyType[FactName, float](
    {"height_m": 30.0, "sensor_elevation": 6.0, "hfov": 5.0, "platform_heading": 6.0}
)
"""How far what a person stated may be off what a file or picture says before it is told: metres or degrees, three
standard deviations of a statement (``georeference.assumed``); of the heading with the camera's azimuth."""


def gathered(sources: Sequence[Metadata]) -> Metadata:
    """Each fact of the first source that knows it, after its checks.

    The order is the caller's: KLV, XMP, EXIF, a table beside the pictures, the overlay, what was stated for all.
    Positions come whole from one source. A later source whose position is far from the one that is taken is refused by
    name, and so is what a person stated and a better source says otherwise.
    """
    facts: dict[FactName, Fact] = {}
    refused: list[RefusedFact] = []
    template = None
    told = [checked(source) for source in sources]
    for source in told:
        template = template or source.template
        refused += source.refused
        refused += _contradiction(facts, source)
        for pair in PAIRS:
            if not any(name in facts for name in pair):
                facts |= {name: source.facts[name] for name in pair if name in source.facts}
        for name, fact in source.facts.items():
            if name not in (*CAMERA, *TARGET, *DIRECTION):
                facts.setdefault(name, fact)
    facts |= _direction(told)
    refused += [one for source in told for one in _not_as_stated(facts, source)]
    missing = tuple(one for one in refused if one.name not in facts or one.reason == "contradicted")
    return checked(Metadata(facts=facts, refused=missing, template=template))


def _direction(sources: Sequence[Metadata]) -> dict[FactName, Fact]:
    whole = next((one for one in sources if all(name in one.facts for name in DIRECTION)), None)
    found: dict[FactName, Fact] = {}
    for source in sources if whole is None else (whole,):
        for name in DIRECTION:
            if name in source.facts:
                found.setdefault(name, source.facts[name])
    return found


def _contradiction(facts: dict[FactName, Fact], source: Metadata) -> list[RefusedFact]:
    if not all(name in facts and name in source.facts for name in CAMERA):
        return []
    latitude, longitude = (facts[name].value for name in CAMERA)
    there = [source.facts[name] for name in CAMERA]
    away = math.hypot(*metres_between(latitude, longitude, there[0].value, there[1].value))
    if away <= APART_M:
        return []
    detail = f"{away:.0f} m from where {facts['latitude'].source} says"
    return [
        RefusedFact(name=name, reason="contradicted", text=fact.text, source=fact.source, detail=detail)
        for name, fact in zip(CAMERA, there, strict=True)
    ]


def _not_as_stated(facts: dict[FactName, Fact], source: Metadata) -> list[RefusedFact]:
    """What a person stated, where another source was believed that says something else."""
    out = []
    for name, most in STATED_APART.items():
        stated, taken = source.facts.get(name), facts.get(name)
        if stated is None or taken is None or stated.source != "stated" or taken.source == "stated":
            continue
        here, there = taken.value, stated.value
        if name == "platform_heading":
            here += facts["sensor_azimuth"].value
            there += source.facts["sensor_azimuth"].value
        turns = name == "platform_heading"
        if (degrees_apart(here, there) if turns else abs(here - there)) > most:
            detail = f"{there:g} was stated, {taken.source} says {here % 360 if turns else here:g}, and is believed"
            out.append(RefusedFact(name=name, reason="contradicted", source="stated", detail=detail))
    return out
