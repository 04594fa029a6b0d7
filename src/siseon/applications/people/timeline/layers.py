"""Layers of what one person does that cannot overlap in themselves: as annotation programs want them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from siseon.applications.people.contracts import POSTURES, Action, Person, Timeline


@dataclass(frozen=True, slots=True)
class Layer:
    """Of one person: all postures, or one other action; in order of time, none over another."""

    person: Person
    name: str
    actions: tuple[Action, ...]


def layers(timeline: Timeline) -> tuple[Layer, ...]:
    """In order of person and name, postures first. The same action to two people at once makes two layers."""
    people = {person.id: person for person in timeline.people}
    found: defaultdict[tuple[int, int, str], list[Action]] = defaultdict(list)
    for one in timeline.actions:
        if one.action in POSTURES:
            found[one.person, 0, "posture"].append(one)
        else:
            name = one.action if one.partner is None else f"{one.action} {one.partner}"
            found[one.person, 1, name].append(one)
    return tuple(
        Layer(people[id], name, tuple(sorted(actions, key=lambda one: one.from_ms)))
        for (id, _, name), actions in sorted(found.items())
    )
