"""What a field says, by several readings of it: a figure where they agree, else the reason why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from siseon.applications.oilspill.contracts import FactReason
from siseon.applications.oilspill.position.overlay.form import Value
from siseon.applications.oilspill.position.overlay.grammar import parse
from siseon.applications.oilspill.position.overlay.template import POSITIONS, FieldOfOverlay

LEAST_SCORE = 0.6
"""Of a reading that counts, the recogniser's mean probability."""
SURE = 0.85
"""Of each of two first readings that agree."""
FIRST, ALL = 2, 5
"""Readings of a field with a fact: two are enough where they agree surely, five are asked where they do not."""
MAJORITY = 4
"""Readings of five that must agree where one is another figure; where the rest are no figures, two are enough. Of a
coordinate none may be another: four views of one blur have agreed on a place 100 m away."""


class Said(NamedTuple):
    """One reading of one field."""

    text: str
    score: float
    """The recogniser's mean probability."""


@dataclass(frozen=True, slots=True)
class Elected:
    """A field, read."""

    field: FieldOfOverlay
    value: Value | None
    """None where it is refused."""
    text: str
    reason: FactReason | None = None
    candidates: tuple[Value, ...] = ()
    """All that readers took it for."""


def is_settled(field: FieldOfOverlay, said: Sequence[Said]) -> bool:
    """Whether the first readings are enough."""
    if field.fact is None:
        return bool(said) and said[0].score >= LEAST_SCORE and parse(said[0].text, field.form) is not None
    values = [parse(one.text, field.form) for one in said]
    return values[0] is not None and len(set(values)) == 1 and min(one.score for one in said) >= SURE


def elect(field: FieldOfOverlay, said: Sequence[Said]) -> Elected:
    """The figure that the readings have.

    Args:
        field: what was read.
        said: one reading of a field without a fact; of others ``FIRST`` that agree, or ``ALL``.
    """
    votes = Counter(
        value
        for one in said
        if one.score >= LEAST_SCORE and (value := parse(one.text, field.form)) is not None
    )
    text = " | ".join(dict.fromkeys(one.text for one in said if one.text))
    faint = [value for one in said if (value := parse(one.text, field.form)) is not None]
    if not votes:
        seen = any(one.score >= LEAST_SCORE for one in said)
        reason: FactReason = "unsure" if faint else "unreadable" if seen else "not_found"
        return Elected(field, None, text, reason, tuple(dict.fromkeys(faint)))
    ranked = votes.most_common()
    value, count = ranked[0]
    enough = 1 if field.fact is None else FIRST if len(votes) == 1 else MAJORITY
    if count < enough or (len(votes) > 1 and field.fact in POSITIONS):
        values = (*(value for value, _ in ranked), *faint)
        return Elected(field, None, text, "unsure", tuple(dict.fromkeys(values)))
    best = next(one.text for one in said if parse(one.text, field.form) == value)
    return Elected(field, value, best, candidates=tuple(dict.fromkeys((*votes, *faint))))
