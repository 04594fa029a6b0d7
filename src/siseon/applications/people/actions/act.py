"""Actions of all people of a video: scores of rules, second by second, made steady and joined to spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.actions.body import Body, Values, body
from siseon.applications.people.actions.encounters import beside, hand_over, hug, touch, watch
from siseon.applications.people.actions.gestures import reach, wave
from siseon.applications.people.actions.motion import approach, statures, velocities, whole
from siseon.applications.people.actions.posture import Posture, posture
from siseon.applications.people.actions.steady import NOTHING, steady
from siseon.applications.people.contracts import POSTURES, Action, ActionName
from siseon.applications.people.series import Series

TICK_MS = 1_000
WALKING = (0.12, 0.32)
"""Heights a second: a slow walk of a grown-up has 0.4, shifting from foot to foot less than 0.1."""
RUNNING = (1.1, 1.5)
"""Heights a second: a fast walk has 1.1."""
LONGEST_HANDING_MS = 3_000
"""Hands that stay together longer do not hand anything over."""
POSTURE_AT_ENDS = 2.0
"""Nobody comes into a picture, sits for a second and stands: that is one poor pose of somebody who walks in."""
APART = 0
"""Of the labels not done and done: where nobody can tell, two do not touch."""
MOST_PAIRS = 20_000
"""Of people who are seen together, those with the lowest numbers."""
TOLD = 0.5
"""Of the strongest posture: below, it is not told."""


@dataclass(frozen=True, slots=True)
class Acted:
    """What all of them do, in order of (start, person)."""

    actions: tuple[Action, ...]
    person_seconds: int
    posture_seconds: int
    pairs_left_out: int
    """Of people who were seen together, beyond ``MOST_PAIRS``."""


@dataclass(frozen=True, slots=True, eq=False)
class _Person:
    """One of them, and the seconds in which they are seen."""

    series: Series
    body: Body
    ticks: NDArray[np.int64]
    tall: Values
    across: NDArray[np.complex128]
    speeds: Values
    held: Posture
    up: Values
    """(M,) 0 where they lie: up and down mean nothing to their arms and head then."""


def acted(people: Sequence[Series], *, size: tuple[int, int], end_ms: int) -> Acted:
    """``size``: width and height of the picture, pixels; ``end_ms``: of the video."""
    known = [_person(series, size, end_ms) for series in people]
    found, told = [], 0
    for one in known:
        spans = list(_of_scores(one, POSTURES, _postures(one), at_ends=POSTURE_AT_ENDS))
        told += sum(action.to_ms - action.from_ms for action in spans) // TICK_MS
        found += spans
        for name, rule in ALONE:
            found += _of_one_score(one, name, _pooled(one, rule(one.body) * one.up))
    pairs = [(one, other) for one in known for other in known if one is not other and _meet(one, other)]
    for one, several in groupby(pairs[:MOST_PAIRS], key=lambda pair: pair[0]):
        found += _together(one, [other for _, other in several])
    inside = (one.model_copy(update={"to_ms": min(one.to_ms, max(end_ms, 1))}) for one in found)
    ordered = sorted(inside, key=lambda one: (one.from_ms, one.person, one.action, one.partner or 0))
    seconds = sum(len(one.ticks) for one in known)
    return Acted(tuple(ordered), seconds, told, max(len(pairs) - MOST_PAIRS, 0))


ALONE: tuple[tuple[ActionName, Callable[[Body], Values]], ...] = (("reach", reach), ("wave", wave))


def _person(series: Series, size: tuple[int, int], end_ms: int) -> _Person:
    ticks = np.unique(series.t_ms[series.t_ms < max(end_ms, 1)] // TICK_MS) * TICK_MS
    inside = whole(series, size)
    tall = statures(series, ticks, TICK_MS, inside)
    across, speeds = velocities(series, ticks, TICK_MS, tall, inside, size[0])
    posed = series.boxes[np.searchsorted(series.t_ms, series.pose_ms)]
    joints = body(series.pose_ms, series.points, posed, size)
    held = posture(joints)
    return _Person(series, joints, ticks, tall, across, speeds, held, 1.0 - np.nan_to_num(held.lying))


def _postures(one: _Person) -> Values:
    """(T, 6) in the order of ``POSTURES``."""
    held = one.held
    upright, bent, sitting, lying, erect = (
        _pooled(one, scores) for scores in (held.upright, held.bent, held.sitting, held.lying, held.erect)
    )
    walking, running = _rise(one.speeds, WALKING), _rise(one.speeds, RUNNING)
    standing = np.where(np.isnan(upright), erect, upright)  # who walks may be seen down to the hips only
    still = np.where(np.isnan(upright), 0.0, upright * (1 - walking))
    scores = np.stack(
        [
            still,
            np.nan_to_num(sitting),
            np.nan_to_num(lying),
            np.nan_to_num(bent),
            standing * walking * (1 - running),
            standing * walking * running,
        ],
        axis=1,
    )
    scores = np.nan_to_num(scores)
    told = scores.max(axis=1, initial=0.0) >= TOLD
    return np.where(told[:, None], scores, np.nan)


def _together(one: _Person, others: Sequence[_Person]) -> Iterator[Action]:
    """What the one does to them."""
    watched: list[tuple[_Person, Values]] = []
    nearing: list[tuple[_Person, Values]] = []
    for other in others:
        nearing.append((other, approach(one.series, other.series, one.ticks, TICK_MS, one.tall, one.across)))
        _, at_one, at_other = np.intersect1d(
            one.body.t_ms, other.body.t_ms, assume_unique=True, return_indices=True
        )
        if len(at_one):
            mine, theirs = one.body.at(at_one), other.body.at(at_other)
            yield from _hands(one, other, mine, theirs)
            watched.append((other, _pooled(one, watch(mine, theirs) * one.up[at_one], mine)))
    yield from _of_nearest(one, "watch", watched)
    yield from _of_nearest(one, "approach", nearing)


def _meet(one: _Person, other: _Person) -> bool:
    low, high = one.series.t_ms[[0, -1]]
    start, end = other.series.t_ms[[0, -1]]
    return bool(low <= end and start <= high)


def _hands(one: _Person, other: _Person, mine: Body, theirs: Body) -> Iterator[Action]:
    """Touch, hug and hand over; of these the most that can be said."""
    near = beside(mine, theirs, _feet(one, mine), _feet(other, theirs))
    if not near.any():
        return
    hugged = _pooled(one, hug(mine, theirs) * near, mine)
    handed = _pooled(one, hand_over(mine, theirs) * near, mine)
    touched = _pooled(one, touch(mine, theirs) * near, mine)
    yield from _of_one_score(one, "hug", hugged, other, rest=APART)
    more = np.fmax(np.nan_to_num(hugged), np.nan_to_num(handed))
    for action in _of_one_score(one, "hand_over", handed, other, rest=APART):
        held = action.to_ms - action.from_ms > LONGEST_HANDING_MS
        yield action.model_copy(update={"action": "touch"}) if held else action
    yield from _of_one_score(one, "touch", touched * (1 - more), other, rest=APART)


def _feet(one: _Person, seen: Body) -> Values:
    """(M,) lower edges of the boxes at the moments of the poses."""
    lower: Values = one.series.boxes[np.searchsorted(one.series.t_ms, seen.t_ms), 3]
    return lower


def _of_nearest(one: _Person, name: ActionName, scored: Sequence[tuple[_Person, Values]]) -> Iterator[Action]:
    """Done to one at a time: of those who may be meant, the nearest."""
    if not scored:
        return
    scores = np.stack([score for _, score in scored])
    if not (scores >= TOLD).any():
        return
    far = np.stack([_far(one, other) for other, _ in scored])
    far[np.nan_to_num(scores) < TOLD] = np.inf
    nearest = far.argmin(axis=0)
    for at, (other, score) in enumerate(scored):
        yield from _of_one_score(one, name, np.where(np.isnan(score) | (nearest == at), score, 0.0), other)


def _far(one: _Person, other: _Person) -> Values:
    """(T,) pixels from side to side, in each second; infinite: not seen together."""
    _, at_one, at_other = np.intersect1d(
        one.series.t_ms, other.series.t_ms, assume_unique=True, return_indices=True
    )
    apart = np.abs(one.series.boxes[at_one].mean(axis=1) - other.series.boxes[at_other].mean(axis=1))
    pooled = _binned(one.ticks, one.series.t_ms[at_one], apart)
    return np.where(np.isnan(pooled), np.inf, pooled)


def _rise(values: Values, edges: tuple[float, float]) -> Values:
    made: Values = np.clip((values - edges[0]) / (edges[1] - edges[0]), 0.0, 1.0)
    return made


def _pooled(one: _Person, scores: Values, seen: Body | None = None) -> Values:
    """(M,) at the moments of poses to (T,), the mean of each second."""
    return _binned(one.ticks, (one.body if seen is None else seen).t_ms, scores)


def _binned(ticks: NDArray[np.int64], t_ms: NDArray[np.int64], scores: Values) -> Values:
    known = ~np.isnan(scores)
    at = np.searchsorted(ticks, t_ms[known] // TICK_MS * TICK_MS)
    inside = at < len(ticks)
    total, count = np.zeros(len(ticks)), np.zeros(len(ticks))
    np.add.at(total, at[inside], scores[known][inside])
    np.add.at(count, at[inside], 1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _of_one_score(
    one: _Person, name: ActionName, score: Values, other: _Person | None = None, *, rest: int | None = None
) -> Iterator[Action]:
    """Spans of an action that is done or not; ``rest``: of ``steady``."""
    if not (score > 1 - score).any():  # of most pairs in a crowd: nothing would be found
        return iter(())
    return _of_scores(one, (None, name), np.stack([1 - score, score], axis=1), other, rest=rest)


def _of_scores(
    one: _Person,
    names: Sequence[ActionName | None],
    scores: Values,
    other: _Person | None = None,
    *,
    at_ends: float = 1.0,
    rest: int | None = None,
) -> Iterator[Action]:
    """Spans of labels of which one holds at a time; None: of nothing. ``at_ends`` and ``rest``: of ``steady``."""
    edges = [0, *(np.flatnonzero(np.diff(one.ticks) != TICK_MS) + 1), len(one.ticks)]
    for low, high in pairwise(edges):
        labels = steady(scores[low:high], at_ends=at_ends, rest=rest) if high > low else np.empty(0, np.int64)
        starts = [0, *(np.flatnonzero(np.diff(labels)) + 1), len(labels)]
        for start, end in pairwise(starts):
            if end > start and labels[start] != NOTHING and (name := names[labels[start]]) is not None:
                held = scores[low + start : low + end, labels[start]]
                yield Action(
                    person=one.series.person,
                    from_ms=int(one.ticks[low + start]),
                    to_ms=int(one.ticks[low + end - 1]) + TICK_MS,
                    action=name,
                    confidence=round(float(held[~np.isnan(held)].mean()), 3),
                    partner=None if other is None else other.series.person,
                )
