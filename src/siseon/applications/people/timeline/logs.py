"""The logs of the system that this one follows: what is done and felt, by time and by id."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator

import orjson

from siseon.applications.people.contracts import Action, ActionName, Person, Timeline
from siseon.applications.people.timeline.names import ava
from siseon.contracts.wire import Box

TICK_MS = 1_000


def action_log(timeline: Timeline, *, without: Collection[ActionName] = ()) -> bytes:
    """``action.log``: {timestamp_ms: {id: {pos, actions: [{action, confidence}]}}}, each second in which one is seen.

    ``pos`` is the box at the first sampled moment of that second, xyxy in pixels. Actions have the labels of AVA where
    there is one; those of ``without`` are left out.
    """
    log: defaultdict[int, dict[str, dict[str, object]]] = defaultdict(dict)
    doing = _by_second(timeline, without)
    for person in timeline.people:
        for t_ms, box in _seconds(person):
            actions = [
                {"action": ava(one.action), "confidence": round(one.confidence, 3)}
                for one in doing.get((t_ms, person.id), ())
            ]
            log[t_ms][str(person.id)] = {"pos": _pos(box), "actions": actions}
    return orjson.dumps({str(t_ms): log[t_ms] for t_ms in sorted(log)})


def emotion_log(timeline: Timeline) -> bytes:
    """``emotion.log``: {timestamp_ms: {id: {pos, emotion, confidence}}}, at each moment with an expression.

    It is what a face looks like, not what somebody feels.
    """
    people = {person.id: person for person in timeline.people}
    log: defaultdict[int, dict[str, dict[str, object]]] = defaultdict(dict)
    for one in timeline.expressions:
        log[one.t_ms][str(one.person)] = {
            "pos": _pos(_before(people[one.person], one.t_ms)),
            "emotion": one.expression,
            "confidence": round(one.confidence, 3),
        }
    return orjson.dumps({str(t_ms): log[t_ms] for t_ms in sorted(log)})


def _by_second(timeline: Timeline, without: Collection[ActionName]) -> dict[tuple[int, int], list[Action]]:
    doing: defaultdict[tuple[int, int], list[Action]] = defaultdict(list)
    for one in timeline.actions:
        if one.action not in without:
            for t_ms in range(one.from_ms, one.to_ms, TICK_MS):
                doing[t_ms, one.person].append(one)
    return doing


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
