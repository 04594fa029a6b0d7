"""Taking a fact away, with its reason."""

from __future__ import annotations

from collections.abc import Iterable

from siseon.applications.oilspill.contracts import FactName, FactReason, Metadata, RefusedFact

CAMERA: tuple[FactName, FactName] = ("latitude", "longitude")
TARGET: tuple[FactName, FactName] = ("target_latitude", "target_longitude")
HALF_HOUR_S = 1800.0
"""Zones are whole numbers of it. A candidate of a time that is less is what a clock shows within half an hour, of an
unknown day and zone: those are misread more easily than a clock."""
PAIRS = (CAMERA, TARGET)
"""Half of a position is none."""
CORNERS: tuple[tuple[FactName, FactName], ...] = (
    ("corner_1_latitude", "corner_1_longitude"),
    ("corner_2_latitude", "corner_2_longitude"),
    ("corner_3_latitude", "corner_3_longitude"),
    ("corner_4_latitude", "corner_4_longitude"),
)
CORNER_FACTS: tuple[FactName, ...] = tuple(name for pair in CORNERS for name in pair)
"""Three corners are none."""
OPEN: tuple[FactReason, ...] = ("unsure", "contradicted")
"""Reasons that frames before and after can overrule: what its own frame contradicts may be the right one of the two."""


def refuse(metadata: Metadata, names: Iterable[FactName], reason: FactReason, detail: str) -> Metadata:
    """Without these facts, as far as they are there, the other half of a position, and the other corners of one."""
    chosen = set(names)
    for together in (*PAIRS, CORNER_FACTS):
        if chosen & set(together):
            chosen |= set(together)
    refused = tuple(
        RefusedFact(
            name=name,
            reason=reason,
            text=fact.text,
            source=fact.source,
            detail=detail,
            candidates=_candidates(name, fact.value, reason),
        )
        for name, fact in metadata.facts.items()
        if name in chosen
    )
    if not refused:
        return metadata
    kept = {name: fact for name, fact in metadata.facts.items() if name not in chosen}
    return metadata.model_copy(update={"facts": kept, "refused": metadata.refused + refused})


def _candidates(name: FactName, value: float, reason: FactReason) -> tuple[float, ...]:
    if name == "time":
        return (value, value % HALF_HOUR_S)
    return (value,) if reason in OPEN else ()
