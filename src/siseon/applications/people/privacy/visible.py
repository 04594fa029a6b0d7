"""Whose head is not hidden: of people who were chosen and have agreed, and only where it is surely theirs.

A tracker may go over from one person to another where they meet. So where somebody else's box reaches to the head of
one who was chosen, that head is hidden as all others are, and so is every face that is not known to be theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from siseon.applications.people.contracts import ChunkSeen, Moment, Person, SeenBox
from siseon.applications.people.hiding import head
from siseon.contracts.wire import Box


def hidden_of(chunks: Iterable[ChunkSeen], visible: Sequence[Person]) -> list[ChunkSeen]:
    """The chunks without what stays visible: of what is left, heads are hidden."""
    surely = {
        (sub_id, place.t_ms, place.box)
        for person in visible
        for place in person.positions
        for sub_id in person.sub_ids
    }
    return [
        chunk.model_copy(update={"moments": tuple(_without(one, surely) for one in chunk.moments)})
        for chunk in chunks
    ]


def _without(moment: Moment, surely: set[tuple[int, int, Box]]) -> Moment:
    clear = {
        one.id
        for one in moment.boxes
        if (one.id, moment.t_ms, one.box) in surely and not _is_met(one, moment.boxes)
    }
    if not clear:
        return moment
    boxes = tuple(one for one in moment.boxes if one.id not in clear)
    faces = tuple(one for one in moment.faces if one.id not in clear)
    return moment.model_copy(update={"boxes": boxes, "faces": faces})


def _is_met(one: SeenBox, boxes: Iterable[SeenBox]) -> bool:
    area = head(one.box)
    return any(_meet(area, other.box) for other in boxes if other.id != one.id)


def _meet(one: Box, other: Box) -> bool:
    return one.x1 < other.x2 and other.x1 < one.x2 and one.y1 < other.y2 and other.y1 < one.y2
