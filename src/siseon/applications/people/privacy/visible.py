"""Whose head is not hidden: of people who were chosen and have agreed, and only where it is surely theirs.

A tracker may go over from one person to another where they meet. So where somebody else's box reaches to the head of
one who was chosen, that head is hidden as all others are, and so is every face that is not known to be theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field

from siseon.applications.people.contracts import ChunkSeen, Moment, Person, SeenBox
from siseon.applications.people.heads import head
from siseon.applications.people.hiding import Spared
from siseon.contracts.wire import Box


def spared_of(chunks: Iterable[ChunkSeen], visible: Sequence[Person]) -> Spared:
    """What ``Hiding`` leaves out: by each tracklet of theirs the times at which they are seen and meet nobody else."""
    several = [_Visible.of(person) for person in visible]
    for chunk in chunks if several else ():
        for moment in chunk.moments:
            others = [one.box for one in moment.boxes if not any(each.is_at(moment, one) for each in several)]
            for each in several:
                each.clear_ms |= set(_clear(moment, each, others))
    spared: dict[int, Set[int]] = {}
    for each in several:
        for sub_id in each.sub_ids:  # one that a correction split may be of two
            # The same set for all of a person's: hours of video have a thousand of them.
            spared[sub_id] = each.clear_ms if sub_id not in spared else spared[sub_id] | each.clear_ms
    return spared


@dataclass(slots=True)
class _Visible:
    """One who was chosen."""

    sub_ids: frozenset[int]
    places: frozenset[tuple[int, Box]]
    """Times and boxes."""
    clear_ms: set[int] = field(default_factory=set)
    """The times at which they meet nobody else."""

    @classmethod
    def of(cls, person: Person) -> _Visible:
        return cls(frozenset(person.sub_ids), frozenset((one.t_ms, one.box) for one in person.positions))

    def is_at(self, moment: Moment, one: SeenBox) -> bool:
        return one.id in self.sub_ids and (moment.t_ms, one.box) in self.places


def _clear(moment: Moment, each: _Visible, others: Sequence[Box]) -> Iterator[int]:
    for one in moment.boxes:
        if each.is_at(moment, one) and not any(_meet(head(one.box), box) for box in others):
            yield moment.t_ms


def _meet(one: Box, other: Box) -> bool:
    return one.x1 < other.x2 and other.x1 < one.x2 and one.y1 < other.y2 and other.y1 < one.y2
