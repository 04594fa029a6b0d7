"""Rules on what is seen: something, nothing that is not there, colours as they are, and each object once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from siseon.review.checks.check import Check, Fault
from siseon.review.checks.matching import found_at, plain_listing, rounded, shifted, sure, with_extent
from siseon.review.exchange import Evidence, Exchange, Group
from siseon.review.listing import Box, Listing, listing_of, number, overlap
from siseon.review.report import Severity

MORE_SEEN = 0.5
"""Sum of scores by which a picture in wrong colours must beat the one in right colours."""
ONE_OBJECT = 0.85
"""Overlap from which two boxes of one class mean one object."""
INSIDE = 0.9
"""Part of a box's area that must lie in an area to be counted as in it."""


def _nothing(evidence: Evidence) -> Iterator[Fault]:
    plain = plain_listing(evidence)
    if plain is not None and plain.objects == []:
        elsewhere = any(map(_objects, evidence.accepted()))
        yield Fault(
            f"nothing is found on the plain picture{'' if elsewhere else ' or on any other'}, so that most rules "
            "could not be judged: give a photo of what the service knows with --photo",
            evidence.plain,
        )


def _on_blank(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted(Group.blank):
        listing = listing_of(exchange.document)
        for seen in sure(listing) if listing else ():
            yield Fault(f"{seen.class_name!r} with score {seen.score} on a grey picture", exchange)


def _colours(evidence: Evidence) -> Iterator[Fault]:
    right, wrong = evidence.named("coloured things"), evidence.named("coloured things, red and blue swapped")
    if right is None or wrong is None or not (right.ok and wrong.ok):
        return
    seen, swapped = _total_score(right), _total_score(wrong)
    if swapped > seen + MORE_SEEN:
        yield Fault(
            f"scores sum up to {seen:.1f} on a picture and to {swapped:.1f} when its red and blue are swapped: "
            "the network gets BGR where it wants RGB, or the reverse",
            right,
        )


def _hidden(evidence: Evidence) -> Iterator[Fault]:
    plain = plain_listing(evidence)
    for exchange in evidence.accepted(Group.formats):
        listing, hidden = listing_of(exchange.document), exchange.case.hidden
        if plain is None or listing is None or hidden is None:
            continue
        for seen in sure(plain):
            if seen.box is None or _part_inside(seen.box, hidden) < INSIDE:
                continue
            if found_at(seen.box, seen.class_name, listing):
                yield Fault(f"{seen.class_name!r} is found where the picture is transparent", exchange)


def _duplicates(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted():
        listing = listing_of(exchange.document)
        for one, other in combinations(sure(listing) if listing else (), 2):
            alike = one.box and other.box and one.class_name == other.class_name
            if alike and overlap(one.box or (), other.box or ()) >= ONE_OBJECT:
                yield Fault(
                    f"{one.class_name!r} at {rounded(one.box)} is told twice: {one.where} and {other.where}",
                    exchange,
                )
                break


def _copies(evidence: Evidence) -> Iterator[Fault]:
    """One object found in both copies clears the service; found in one copy only is not told from bad luck."""
    plain, exchange = plain_listing(evidence), evidence.named("two copies side by side")
    listing = listing_of(exchange.document) if exchange is not None and exchange.ok else None
    if plain is None or listing is None or exchange is None or exchange.case.shift is None:
        return
    lost = []
    for seen in sure(plain):
        left = found_at(shifted(seen, exchange.case.shift), seen.class_name, listing)
        right = found_at(shifted(seen, exchange.case.copy_shift), seen.class_name, listing)
        if left and right:
            return
        if left or right:
            lost.append(seen.class_name)
    if lost:
        yield Fault(f"of two equal copies of {lost[0]!r} only one is found", exchange)


def _objects(exchange: Exchange) -> bool:
    listing = listing_of(exchange.document)
    return bool(listing and listing.objects)


def _total_score(exchange: Exchange) -> float:
    listing = listing_of(exchange.document) or Listing("", [], [])
    return sum(number(seen.score) or 0.0 for seen in with_extent(listing))


def _part_inside(box: Box, area: Box) -> float:
    across = min(box[2], area[2]) - max(box[0], area[0])
    down = min(box[3], area[3]) - max(box[1], area[1])
    return max(across, 0.0) * max(down, 0.0) / ((box[2] - box[0]) * (box[3] - box[1]))


CHECKS = (
    Check("hidden-pixels", Severity.wrong, "What a picture hides as transparent is not seen.", _hidden),
    Check("colours", Severity.wrong, "Red is red and blue is blue.", _colours),
    Check("duplicates", Severity.wrong, "An object is told once.", _duplicates),
    Check("copies", Severity.wrong, "Of two equal objects both are found.", _copies),
    Check("blank-objects", Severity.risky, "No object is found on a grey picture.", _on_blank),
    Check(
        "finds-nothing", Severity.risky, "Something is found on the drawn scene, or on your photo.", _nothing
    ),
)
