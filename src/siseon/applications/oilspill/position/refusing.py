"""Taking a fact away, with its reason."""

from __future__ import annotations

from collections.abc import Iterable

from siseon.applications.oilspill.contracts import FactName, FactReason, Metadata, RefusedFact

CAMERA: tuple[FactName, FactName] = ("latitude", "longitude")
TARGET: tuple[FactName, FactName] = ("target_latitude", "target_longitude")
PAIRS = (CAMERA, TARGET)
"""Half of a position is none."""


def refuse(metadata: Metadata, names: Iterable[FactName], reason: FactReason, detail: str) -> Metadata:
    """Without these facts, as far as they are there, and with the other half of a position."""
    chosen = set(names)
    for pair in PAIRS:
        if chosen & set(pair):
            chosen |= set(pair)
    refused = tuple(
        RefusedFact(
            name=name,
            reason=reason,
            text=fact.text,
            source=fact.source,
            detail=detail,
            candidates=(fact.value,) if reason == "unsure" else (),
        )
        for name, fact in metadata.facts.items()
        if name in chosen
    )
    if not refused:
        return metadata
    kept = {name: fact for name, fact in metadata.facts.items() if name not in chosen}
    return metadata.model_copy(update={"facts": kept, "refused": metadata.refused + refused})
