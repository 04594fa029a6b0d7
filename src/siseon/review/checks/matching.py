"""Which objects of two answers are the same: what the rules between answers share."""

from __future__ import annotations

import math

from siseon.review.exchange import Evidence, Exchange, Shift
from siseon.review.listing import Box, Listing, Seen, listing_of, number, overlap

STRONG = 0.6
"""Score of objects sure enough to be looked for in another picture."""
SAME_PLACE = 0.5
"""Overlap (intersection over union) from which two boxes mean the same place."""
SAME_SCORE = 0.02
"""Difference of scores that batching may cause: other sizes of batches round otherwise."""
SAME_PIXELS = 2.0
"""Pixels that batching may move a box's edge."""


def plain_listing(evidence: Evidence) -> Listing | None:
    """The objects of the plain photo."""
    return listing_of(evidence.plain.document) if evidence.plain is not None else None


def sure(listing: Listing) -> list[Seen]:
    """Objects with a box that a service is sure of."""
    return [seen for seen in with_extent(listing) if (number(seen.score) or 0) >= STRONG]


def with_extent(listing: Listing) -> list[Seen]:
    """Objects whose box has an extent; the others are another check's fault."""
    objects = listing.objects or []
    return [seen for seen in objects if seen.box and seen.box[2] > seen.box[0] and seen.box[3] > seen.box[1]]


def shifted(seen: Seen, shift: Shift) -> Box:
    """Where an object of the plain photo is in another picture."""
    x1, y1, x2, y2 = (corner * shift.scale for corner in seen.box or (0, 0, 0, 0))
    return x1 + shift.dx, y1 + shift.dy, x2 + shift.dx, y2 + shift.dy


def found_at(place: Box, name: object, listing: Listing) -> Seen | None:
    """The object of that class name that overlaps the place most, if it overlaps it well."""
    alike = [seen for seen in with_extent(listing) if seen.class_name == name]
    best = max(alike, key=lambda seen: overlap(place, seen.box or place), default=None)
    return best if best is not None and overlap(place, best.box or place) >= SAME_PLACE else None


def same_objects(one: Listing, other: Listing) -> bool:
    """Whether two answers list the same objects in the same order, up to what batching may change."""
    if len(one.objects or []) != len(other.objects or []):
        return False
    for a, b in zip(one.objects or [], other.objects or [], strict=True):
        if a.class_name != b.class_name or a.class_id != b.class_id:
            return False
        if abs((number(a.score) or 0) - (number(b.score) or 0)) > SAME_SCORE:
            return False
        if any(abs(p - q) > SAME_PIXELS for p, q in zip(a.box or (), b.box or (), strict=False)):
            return False
    return True


def misplaced_or_lost(evidence: Evidence, exchange: Exchange) -> tuple[str, str]:
    """What is wrong when not one sure object of the case it is like is where it must be.

    The first text is set when its objects were found elsewhere, the second when they were not found at all.
    """
    shift, like = exchange.case.shift, evidence.named(exchange.case.like)
    before = listing_of(like.document) if like is not None and like.ok else None
    after = listing_of(exchange.document)
    if shift is None or before is None or after is None:
        return "", ""
    looked_for = sure(before)
    elsewhere = ""
    for seen in looked_for:
        expected = shifted(seen, shift)
        if found_at(expected, seen.class_name, after):
            return "", ""
        alike = [other for other in after.objects or [] if other.class_name == seen.class_name and other.box]
        if alike and not elsewhere:
            has = rounded(alike[0].box)
            elsewhere = f"{seen.class_name!r} must be at {rounded(expected)}, the answer has it at {has}"
    names = ", ".join(repr(seen.class_name) for seen in looked_for)
    return elsewhere, "" if elsewhere or not looked_for else f"{names} of {exchange.case.like} not found"


def rounded(box: Box | None) -> list[int]:
    """Whole pixels, to be shown."""
    return [round(corner) for corner in box or () if math.isfinite(corner)]
