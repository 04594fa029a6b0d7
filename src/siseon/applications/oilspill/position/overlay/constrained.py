"""What a field can say by its form: the probabilities of readings, sign by sign, over the texts that the form allows.

A reader that takes the best sign of each step says a text that no field can have, where two signs are nearly as
probable. Here every path through a reading that spells a text of the form counts (the forward-backward algorithm of
connectionist temporal classification: Graves et al., ICML 2006, with a set of signs at each place of the text), and
readings of the same pixels in several ways are put together place by place.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.position.overlay.form import Form, Value
from siseon.applications.oilspill.position.overlay.grammar import parse
from siseon.applications.oilspill.position.overlay.patterns import Pattern, Place, patterns

Floats = NDArray[np.float64]

LEAST = 1e-4
"""Probability of any sign at any step, and of a place in any reading: nothing is impossible in a blur."""
MOST_TEXTS = 12
"""Of one field."""
SHARE = 0.01
"""Of the most probable text's probability, that a text must have to count."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A text that a field may have."""

    value: Value
    text: str
    share: float
    """Of the probability of all that it may have."""
    fit: float
    """Logarithm of how probable texts of its length are, of the most probable text of any length: about 0 where readers
    see the form, less by nine for each sign too many or too few."""
    seen: float
    """Probability of the faintest digit's place, that some digit stands there: what is cut off has none."""


def likely(readings: Sequence[NDArray[np.floating]], form: Form) -> list[Likely]:
    """The texts that readings may be, the likeliest first; a value once.

    Args:
        readings: (steps, 1 + signs) each, the probabilities of the blank and of ``SIGNS``.
        form: how the field is written; of one that leaves open too much there are none.
    """
    free = [_unbound(reading) for reading in readings]
    found: list[tuple[float, str, float, float]] = []
    for pattern in patterns(form):
        told = [_places(reading, pattern) for reading in readings]
        bound = [one for one in told if one is not None]
        if bound and len(bound) == len(told):
            fit = float(np.mean([one[0] - other for one, other in zip(bound, free, strict=True)]))
            mean = np.mean([np.log(np.maximum(one[1], LEAST)) for one in bound], axis=0)
            digits = [place.is_digit for place in pattern]
            seen = float(np.mean([one[2] for one in bound], axis=0)[digits].min())
            found += [(fit + score, text, fit, seen) for score, text in _best(mean, pattern)]
    found.sort(reverse=True)
    best: dict[Value, tuple[float, str, float, float]] = {}
    for one in found:
        value = parse(one[1], form)
        if value is not None and one[0] >= found[0][0] + math.log(SHARE):
            best.setdefault(value, one)
    whole = sum(math.exp(one[0] - found[0][0]) for one in best.values()) if best else 1.0
    return [
        Likely(value, text, math.exp(score - found[0][0]) / whole, fit, seen)
        for value, (score, text, fit, seen) in best.items()
    ][:MOST_TEXTS]


def _unbound(reading: NDArray[np.floating]) -> float:
    """Log probability of the best path of any signs, those that were not asked for too."""
    other = 1.0 - reading.sum(axis=1, dtype=np.float64)
    return float(np.log(np.maximum(np.maximum(reading.max(axis=1), other), LEAST)).sum())


def _best(mean: Floats, pattern: Pattern) -> Iterator[tuple[float, str]]:
    """Log probabilities and texts, the most probable first."""
    normal = mean - np.log(np.exp(mean).sum(axis=1, keepdims=True))
    order = np.argsort(-normal, axis=1)
    start = (0,) * len(pattern)
    score = float(sum(normal[at, order[at, 0]] for at in range(len(pattern))))
    front, seen = [(-score, start)], {start}
    for _ in range(MOST_TEXTS):
        if not front:
            return
        lost, ranks = heapq.heappop(front)
        yield -lost, "".join(pattern[at].signs[order[at, rank]] for at, rank in enumerate(ranks))
        for at, rank in enumerate(ranks):
            if rank + 1 < len(pattern[at].signs):
                following = (*ranks[:at], rank + 1, *ranks[at + 1 :])
                if following not in seen:
                    seen.add(following)
                    step = normal[at, order[at, rank + 1]] - normal[at, order[at, rank]]
                    heapq.heappush(front, (lost - step, following))


def _places(reading: NDArray[np.floating], pattern: Pattern) -> tuple[float, Floats, Floats] | None:
    """Log probability of the pattern; (places, signs) probabilities of each sign at each place; and (places,) how
    probable any sign is where it begins."""
    steps, count = len(reading), len(pattern)
    if steps < 2 * count:
        return None
    seen = _seen(reading, pattern)
    blank = np.maximum(reading[:, 0].astype(np.float64), LEAST)
    # Of two digits in a row the second is another one, or there is a blank between them.
    same = np.array([one.is_digit and other.is_digit for one, other in pairwise(pattern)])
    after, cost_after = _behind(seen, blank, same)
    found, clear = np.zeros((count, seen.shape[2])), np.zeros(count)
    signs, blanks = np.zeros_like(found), np.zeros(count + 1)
    blanks[0], cost = 1.0, 0.0
    for step in range(steps):
        into = blanks[:-1, None] + _passed(signs, same)
        here = seen[step] * into * after[step] * math.exp(cost + cost_after[step] - cost_after[0])
        found += here
        clear += here.sum(axis=1) * seen[step].sum(axis=1)
        whole = signs.sum(axis=1)
        blanks = blank[step] * (blanks + np.concatenate([[0.0], whole]))
        signs = seen[step] * (signs + into)
        total = float(blanks.sum() + signs.sum())
        blanks, signs, cost = blanks / total, signs / total, cost + math.log(total)
    score = cost + math.log(max(float(blanks[-1] + signs[-1].sum()), 1e-300))
    whole = found.sum(axis=1)
    return score, found / whole[:, None], clear / whole


def _passed(signs: Floats, same: NDArray[np.bool_]) -> Floats:
    """(places, signs) what comes from the place before."""
    out = np.zeros_like(signs)
    out[1:] = signs[:-1].sum(axis=1, keepdims=True) - same[:, None] * signs[:-1]
    return out


def _behind(seen: Floats, blank: Floats, same: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """(steps, places, signs) probability of all that follows a sign at a step, and the logarithm of its scale."""
    steps, count, width = seen.shape
    out, cost = np.zeros((steps, count, width)), np.zeros(steps)
    out[-1, -1] = 1.0
    blanks = np.zeros(count + 1)
    blanks[-1] = 1.0
    for step in range(steps - 2, -1, -1):
        held = seen[step + 1] * out[step + 1]
        whole = held.sum(axis=1)
        onward = np.zeros_like(held)
        onward[:-1] = whole[1:, None] - same[:, None] * held[1:]
        left = blank[step + 1] * blanks
        out[step] = held + left[1:, None] + onward
        blanks = left + np.concatenate([whole, [0.0]])
        total = float(blanks.sum() + out[step].sum())
        out[step] /= total
        blanks /= total
        cost[step] = cost[step + 1] + math.log(total)
    return out, cost


def _seen(reading: NDArray[np.floating], pattern: Pattern) -> Floats:
    """(steps, places, signs) probability of each sign that a place may have; 0 where it has fewer than others."""
    width = max(len(place.signs) for place in pattern)
    out = np.zeros((len(reading), len(pattern), width))
    kinds: dict[Place, Floats] = {}
    for at, place in enumerate(pattern):
        if place not in kinds:
            kinds[place] = np.maximum(reading.astype(np.float64) @ place.looks, LEAST)
        out[:, at, : len(place.signs)] = kinds[place]
    return out
