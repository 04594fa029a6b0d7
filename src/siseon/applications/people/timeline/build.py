"""A timeline of all chunks: a pure function of what they say and of a person's corrections, in whatever order."""

from __future__ import annotations

import hashlib
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.actions.act import acted
from siseon.applications.people.chunks import in_order
from siseon.applications.people.contracts import (
    MOST_PEOPLE,
    MOST_REFUSALS,
    MOST_SPANS,
    ChunkSeen,
    Coverage,
    Person,
    Refusal,
    Span,
    Timeline,
)
from siseon.applications.people.expressions import Expressions
from siseon.applications.people.merging.correcting import Identity, Piece, corrected
from siseon.applications.people.merging.corrections import Corrections
from siseon.applications.people.merging.merge import MergeRules, merged
from siseon.applications.people.merging.tracks import tracks_of
from siseon.applications.people.positions import MOST_POSITIONS, Positions
from siseon.applications.people.series import Series, series_of
from siseon.contracts import ContractViolation
from siseon.engine.trace import part

AWAY_MS = 2_000
"""Without a box for longer, somebody was away."""
UNCORRECTED = Corrections()
RULES = MergeRules()
Kept = TypeVar("Kept")


def timeline_of(
    chunks: Iterable[ChunkSeen],
    *,
    expected: int | None = None,
    corrections: Corrections = UNCORRECTED,
    rules: MergeRules = RULES,
) -> Timeline:
    """Everything that the chunks say together.

    Args:
        chunks: those that were seen.
        expected: how many the video has; None: as many as the last of them says.
        corrections: applied after merging.
        rules: of merging.

    Raises:
        ContractViolation: there is no chunk, or one twice.
    """
    ordered = in_order(chunks)
    told = _told(ordered)
    if not ordered or len(set(told.numbers)) < len(ordered):
        raise ContractViolation(
            "no chunk of the video was seen, or one of them twice", hint="run the video again"
        )
    missing = _missing(told.numbers, expected)
    with part("reid"):
        identities, refused = _identities(ordered, told, corrections, rules)
    first, end = ordered[0], ordered[-1].end_ms
    with part("actions"):
        series = series_of(identities, ordered)
        done = acted(series, size=(first.width, first.height), end_ms=end)
    if done.pairs_left_out:
        detail = f"{done.pairs_left_out} pairs of people: what they do to each other was not looked at"
        refused.append(Refusal(what="pose", reason="too_many", detail=detail))
    refused = [*missing, *refused, *told.refused]  # the many at the end
    people = [_person(identity, one) for identity, one in zip(identities, series, strict=True)]
    expressions = _expressions(identities, told.expressions)
    return Timeline(
        width=first.width,
        height=first.height,
        duration_ms=end,
        seen=told.seen,
        people=tuple(people),
        merged={person.id: person.sub_ids for person in people},
        actions=_first(done.actions, MOST_SPANS),
        expressions=expressions,
        coverage=Coverage(
            chunks=len(ordered),
            chunks_missing=len(missing),
            moments=told.moments,
            person_seconds=done.person_seconds,
            posture_seconds=done.posture_seconds,
            expressions=len(expressions) if told.faces else None,
            faces=told.faces or None,
        ),
        refused=_first(refused, MOST_REFUSALS),
    )


def seen_of(chunks: Iterable[ChunkSeen]) -> str:
    """What corrections are made for: the same ids at the same times."""
    return _told(in_order(chunks)).seen


@dataclass(slots=True)
class _Told:
    """What of all chunks is needed besides tracks and series, gathered in one go over them."""

    numbers: list[int] = field(default_factory=list)
    moments: int = 0
    """Of different times."""
    times: dict[int, NDArray[np.int64]] = field(default_factory=dict)
    """Of the boxes of each tracklet."""
    faces: int = 0
    """Of which an expression was to be told."""
    expressions: Expressions = field(default_factory=Expressions)
    """The likeliest of each face, of tracklets in place of people."""
    refused: list[Refusal] = field(default_factory=list)
    seen: str = ""


def _told(chunks: Iterable[ChunkSeen]) -> _Told:
    told, digest, moments = _Told(), hashlib.sha256(), array("q")
    for chunk in chunks:
        told.numbers.append(chunk.chunk)
        told.refused += chunk.refused
        times: defaultdict[int, list[int]] = defaultdict(list)
        for moment in chunk.moments:
            moments.append(moment.t_ms)
            digest.update(f"{chunk.chunk} {moment.t_ms} {[box.id for box in moment.boxes]}\n".encode())
            for box in moment.boxes:
                times[box.id].append(moment.t_ms)
            for face in moment.faces:
                told.faces += face.expression is not None or face.refused is not None
                if face.id is not None and face.expression:
                    name, score = max(face.expression.items(), key=lambda pair: (pair[1], pair[0]))
                    told.expressions.add(face.id, moment.t_ms, name, score)
        told.times |= {id: np.array(several, np.int64) for id, several in times.items()}
    told.moments = len(np.unique(np.array(moments, np.int64)))
    told.seen = digest.hexdigest()[:16]
    return told


def _missing(numbers: Sequence[int], expected: int | None) -> list[Refusal]:
    count = max(numbers[-1] + 1, expected or 0)
    lost = sorted(set(range(count)) - set(numbers))
    return [Refusal(what="chunk", reason="failed", chunk=number) for number in lost]


def _identities(
    chunks: Sequence[ChunkSeen], seen: _Told, corrections: Corrections, rules: MergeRules
) -> tuple[tuple[Identity, ...], list[Refusal]]:
    tracks, refused = tracks_of(chunks)
    found = merged(tracks, rules)
    told = [*refused, *found.refused]
    if corrections.seen is not None and corrections.seen != seen.seen:
        told.append(
            Refusal(
                what="correction",
                reason="other_run",
                detail=f"they are for {corrections.seen}, of other chunks",
            )
        )
        corrections = Corrections()
    people = [[id for at in group for id in tracks[at].sub_ids] for group in found.people]
    left_out = [tracks[at].sub_ids for at in found.left_out]
    spans = {id: (int(times[0]), int(times[-1])) for id, times in seen.times.items()}
    identities, others = corrected(people, left_out, spans, corrections)
    told += others
    identities, unseen = _looked_at(identities, seen.times)
    told += unseen
    if len(identities) > MOST_PEOPLE:
        told.append(Refusal(what="tracklet", reason="too_many", detail=f"{len(identities)} people"))
    return identities[:MOST_PEOPLE], told


def _looked_at(
    identities: Sequence[Identity], times: Mapping[int, NDArray[np.int64]]
) -> tuple[tuple[Identity, ...], list[Refusal]]:
    """Those who are seen at a moment, without the pieces that are not: a person may split between two moments.

    ``times``: of the boxes of each tracklet.
    """
    found, refused = [], []
    for one in identities:
        kept = tuple(piece for piece in one.pieces if _holds(times[piece.sub_id], piece))
        if kept:
            found.append(replace(one, pieces=kept))
        else:
            ids = tuple(sorted({piece.sub_id for piece in one.pieces}))[:100]
            detail = f"split: nobody looked between {one.pieces[0].from_ms} and {one.pieces[-1].to_ms} ms"
            refused.append(Refusal(what="correction", reason="contradiction", ids=ids, detail=detail))
    return tuple(found), refused


def _holds(times: NDArray[np.int64], piece: Piece) -> bool:
    at = int(np.searchsorted(times, piece.from_ms))
    return at < len(times) and int(times[at]) <= piece.to_ms


def _person(identity: Identity, series: Series) -> Person:
    step = max(1, math.ceil(len(series.t_ms) / MOST_POSITIONS))
    return Person(
        id=series.person,
        sub_ids=_first([piece.sub_id for piece in identity.pieces], MOST_SPANS),
        name=identity.name,
        role=identity.role,
        appearances=_first(_presences(series.t_ms), MOST_SPANS),
        positions=Positions.of(series.t_ms[::step], series.boxes[::step]),
    )


def _presences(t_ms: NDArray[np.int64]) -> list[Span]:
    edges = [0, *(np.flatnonzero(np.diff(t_ms) > AWAY_MS) + 1), len(t_ms)]
    return [Span(int(t_ms[low]), int(t_ms[high - 1])) for low, high in pairwise(edges)]


def _expressions(identities: Sequence[Identity], seen: Expressions) -> Expressions:
    """Those of faces that are of a person; of a border's two the earlier chunk's. As many as a timeline has."""
    owners: dict[int, list[tuple[int, int, int]]] = {}
    for number, identity in enumerate(identities, 1):
        for piece in identity.pieces:
            owners.setdefault(piece.sub_id, []).append((piece.from_ms, piece.to_ms, number))
    people = array(
        "i", (_owner(owners.get(id, ()), t_ms) for id, t_ms in zip(seen.person, seen.t_ms, strict=True))
    )
    told, last = Expressions(), (-1, -1)
    for at in np.lexsort((np.array(people, np.int64), np.array(seen.t_ms, np.int64))).tolist():
        key = seen.t_ms[at], people[at]
        if people[at] and key != last and len(told) < MOST_POSITIONS:
            one = seen[at]
            told.add(people[at], one.t_ms, one.expression, one.confidence)
            last = key
    return told


def _owner(several: Iterable[tuple[int, int, int]], t_ms: int) -> int:
    """The person whose a tracklet is at a time; 0: nobody's."""
    return next((number for low, high, number in several if low <= t_ms <= high), 0)


def _first(several: Sequence[Kept], most: int) -> tuple[Kept, ...]:
    return tuple(several[:most])
