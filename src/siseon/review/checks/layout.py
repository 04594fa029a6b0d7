"""Rules between answers: the same objects elsewhere, larger, turned or stored otherwise are found where they are.

No labels are needed: where an object must be follows from where it was on the plain photo. An object that a
detector honestly loses in another layout is not a fault; one that it finds in the wrong place is.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from siseon.review.checks.check import Check, Fault
from siseon.review.checks.matching import misplaced_or_lost, plain_listing, same_objects, with_extent
from siseon.review.exchange import Evidence, Group
from siseon.review.listing import listing_of, number
from siseon.review.report import Severity

GRID_PX = np.arange(3.0, 32.0, 0.02)
"""Spacings that are looked for: rounding to one or two pixels hurts nobody."""
ON_GRID = 0.97
"""Mean resultant length of the edges' phases from which they lie on a grid; 16 random edges reach 0.8."""
GRID_EDGES = 16
"""Edges below which chance could put all of them on one."""


def _layouts(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted(Group.layout):
        if "EXIF" in exchange.case.name:
            continue
        misplaced, _ = misplaced_or_lost(evidence, exchange)
        if misplaced:
            yield Fault(misplaced, exchange)


def _exif(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted(Group.layout):
        if "EXIF" not in exchange.case.name:
            continue
        misplaced, lost = misplaced_or_lost(evidence, exchange)
        if trouble := misplaced or lost:
            yield Fault(f"{exchange.case.name}: {trouble}; the orientation tag is not obeyed", exchange)


def _formats(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted(Group.formats):
        misplaced, lost = misplaced_or_lost(evidence, exchange)
        if trouble := misplaced or lost:
            yield Fault(
                f"{exchange.case.name}: {trouble}; the format is accepted and decoded wrongly", exchange
            )


def _repeats(evidence: Evidence) -> Iterator[Fault]:
    first = plain_listing(evidence)
    for exchange in evidence.accepted(Group.plain):
        if evidence.plain is not None and _shape(exchange.document) != _shape(evidence.plain.document):
            yield Fault("the same request gets an answer of another shape", exchange)
        again = listing_of(exchange.document)
        if first is not None and (again is None or not same_objects(first, again)):
            yield Fault(f"{exchange.case.name}: the same request gets another answer", exchange)


def _grid(evidence: Evidence) -> Iterator[Fault]:
    """The left and right edges of boxes in pictures of one size, moved by amounts that share no divisor."""
    if evidence.plain is None:
        return
    last, edges = evidence.plain, list[float]()
    for exchange in [evidence.plain, *evidence.accepted(Group.layout)]:
        listing, size = listing_of(exchange.document), exchange.case.size
        if (
            listing is None
            or size is None
            or size != evidence.plain.case.size
            or "EXIF" in exchange.case.name
        ):
            continue
        found = [edge for seen in with_extent(listing) for edge in (seen.box or ())[::2]]
        edges += [edge for edge in found if 0 < edge < size[0]]
        last = exchange if found else last
    if len(edges) < GRID_EDGES:
        return
    phases = np.exp(2j * np.pi * np.array(edges)[None, :] / GRID_PX[:, None])
    aligned = np.abs(phases.mean(axis=1))
    if aligned.max() >= ON_GRID:
        step = GRID_PX[aligned >= ON_GRID].max()
        yield Fault(f"{len(edges)} edges of boxes all lie on a grid of {step:.1f} px", last)


def _shape(document: object) -> object:
    """Keys and kinds of a document without its values: comparable, and the same for lists of any length."""
    if isinstance(document, dict):
        return frozenset((key, _shape(value)) for key, value in document.items())
    if isinstance(document, list):
        return "list", frozenset(map(_shape, document))
    return "number" if number(document) is not None else type(document).__name__


CHECKS = (
    Check(
        "repeatable",
        Severity.wrong,
        "The same request gets the same answer, whatever came between.",
        _repeats,
    ),
    Check(
        "box-place",
        Severity.breaking,
        "Boxes are in pixels of the picture sent, whatever its size and aspect.",
        _layouts,
    ),
    Check("exif", Severity.wrong, "EXIF orientation is applied before boxes are told.", _exif),
    Check("box-grid", Severity.wrong, "Edges of boxes are told as they were found, not on a grid.", _grid),
    Check("decoding", Severity.wrong, "The same picture in another format shows the same objects.", _formats),
)
