"""A timeline of all chunks: a pure function of what they say and of a person's corrections, in whatever order."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.actions.act import acted
from siseon.applications.people.contracts import (
    MOST_PEOPLE,
    MOST_POSITIONS,
    MOST_REFUSALS,
    MOST_SPANS,
    ChunkSeen,
    Coverage,
    Expression,
    Person,
    Position,
    Refusal,
    Span,
    Timeline,
)
from siseon.applications.people.merging.correcting import Identity, Piece, corrected
from siseon.applications.people.merging.corrections import Corrections
from siseon.applications.people.merging.merge import MergeRules, merged
from siseon.applications.people.merging.tracks import tracks_of
from siseon.applications.people.series import Series, series_of
from siseon.contracts import ContractViolation
from siseon.contracts.wire import Box
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
    ordered = sorted(chunks, key=lambda chunk: chunk.chunk)
    if not ordered or len({chunk.chunk for chunk in ordered}) < len(ordered):
        raise ContractViolation(
            "no chunk of the video was seen, or one of them twice", hint="run the video again"
        )
    missing = _missing(ordered, expected)
    with part("reid"):
        identities, refused = _identities(ordered, corrections, rules)
    end = ordered[-1].end_ms
    with part("actions"):
        series = series_of(identities, ordered)
        done = acted(series, size=(ordered[0].width, ordered[0].height), end_ms=end)
    if done.pairs_left_out:
        detail = f"{done.pairs_left_out} pairs of people: what they do to each other was not looked at"
        refused.append(Refusal(what="pose", reason="too_many", detail=detail))
    refused = [
        *missing,
        *refused,
        *(one for chunk in ordered for one in chunk.refused),
    ]  # the many at the end
    people = [_person(identity, one) for identity, one in zip(identities, series, strict=True)]
    faces = sum(
        face.expression is not None or face.refused is not None
        for chunk in ordered
        for moment in chunk.moments
        for face in moment.faces
    )
    expressions = tuple(_expressions(identities, ordered))
    return Timeline(
        width=ordered[0].width,
        height=ordered[0].height,
        duration_ms=end,
        seen=seen_of(ordered),
        people=tuple(people),
        merged={person.id: person.sub_ids for person in people},
        actions=_first(done.actions, MOST_SPANS),
        expressions=_first(expressions, MOST_POSITIONS),
        coverage=Coverage(
            chunks=len(ordered),
            chunks_missing=len(missing),
            moments=len({moment.t_ms for chunk in ordered for moment in chunk.moments}),
            person_seconds=done.person_seconds,
            posture_seconds=done.posture_seconds,
            expressions=len(expressions) if faces else None,
            faces=faces or None,
        ),
        refused=_first(refused, MOST_REFUSALS),
    )


def seen_of(chunks: Iterable[ChunkSeen]) -> str:
    """What corrections are made for: the same ids at the same times."""
    told = hashlib.sha256()
    for chunk in sorted(chunks, key=lambda one: one.chunk):
        for moment in chunk.moments:
            told.update(f"{chunk.chunk} {moment.t_ms} {[box.id for box in moment.boxes]}\n".encode())
    return told.hexdigest()[:16]


def _missing(chunks: Sequence[ChunkSeen], expected: int | None) -> list[Refusal]:
    count = max(chunks[-1].chunk + 1, expected or 0)
    lost = sorted(set(range(count)) - {chunk.chunk for chunk in chunks})
    return [Refusal(what="chunk", reason="failed", chunk=number) for number in lost]


def _identities(
    chunks: Sequence[ChunkSeen], corrections: Corrections, rules: MergeRules
) -> tuple[tuple[Identity, ...], list[Refusal]]:
    tracks, refused = tracks_of(chunks)
    found = merged(tracks, rules)
    told = [*refused, *found.refused]
    if corrections.seen is not None and corrections.seen != seen_of(chunks):
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
    identities, others = corrected(people, left_out, _spans(chunks), corrections)
    told += others
    identities, unseen = _looked_at(identities, chunks)
    told += unseen
    if len(identities) > MOST_PEOPLE:
        told.append(Refusal(what="tracklet", reason="too_many", detail=f"{len(identities)} people"))
    return identities[:MOST_PEOPLE], told


def _looked_at(
    identities: Sequence[Identity], chunks: Iterable[ChunkSeen]
) -> tuple[tuple[Identity, ...], list[Refusal]]:
    """Those who are seen at a moment, without the pieces that are not: a person may split between two moments."""
    times: dict[int, list[int]] = {}
    for chunk in chunks:
        for moment in chunk.moments:
            for box in moment.boxes:
                times.setdefault(box.id, []).append(moment.t_ms)
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


def _holds(times: Sequence[int], piece: Piece) -> bool:
    at = bisect_left(times, piece.from_ms)
    return at < len(times) and times[at] <= piece.to_ms


def _spans(chunks: Iterable[ChunkSeen]) -> dict[int, tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    for chunk in chunks:
        for moment in chunk.moments:
            for box in moment.boxes:
                spans[box.id] = (spans.get(box.id, (moment.t_ms, 0))[0], moment.t_ms)
    return spans


def _person(identity: Identity, series: Series) -> Person:
    step = max(1, math.ceil(len(series.t_ms) / MOST_POSITIONS))
    rows = zip(series.t_ms[::step].tolist(), series.boxes[::step].tolist(), strict=True)
    return Person(
        id=series.person,
        sub_ids=_first([piece.sub_id for piece in identity.pieces], MOST_SPANS),
        name=identity.name,
        role=identity.role,
        appearances=_first(_presences(series.t_ms), MOST_SPANS),
        positions=tuple(Position(t_ms, Box(*box)) for t_ms, box in rows),
    )


def _presences(t_ms: NDArray[np.int64]) -> list[Span]:
    edges = [0, *(np.flatnonzero(np.diff(t_ms) > AWAY_MS) + 1), len(t_ms)]
    return [Span(int(t_ms[low]), int(t_ms[high - 1])) for low, high in pairwise(edges)]


def _expressions(identities: Sequence[Identity], chunks: Iterable[ChunkSeen]) -> Iterable[Expression]:
    """The likeliest of each face that is of a person; of a border's two the earlier chunk's."""
    owners: dict[int, list[tuple[int, int, int]]] = {}
    for number, identity in enumerate(identities, 1):
        for piece in identity.pieces:
            owners.setdefault(piece.sub_id, []).append((piece.from_ms, piece.to_ms, number))
    told: dict[tuple[int, int], Expression] = {}
    for chunk in chunks:
        for moment in chunk.moments:
            for face in moment.faces:
                if face.id is None or not face.expression:
                    continue
                name, score = max(face.expression.items(), key=lambda pair: (pair[1], pair[0]))
                for low, high, number in owners.get(face.id, []):
                    if low <= moment.t_ms <= high:
                        told.setdefault(
                            (moment.t_ms, number),
                            Expression(person=number, t_ms=moment.t_ms, expression=name, confidence=score),
                        )
    return [told[key] for key in sorted(told)]


def _first(several: Sequence[Kept], most: int) -> tuple[Kept, ...]:
    return tuple(several[:most])
