"""Rules on classifications: each points at one detection of its answer, and at the one that it was made from."""

from __future__ import annotations

from collections.abc import Iterator

from siseon.review.checks.check import Check, Fault
from siseon.review.checks.matching import found_at, plain_listing, rounded, shifted, sure
from siseon.review.exchange import Evidence, Group
from siseon.review.listing import Listing, Seen, listing_of
from siseon.review.report import Severity

SMALLER = 0.25
"""Part of an object's area below which another one is small beside it: no classifier takes one for the other."""


def _indices(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted():
        listing = listing_of(exchange.document)
        if listing is None or listing.objects is None:
            continue
        count = len(listing.objects)
        taken: set[object] = set()
        for place, label in enumerate(listing.classifications):
            index = label.get("detection_index")
            if index is None:
                continue
            where = f"classifications[{place}].detection_index"
            if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < count:
                yield Fault(f"{where} is {index!r}, there are {count} detections", exchange)
            elif index in taken:
                yield Fault(f"{where} is {index}, as another one before it", exchange)
            else:
                taken.add(index)


def _places(evidence: Evidence) -> Iterator[Fault]:
    """The label that an object has alone is gone from it, and a small object beside it has that label."""
    plain = plain_listing(evidence)
    for exchange in evidence.accepted(Group.layout):
        listing, shift = listing_of(exchange.document), exchange.case.shift
        if plain is None or listing is None or shift is None:
            continue
        for seen in sure(plain):
            label = _label(plain, seen)
            there = found_at(shifted(seen, shift), seen.class_name, listing)
            if label is None or there is None or _label(listing, there) == label:
                continue
            for other in listing.objects or []:
                if other.box and _area(other) < SMALLER * _area(there) and _label(listing, other) == label:
                    yield Fault(
                        f"{label!r}, the label of {seen.class_name!r} alone, is attached to {other.where} at "
                        f"{rounded(other.box)} and not to {there.where} at {rounded(there.box)}",
                        exchange,
                    )


def _label(listing: Listing, seen: Seen) -> object:
    index = (listing.objects or []).index(seen)
    found = (entry for entry in listing.classifications if entry.get("detection_index") == index)
    entry = next(found, None)
    return entry.get("class_name", entry.get("label")) if entry is not None else None


def _area(seen: Seen) -> float:
    x1, y1, x2, y2 = seen.box or (0, 0, 0, 0)
    return max(0.0, x2 - x1) * max(0.0, y2 - y1)


CHECKS = (
    Check(
        "classification-index",
        Severity.breaking,
        "Each classification points at one detection of its answer.",
        _indices,
    ),
    Check(
        "classification-place",
        Severity.wrong,
        "A classification belongs to the detection that it points at.",
        _places,
    ),
)
