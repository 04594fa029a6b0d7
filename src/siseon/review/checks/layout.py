"""Rules between answers: the same objects elsewhere, larger, turned or stored otherwise are found where they are.

No labels are needed: where an object must be follows from where it was on the plain photo. An object that a
detector honestly loses in another layout is not a fault; one that it finds in the wrong place is.
"""

from __future__ import annotations

from collections.abc import Iterator

from siseon.review.checks.check import Check, Fault
from siseon.review.exchange import Evidence, Exchange, Group, Shift
from siseon.review.listing import Listing, Seen, listing_of, number, overlap
from siseon.review.report import Severity

STRONG = 0.6
"""Score of objects sure enough to be looked for in another picture."""
SAME_PLACE = 0.5
"""Overlap (intersection over union) from which two boxes mean the same place."""


def _layouts(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted(Group.layout):
        if "EXIF" in exchange.case.name:
            continue
        misplaced, _ = _compared(evidence, exchange)
        if misplaced:
            yield Fault(misplaced, exchange)


def _exif(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted(Group.layout):
        if "EXIF" not in exchange.case.name:
            continue
        misplaced, lost = _compared(evidence, exchange)
        if trouble := misplaced or lost:
            yield Fault(f"{exchange.case.name}: {trouble}; the orientation tag is not obeyed", exchange)


def _formats(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted(Group.formats):
        misplaced, lost = _compared(evidence, exchange)
        if trouble := misplaced or lost:
            yield Fault(
                f"{exchange.case.name}: {trouble}; the format is accepted and decoded wrongly", exchange
            )


def _repeats(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted(Group.plain):
        if evidence.plain is not None and _shape(exchange.document) != _shape(evidence.plain.document):
            yield Fault("the same request gets an answer of another shape", exchange)
        misplaced, lost = _compared(evidence, exchange)
        if misplaced or lost:
            yield Fault(f"the same request gets another answer: {misplaced or lost}", exchange)


def _compared(evidence: Evidence, exchange: Exchange) -> tuple[str, str]:
    """What is wrong when not one sure object of the case it is like is where it must be.

    The first text is set when its objects were found elsewhere, the second when they were not found at all.
    """
    shift, like = exchange.case.shift, evidence.named(exchange.case.like)
    before = listing_of(like.document) if like is not None and like.ok else None
    after = listing_of(exchange.document)
    if shift is None or before is None or after is None:
        return "", ""
    sure = [seen for seen in _placeable(before) if (number(seen.score) or 0) >= STRONG]
    elsewhere = ""
    for seen in sure:
        expected = _placed(seen, shift)
        alike = [
            other.box for other in after.objects or [] if other.class_name == seen.class_name and other.box
        ]
        if any(overlap(expected, box) >= SAME_PLACE for box in alike):
            return "", ""
        if alike and not elsewhere:
            elsewhere = (
                f"{seen.class_name!r} must be at {_rounded(expected)} and is told at {_rounded(alike[0])}"
            )
    names = ", ".join(repr(seen.class_name) for seen in sure)
    return elsewhere, "" if elsewhere or not sure else f"{names} of {exchange.case.like} not found"


def _placeable(listing: Listing) -> list[Seen]:
    """Objects whose box has an extent; the others are another check's fault."""
    objects = listing.objects or []
    return [seen for seen in objects if seen.box and seen.box[2] > seen.box[0] and seen.box[3] > seen.box[1]]


def _placed(seen: Seen, shift: Shift) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (corner * shift.scale for corner in seen.box or (0, 0, 0, 0))
    return x1 + shift.dx, y1 + shift.dy, x2 + shift.dx, y2 + shift.dy


def _rounded(box: tuple[float, ...]) -> list[int]:
    return [round(corner) for corner in box]


def _shape(document: object) -> object:
    """Keys and kinds of a document without its values: comparable, and the same for lists of any length."""
    if isinstance(document, dict):
        return frozenset((key, _shape(value)) for key, value in document.items())
    if isinstance(document, list):
        return "list", frozenset(map(_shape, document))
    return "number" if number(document) is not None else type(document).__name__


CHECKS = (
    Check(
        "repeatable", Severity.wrong, "The same request gets the same answer, in the same shape.", _repeats
    ),
    Check(
        "box-place",
        Severity.breaking,
        "Boxes are in pixels of the picture sent, whatever its size and aspect.",
        _layouts,
    ),
    Check("exif", Severity.wrong, "EXIF orientation is applied before boxes are told.", _exif),
    Check("decoding", Severity.wrong, "The same picture in another format shows the same objects.", _formats),
)
