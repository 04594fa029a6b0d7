"""From clicks to corrections, and from corrections to what is told of them. Nothing here asks or draws.

A correction names a track, whose number never changes, and a time at which the person is there, so that it goes on
meaning the same person when a later split makes two of the track. Track 12007 is of part 12 of the video.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from siseon.console.people.known import (
    Corrections,
    Kind,
    Merge,
    Person,
    Refusal,
    Rename,
    Role,
    Someone,
    Split,
    Timeline,
)

IDS_A_PART = 1000
KINDS: tuple[Kind, ...] = ("split", "merge", "rename")
T = TypeVar("T")
Correction = Split | Merge | Rename


class OutsideError(ValueError):
    """A split must leave somebody on both sides of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One correction as it is told."""

    kind: Kind
    number: int
    """Among those of its kind."""
    itself: Correction
    meant: tuple[Someone, ...]
    at_ms: int | None = None
    name: str | None = None
    role: Role | None = None


def someone(person: Person, part_ms: int) -> Someone:
    """A person as corrections name one: by a time within a part in which only one track is of this person."""
    parts = [sub_id // IDS_A_PART for sub_id in person.sub_ids]
    for sub_id, part in zip(person.sub_ids, parts, strict=True):
        if parts.count(part) > 1:
            continue
        low, high = part * part_ms + 1, (part + 1) * part_ms - 1  # a border is of two parts
        for begin, end in person.appearances:
            if max(begin, low) <= min(end, high):
                return Someone(sub_id=sub_id, at_ms=max(begin, low))
    return Someone(sub_id=person.sub_ids[0])


def split_at(asked: Corrections, person: Person, at_ms: int, part_ms: int) -> Corrections:
    """Somebody else from then on.

    Raises:
        OutsideError: the person is not there before and after.
    """
    if not person.appearances[0][0] < at_ms <= max(end for _, end in person.appearances):
        raise OutsideError
    before = [sub_id for sub_id in person.sub_ids if sub_id // IDS_A_PART * part_ms <= at_ms]
    one = Split(sub_id=(before or person.sub_ids)[-1 if before else 0], at_ms=at_ms)
    return asked.model_copy(update={"split": _once((*asked.split, one))})


def merge(asked: Corrections, one: Person, other: Person, part_ms: int) -> Corrections:
    """These two are one."""
    added = Merge(people=(someone(one, part_ms), someone(other, part_ms)))
    return asked.model_copy(update={"merge": _once((*asked.merge, added))})


def rename(
    asked: Corrections, person: Person, name: str | None, role: Role | None, part_ms: int
) -> Corrections:
    """A name or a role in place of those that the person was given before."""
    kept = tuple(one for one in asked.rename if not _is(person, one.person))
    added = (Rename(person=someone(person, part_ms), name=name, role=role),) if name or role else ()
    return asked.model_copy(update={"rename": (*kept, *added)})


def without(asked: Corrections, kind: Kind, number: int) -> Corrections:
    """All but this one."""
    kept = tuple(one for at, one in enumerate(getattr(asked, kind)) if at != number)
    return asked.model_copy(update={kind: kept})


def rebased(asked: Corrections, held: Corrections, now: Corrections) -> Corrections:
    """What was asked for on top of ``held``, on top of what somebody else has made of it ``now``."""
    mine, before = each_of(asked), each_of(held)
    changed: dict[str, object] = {}
    for kind in KINDS:
        kept = [one for one in getattr(now, kind) if one in mine or one not in before]
        changed[kind] = _once((*kept, *(one for one in getattr(asked, kind) if one not in before)))
    return now.model_copy(update=changed)


def all_of(asked: Corrections) -> list[Asked]:
    """Each of them."""
    return [
        *(
            Asked("split", at, one, (Someone(sub_id=one.sub_id, at_ms=one.at_ms),), one.at_ms)
            for at, one in enumerate(asked.split)
        ),
        *(Asked("merge", at, one, one.people) for at, one in enumerate(asked.merge)),
        *(
            Asked("rename", at, one, (one.person,), name=one.name, role=one.role)
            for at, one in enumerate(asked.rename)
        ),
    ]


def each_of(corrections: Corrections) -> frozenset[Correction]:
    """The same without what makes no difference, their order: of thousands, what is among them is found at once."""
    return frozenset((*corrections.split, *corrections.merge, *corrections.rename))


def refusals(
    several: Sequence[Asked], refused: Iterable[Refusal]
) -> tuple[dict[Asked, Refusal], list[Refusal]]:
    """Why each was refused, and the refusals that are of none of them."""
    of_tracks: dict[tuple[str, int], Refusal] = {}
    named = {(one.kind, someone.sub_id) for one in several for someone in one.meant}
    others = []
    for why in refused:
        if why.what != "correction":
            continue
        kind = why.detail.partition(":")[0]
        found = named & {(kind, sub_id) for sub_id in why.ids}
        of_tracks |= dict.fromkeys(found, why)
        if not found:
            others.append(why)
    told: dict[Asked, Refusal] = {}
    for one in several:
        keys = [(one.kind, someone.sub_id) for someone in one.meant]
        if found_for := [of_tracks[key] for key in keys if key in of_tracks]:
            told[one] = found_for[-1]
    return told, others


def whoever(timeline: Timeline, meant: Someone) -> Person | None:
    """Who that is now."""
    return next((person for person in timeline.people if _is(person, meant)), None)


def _is(person: Person, meant: Someone) -> bool:
    if meant.sub_id not in person.sub_ids:
        return False
    at_ms = meant.at_ms
    return at_ms is None or any(begin <= at_ms <= end for begin, end in person.appearances)


def _once(several: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(several))
