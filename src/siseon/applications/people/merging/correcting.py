"""Applies corrections to what merging found: the result does not depend on their order, nor on their repetition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeVar

from siseon.applications.people.contracts import Refusal, Role
from siseon.applications.people.merging.corrections import Corrections, Merge, Rename, Someone, Split

ENDLESS = 1 << 62
"""Later than any moment."""
Kind = Literal["split", "merge", "rename"]
Value = TypeVar("Value", bound=str)


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A tracklet, or what a split left of it; both ends included."""

    from_ms: int
    to_ms: int
    sub_id: int


@dataclass(frozen=True, slots=True)
class Identity:
    """One person: all pieces of all tracklets, in order of time."""

    pieces: tuple[Piece, ...]
    name: str | None = None
    role: Role | None = None


def corrected(
    people: Sequence[Sequence[int]],
    left_out: Sequence[Sequence[int]],
    spans: Mapping[int, tuple[int, int]],
    corrections: Corrections,
) -> tuple[tuple[Identity, ...], tuple[Refusal, ...]]:
    """People in order of first appearance, and the corrections that were refused.

    Args:
        people: tracklet ids of each.
        left_out: tracklet ids of fragments that are nobody, unless a correction says who.
        spans: first and last millisecond of each tracklet.
        corrections: to be applied.
    """
    table = _Table([*people, *left_out], spans)
    table.split(corrections.split)
    parts = table.parts
    groups = table.merge(corrections.merge)
    named = table.name(groups, corrections.rename)
    found = []
    for group in groups:
        if len(group) > 1 or group[0] in named or parts[group[0]].person < len(people):
            pieces = sorted(piece for at in group for piece in parts[at].pieces)
            found.append(Identity(tuple(pieces), *named.get(group[0], (None, None))))
    return tuple(sorted(found, key=lambda one: (one.pieces[0].from_ms, one.pieces[0].sub_id))), tuple(
        table.refused
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A person between two splits."""

    person: int
    pieces: tuple[Piece, ...]


class _Table:
    """Who can be meant, and what is refused."""

    def __init__(self, people: Sequence[Sequence[int]], spans: Mapping[int, tuple[int, int]]) -> None:
        self.refused: list[Refusal] = []
        self.parts: list[_Part] = []
        """Of all people, those of one in order of time."""
        self._where: defaultdict[int, list[tuple[int, Piece]]] = defaultdict(list)
        self._pieces = [sorted(Piece(*spans[sub_id], sub_id) for sub_id in ids) for ids in people]
        self._person = {sub_id: at for at, ids in enumerate(people) for sub_id in ids}

    def split(self, splits: Iterable[Split]) -> None:
        """Makes the parts."""
        cuts: defaultdict[int, set[int]] = defaultdict(set)
        for one in sorted(set(splits), key=lambda split: (split.at_ms, split.sub_id)):
            person = self._person.get(one.sub_id)
            if person is None:
                self._refuse("split", "unknown_id", (one.sub_id,))
                continue
            pieces = self._pieces[person]
            if pieces[0].from_ms < one.at_ms <= max(piece.to_ms for piece in pieces):
                cuts[person].add(one.at_ms)
            else:
                self._refuse("split", "contradiction", (one.sub_id,), f"nobody on one side of {one.at_ms} ms")
        for person, pieces in enumerate(self._pieces):
            for low, high in pairwise([0, *sorted(cuts[person]), ENDLESS]):
                kept = tuple(cut for piece in pieces if (cut := _between(piece, low, high)) is not None)
                self.parts += [_Part(person, kept)] if kept else []
        for at, part in enumerate(self.parts):
            for piece in part.pieces:
                self._where[piece.sub_id].append((at, piece))

    def merge(self, merges: Iterable[Merge]) -> list[list[int]]:
        """Groups of parts, in order of their first. Merges that hang together hold as a whole or not at all."""
        parts = self.parts
        root = list(range(len(parts)))
        for one in sorted(set(merges), key=lambda merge: merge.model_dump_json()):
            named = [self._named(someone, "merge") for someone in one.people]
            known = [at for at in named if at is not None]
            if len(known) == len(named):
                for at, other in pairwise(known):
                    low, high = sorted((_root(root, at), _root(root, other)))
                    root[high] = low
        hanging: defaultdict[int, list[int]] = defaultdict(list)
        for at in range(len(parts)):
            hanging[_root(root, at)].append(at)
        groups: list[list[int]] = []
        for group in hanging.values():
            reason = _conflict(parts, group)
            groups += [group] if reason is None else [[at] for at in group]
            if reason is not None:
                ids = sorted({piece.sub_id for at in group for piece in parts[at].pieces})
                self._refuse("merge", reason, ids)
        return sorted(groups)

    def name(
        self, groups: Sequence[Sequence[int]], renames: Iterable[Rename]
    ) -> dict[int, tuple[str | None, Role | None]]:
        """Name and role, by the first part of a group."""
        names: defaultdict[int, set[str]] = defaultdict(set)
        roles: defaultdict[int, set[Role]] = defaultdict(set)
        first = {at: group[0] for group in groups for at in group}
        for one in sorted(set(renames), key=lambda rename: rename.model_dump_json()):
            at = self._named(one.person, "rename")
            if at is not None:
                names[first[at]] |= set() if one.name is None else {one.name}
                roles[first[at]] |= set() if one.role is None else {one.role}
        for root in sorted(names):
            for several in (sorted(names[root]), sorted(roles[root])):
                if len(several) > 1:
                    ids = (self.parts[root].pieces[0].sub_id,)
                    self._refuse(
                        "rename", "contradiction", ids, f"one person is called {' and '.join(several)}"
                    )
        return {root: (_only(names[root]), _only(roles[root])) for root in names}

    def _named(self, someone: Someone, kind: Kind) -> int | None:
        """The part that is meant."""
        found = self._where.get(someone.sub_id, [])
        if not found:
            self._refuse(kind, "unknown_id", (someone.sub_id,))
            return None
        if someone.at_ms is not None:
            found = [(at, piece) for at, piece in found if piece.from_ms <= someone.at_ms <= piece.to_ms]
        if len({at for at, _ in found}) != 1:
            self._refuse(kind, "unsure", (someone.sub_id,), "say at_ms, a time at which this one is there")
            return None
        return found[0][0]

    def _refuse(
        self,
        kind: Kind,
        reason: Literal["unknown_id", "contradiction", "seen_together", "unsure"],
        ids: Sequence[int],
        detail: str = "",
    ) -> None:
        told = f"{kind}: {detail}" if detail else kind
        self.refused.append(
            Refusal(what="correction", reason=reason, ids=tuple(ids)[:100], detail=told[:500])
        )


def _between(piece: Piece, low: int, high: int) -> Piece | None:
    """What of it lies from ``low`` to before ``high``."""
    from_ms, to_ms = max(piece.from_ms, low), min(piece.to_ms, high - 1)
    return Piece(from_ms, to_ms, piece.sub_id) if from_ms <= to_ms else None


def _root(root: list[int], one: int) -> int:
    while root[one] != one:
        root[one] = root[root[one]]
        one = root[one]
    return one


def _conflict(
    parts: Sequence[_Part], group: Sequence[int]
) -> Literal["contradiction", "seen_together"] | None:
    """Why these parts cannot be one person: a split says otherwise, or two of them were there at the same time."""
    if any(at + 1 == after and parts[at].person == parts[after].person for at, after in pairwise(group)):
        return "contradiction"
    running: list[tuple[int, int]] = []
    for piece, person in sorted((piece, parts[at].person) for at in group for piece in parts[at].pieces):
        running = [(end, other) for end, other in running if end >= piece.from_ms]
        if any(other != person for _, other in running):
            return "seen_together"
        running.append((piece.to_ms, person))
    return None


def _only(several: set[Value]) -> Value | None:
    """The one there is; None: none, or they contradict each other."""
    return next(iter(several)) if len(several) == 1 else None
