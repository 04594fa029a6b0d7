"""What a field says, by several readings of it: a figure where they agree, else the reason why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import FactReason
from siseon.applications.oilspill.position.overlay.constrained import Likely, likely
from siseon.applications.oilspill.position.overlay.form import GrammarName, Value
from siseon.applications.oilspill.position.overlay.grammar import parse
from siseon.applications.oilspill.position.overlay.patterns import SIGNS
from siseon.applications.oilspill.position.overlay.scanner import TWINS, ZEROS, tidied
from siseon.applications.oilspill.position.overlay.template import POSITIONS, FieldOfOverlay

LEAST_SCORE = 0.6
"""Of a reading that counts, the recogniser's mean probability."""
SURE = 0.85
"""Of each of two first readings that agree."""
SURE_DIGIT = 0.99
"""Of every digit of a reading that is believed alone: of 1,108 figures of generated frames none was wrong then."""
ONE, FIRST, ALL = 1, 2, 5
"""Readings of a field with a fact: one where it is sure, two where they agree, else five."""
DIGITS = np.array([False, *(sign.translate(TWINS).isdecimal() or sign in ZEROS for sign in SIGNS)])
"""Which columns of ``Said.signs`` are read as digits."""
NUMBERS: frozenset[GrammarName] = frozenset(("dms", "ddm", "decimal", "length", "angle", "bearing"))
LETTERS = frozenset(chr(sign) for sign in TWINS if chr(sign) not in ZEROS)
"""That may be read where only a digit can stand."""
MAJORITY = 4
"""Readings of five that must agree where one is another figure; where the rest are no figures, two are enough. Of a
coordinate none may be another: four views of one blur have agreed on a place 100 m away."""
ALONE, AGREED = 0.99, 0.8
"""Share of the probability of all that a field's form allows, from which a text is believed: on its own, and where it
is what a majority says too."""
FITTING = -7.0
"""Least logarithm of how well readings fit the form: a sign too many or too few costs nine."""
SEEN = 0.6
"""Least probability of every digit's place: one that is cut off, or that a template has too many, has hardly any."""


class Said(NamedTuple):
    """One reading of one field."""

    text: str
    score: float
    """The recogniser's mean probability."""
    signs: NDArray[np.float32] | None = None
    """(steps, 1 + signs) probabilities of the blank and of ``patterns.SIGNS``; None: they are not known."""

    @property
    def least_of_digits(self) -> float:
        """Of the digits that it has the least peak of their probabilities; 0 without any."""
        if self.signs is None:
            return 0.0
        best = self.signs.argmax(axis=1)
        starts = np.flatnonzero(np.r_[True, best[1:] != best[:-1]])
        peaks = np.maximum.reduceat(self.signs.max(axis=1), starts)[DIGITS[best[starts]]]
        return float(peaks.min(initial=1.0)) if peaks.size else 0.0


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
    shares: tuple[float, ...] = ()
    """How probable each candidate is by the readings, of all that the field's form allows; empty: not known."""
    detail: str = ""
    """Of a reason that its readings alone do not tell."""


def is_settled(field: FieldOfOverlay, said: Sequence[Said]) -> bool:
    """Whether the first readings are enough: one whose every digit is sure, or two that agree."""
    if field.fact is None:
        return bool(said) and said[0].score >= LEAST_SCORE and parse(said[0].text, field.form) is not None
    if field.grammar == "length" and not all(_has_unit(one) for one in said):
        return False  # its unit may have been read as digits
    values = [parse(one.text, field.form) for one in said]
    if values[0] is None or len(set(values)) > 1 or min(one.score for one in said) < SURE:
        return False
    return len(said) > 1 or (_is_whole(field, said[0]) and said[0].least_of_digits >= SURE_DIGIT)


def _is_whole(field: FieldOfOverlay, said: Said) -> bool:
    """Whether one reading says all that the field has (of a grid letters count as well), and no letter stands in it for
    a digit, as S for 5, but for those that dotted and slashed noughts are read as."""
    if field.grammar == "mgrs":
        return False
    return field.grammar not in NUMBERS or not any(sign in LETTERS for sign in tidied(said.text)[:-1])


def _has_unit(said: Said) -> bool:
    return tidied(said.text)[-1:].isalpha()


def elect(field: FieldOfOverlay, said: Sequence[Said]) -> Elected:
    """The figure that the readings have; where they do not agree, the one text of the field's form that they can be.

    Args:
        field: what was read.
        said: ``ONE`` that is sure, ``FIRST`` that agree, or ``ALL``.
    """
    voted = _voted(field, said)
    if field.fact is None or (voted.value is not None and is_settled(field, said)):
        return voted
    texts = _texts(field, said)
    if not texts:
        return voted
    candidates = tuple(dict.fromkeys((*voted.candidates, *(one.value for one in texts))))
    disputed = field.fact in POSITIONS and len(set(voted.candidates)) > 1
    if not disputed and texts[0].share >= (AGREED if texts[0].value == voted.value else ALONE):
        return Elected(field, texts[0].value, texts[0].text, candidates=candidates)
    reason = voted.reason or "unsure"
    return replace(voted, value=None, reason=reason, candidates=candidates, shares=_shares(candidates, texts))


def refused(
    elected: Elected, said: Sequence[Said], detail: str = "", instead: Value | None = None
) -> Elected:
    """The field without its figure, which is a candidate like all that its form makes of its readings.

    Args:
        elected: the field.
        said: its readings.
        detail: why.
        instead: what it may be as well as that figure, by a witness that readings know nothing of.
    """
    texts = _texts(elected.field, said)
    shares = {one.value: min(1.0, one.share) for one in texts}
    told = [] if elected.value is None else [elected.value]
    if instead is not None:
        told.append(instead)
        if shares:
            shares[instead] = max(shares.get(value, 0.0) for value in told)
    candidates = tuple(dict.fromkeys((*told, *elected.candidates, *shares)))
    return replace(
        elected,
        value=None,
        reason="unsure",
        detail=detail,
        candidates=candidates,
        shares=tuple(shares.get(value, 0.0) for value in candidates) if shares else (),
    )


def _shares(candidates: Sequence[Value], texts: Sequence[Likely]) -> tuple[float, ...]:
    """Of each candidate; empty where its form tells nothing."""
    known = {one.value: min(1.0, one.share) for one in texts}
    return tuple(known.get(value, 0.0) for value in candidates) if known else ()


def _texts(field: FieldOfOverlay, said: Sequence[Said]) -> list[Likely]:
    """Those of its form, where readings fit it."""
    texts = likely([one.signs for one in said if one.signs is not None], field.form)
    return [one for one in texts if one.fit >= FITTING and one.seen >= SEEN]


def _voted(field: FieldOfOverlay, said: Sequence[Said]) -> Elected:
    if field.grammar == "length" and any(_has_unit(one) for one in said):
        # Where the unit was read once, a reading without has taken it for digits: 358641 is 3586M.
        said = [one for one in said if _has_unit(one)]
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
    alone = field.fact is None or is_settled(field, said[:ONE])
    enough = ONE if alone and len(said) == ONE else FIRST if len(votes) == 1 else MAJORITY
    if count < enough or (len(votes) > 1 and field.fact in POSITIONS):
        values = (*(value for value, _ in ranked), *faint)
        return Elected(field, None, text, "unsure", tuple(dict.fromkeys(values)))
    best = next(one.text for one in said if parse(one.text, field.form) == value)
    return Elected(field, value, best, candidates=tuple(dict.fromkeys((*votes, *faint))))
