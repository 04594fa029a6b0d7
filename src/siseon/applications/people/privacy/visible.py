"""Whose head is not hidden: of people who were chosen and have agreed, and only where it is surely theirs.

A tracker may go over from one person to another where they meet. So where somebody else's box reaches to the head of
one who was chosen, that head is hidden as all others are, and so is every face that is not known to be theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

from siseon.applications.people.contracts import ChunkSeen, Moment, Person
from siseon.applications.people.heads import head
from siseon.applications.people.hiding import Spared
from siseon.contracts.wire import Box


def spared_of(chunks: Iterable[ChunkSeen], visible: Sequence[Person]) -> Spared:
    """What ``Hiding`` leaves out: by each tracklet of theirs the times at which they are seen and meet nobody else."""
    moments = [moment for chunk in chunks for moment in chunk.moments]
    theirs = frozenset(place for person in visible for place in _places(person))
    spared: dict[int, frozenset[int]] = {}
    for person in visible:
        times = frozenset(_clear(moments, frozenset(_places(person)), theirs))
        for sub_id in person.sub_ids:  # one that a correction split may be of two
            spared[sub_id] = spared.get(sub_id, frozenset()) | times
    return spared


_Place = tuple[int, int, Box]
"""Tracklet, time and box."""


def _places(person: Person) -> Iterator[_Place]:
    for place in person.positions:
        for sub_id in person.sub_ids:
            yield sub_id, place.t_ms, place.box


def _clear(moments: Iterable[Moment], own: Set[_Place], visible: Set[_Place]) -> Iterator[int]:
    for moment in moments:
        others = [one.box for one in moment.boxes if (one.id, moment.t_ms, one.box) not in visible]
        for one in moment.boxes:
            if (one.id, moment.t_ms, one.box) in own and not any(_meet(head(one.box), box) for box in others):
                yield moment.t_ms


def _meet(one: Box, other: Box) -> bool:
    return one.x1 < other.x2 and other.x1 < one.x2 and one.y1 < other.y2 and other.y1 < one.y2
