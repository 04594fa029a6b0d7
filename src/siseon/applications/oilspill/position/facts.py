"""What several sources say of one frame, in the order in which they are believed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata, RefusedFact
from siseon.applications.oilspill.position.checks import checked
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.refusing import CAMERA, PAIRS

ANGLES: tuple[FactName, ...] = (
    "platform_heading", "platform_pitch", "platform_roll", "sensor_azimuth", "sensor_elevation", "sensor_roll",
)  # fmt: skip
"""Of one source or of none: those of a gimbal against the ground and those against an aircraft do not mix."""
APART_M = 500.0
"""Between the camera's positions after two sources, from which the later one is told to be wrong."""


def gathered(sources: Sequence[Metadata]) -> Metadata:
    """The facts of the first source that knows them, after its checks.

    The order is the caller's: KLV, XMP, EXIF, a table beside the pictures, the overlay, what was stated for all.
    Positions come whole from one source, and so do angles. A later source whose position is far from the one that is
    taken is refused by name.
    """
    facts: dict[FactName, Fact] = {}
    refused: list[RefusedFact] = []
    template = None
    for source in map(checked, sources):
        template = template or source.template
        refused += source.refused
        refused += _contradiction(facts, source)
        for group in (*PAIRS, ANGLES):
            if not any(name in facts for name in group):
                facts |= {name: source.facts[name] for name in group if name in source.facts}
        grouped = {name for group in (*PAIRS, ANGLES) for name in group}
        for name, fact in source.facts.items():
            if name not in grouped:
                facts.setdefault(name, fact)
    missing = tuple(one for one in refused if one.name not in facts or one.reason == "contradicted")
    return checked(Metadata(facts=facts, refused=missing, template=template))


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
