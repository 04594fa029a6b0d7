"""The logs of the system that this one follows: what is done and felt, by time and by id. They are told time by time:
those of hours are hundreds of megabytes as objects."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter

import orjson

from siseon.applications.people.contracts import Action, ActionName, Person, Timeline
from siseon.applications.people.timeline.names import ava
from siseon.contracts.wire import Box

TICK_MS = 1_000
Told = tuple[int, int, dict[str, object]]
"""Time, person, and what is told."""


def action_log(timeline: Timeline, *, without: Collection[ActionName] = ()) -> Iterator[bytes]:
    """``action.log``: {timestamp_ms: {id: {pos, actions: [{action, confidence}]}}}, each second in which one is seen.

    In pieces. ``pos`` is the box at the first sampled moment of that second, xyxy in pixels. Actions have the labels of
    AVA where there is one; those of ``without`` are left out.
    """
    done: dict[int, list[Action]] = {person.id: [] for person in timeline.people}
    for one in timeline.actions:
        if one.action not in without:
            done[one.person].append(one)
    ways = (_by_second(person, done[person.id]) for person in timeline.people)
    return _by_time(merge(*ways, key=itemgetter(0, 1)))


def emotion_log(timeline: Timeline) -> Iterator[bytes]:
    """``emotion.log``: {timestamp_ms: {id: {pos, emotion, confidence}}}, at each moment with an expression.

    In pieces. It is what a face looks like, not what somebody feels.
    """
    people = {person.id: person for person in timeline.people}
    return _by_time(
        (
            one.t_ms,
            one.person,
            {
                "pos": _pos(_before(people[one.person], one.t_ms)),
                "emotion": one.expression,
                "confidence": round(one.confidence, 3),
            },
        )
        for one in timeline.expressions
    )


def _by_time(several: Iterable[Told]) -> Iterator[bytes]:
    """JSON of what is in order of time and person."""
    before = b"{"
    for t_ms, together in groupby(several, key=itemgetter(0)):
        yield before + b'"%d":' % t_ms + orjson.dumps({str(person): told for _, person, told in together})
        before = b","
    yield b"{}" if before == b"{" else b"}"


def _by_second(person: Person, done: list[Action]) -> Iterator[Told]:
    """``done``: by that person, in the order in which it is told."""
    coming = sorted(range(len(done)), key=lambda at: done[at].from_ms)[::-1]
    running: set[int] = set()
    for t_ms, box in _seconds(person):
        while coming and done[coming[-1]].from_ms <= t_ms:
            running.add(coming.pop())
        running = {at for at in running if done[at].to_ms > t_ms}
        actions = [
            {"action": ava(done[at].action), "confidence": round(done[at].confidence, 3)}
            for at in sorted(running)
            if (t_ms - done[at].from_ms) % TICK_MS == 0
        ]
        yield t_ms, person.id, {"pos": _pos(box), "actions": actions}


def _seconds(person: Person) -> Iterator[tuple[int, Box]]:
    last = -1
    for position in person.positions:
        tick = position.t_ms // TICK_MS * TICK_MS
        if tick > last:
            last = tick
            yield tick, position.box


def _before(person: Person, t_ms: int) -> Box:
    """The box at that time, or the last one before it."""
    return person.positions[max(bisect_right(person.positions.t_ms, t_ms) - 1, 0)].box


def _pos(box: Box) -> list[float]:
    return [round(value, 1) for value in box]
