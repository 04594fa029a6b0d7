"""Hysteresis: of scores second by second, the course that agrees best with all of them, at a price for each change.

It is the path of Viterbi (1967) through the labels: one doubtful second changes nothing, a clear one does, and what
comes before and after decides between. Seconds without a score are bridged where they are few.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.actions.body import Values

CHANGE = 1.0
"""Price of a change: as much as a second that speaks 2.7 times as strongly for the other label, coming and going."""
LEAST_SCORE = 0.02
"""Below, one second would outweigh any number of others."""
HELD = 2
"""Seconds in a row without a score, at most, that go on as before."""
NOTHING = -1


def steady(scores: Values, *, at_ends: float = 1.0, rest: int | None = None) -> NDArray[np.int64]:
    """(T, P) scores of P labels, one of which holds at a time, in seconds without a gap, to (T,) labels.

    A row of NaN: nothing can be told. ``NOTHING`` where that lasts, and before the first score.

    Args:
        scores: of the labels.
        at_ends: times its price that a change costs beside the first and the last second with a score, of which one
            change is enough where any other second needs two: 2 for what does not begin and end within a second.
        rest: a label that is taken to hold where nothing can be told: another at the first or last second costs half of
            a change.
    """
    told = ~np.array(np.isnan(scores).any(axis=1), bool)
    if not told.any():
        return np.full(len(scores), NOTHING)
    logs = np.log(np.clip(np.where(told[:, None], scores, 1.0), LEAST_SCORE, 1.0))
    if rest is not None:
        others = np.arange(scores.shape[1]) != rest
        for end in np.flatnonzero(told)[[0, -1]]:
            logs[end, others] -= CHANGE / 2
    best = logs[0]
    back = np.zeros(scores.shape, np.int64)
    labels = np.arange(scores.shape[1])
    price = _prices(told, at_ends)
    for at in range(1, len(scores)):
        before = int(best.argmax())
        changed = best[before] - price[at]
        change = changed > best
        back[at] = np.where(change, before, labels)
        best = np.where(change, changed, best) + logs[at]
    path = np.empty(len(scores), np.int64)
    path[-1] = best.argmax()
    for at in range(len(scores) - 1, 0, -1):
        path[at - 1] = back[at, path[at]]
    return np.where(_bridged(told), path, NOTHING)


def _prices(told: NDArray[np.bool_], at_ends: float) -> Values:
    """(T,) of a change from the second before."""
    prices, known = np.full(len(told), CHANGE), np.flatnonzero(told)
    second, last_but_one = known[min(1, len(known) - 1)], known[-min(2, len(known))]
    prices[: second + 1] = prices[last_but_one + 1 :] = CHANGE * at_ends
    return prices


def _bridged(told: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """True where there is a score, or was one at most ``HELD`` before and will be one again."""
    ahead = np.maximum.accumulate(told[::-1])[::-1]
    last, made = -HELD - 1, told.copy()
    for at, known in enumerate(told):
        last = at if known else last
        made[at] = known or (at - last <= HELD and bool(ahead[at]) and bool(told[at : last + HELD + 2].any()))
    return made
