"""Rules on accepted requests: the answer comes, is JSON, keeps its schema, and its numbers can be true."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import numpy as np

from siseon.contracts import ContractViolation, Frame, InputError, Mask
from siseon.review.checks.check import Check, Fault
from siseon.review.exchange import Evidence, Exchange, Group
from siseon.review.listing import Listing, Seen, listing_of, number, overlap
from siseon.review.report import Severity

EDGE = 0.01
"""Pixels by which a box may pass the picture's edge: rounding, nothing else."""
MASK_IN_BOX = 0.5
"""Overlap of a mask's bounds with its object's box: networks draw both, and never the same."""
MASK_PIXELS = 1 << 24
"""Of a mask that is given as a list of runs, to be drawn here."""
BYTES_PER_TEN = 1 << 20
"""Bytes of an answer that ten objects may take, masks included."""


def _plain(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.of(Group.plain, Group.layout):
        if not exchange.ok:
            yield Fault(f"{exchange.case.name}: {exchange.status or 'no answer'} where 2xx is due", exchange)


def _blank(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.of(Group.blank):
        if not exchange.ok:
            yield Fault(f"{exchange.status or 'no answer'} to a picture with nothing on it", exchange)
    plain = listing_of(evidence.plain.document) if evidence.plain else None
    if plain is None or plain.objects is None:
        return
    for exchange in evidence.accepted():
        listing = listing_of(exchange.document)
        if listing is None and isinstance(exchange.document, dict):
            yield Fault(f"the list {plain.where} is left out when nothing is found", exchange)
        elif listing and listing.objects is None:
            yield Fault(f"{listing.where} is not a list when nothing is found", exchange)


def _json(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted():
        if exchange.document is None:
            yield Fault("the body of a 2xx answer is not a JSON document", exchange)


def _strict(evidence: Evidence) -> Iterator[Fault]:
    def refuse(literal: str) -> None:
        raise ValueError(literal)

    for exchange in evidence.accepted():
        if exchange.document is None:
            continue
        try:
            json.loads(exchange.body, parse_constant=refuse)
        except ValueError as error:
            yield Fault(
                f"the literal {error} is in the body: it is not JSON, and most parsers refuse it", exchange
            )


def _schema(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted():
        if exchange.document is None:
            continue
        try:
            violation = evidence.operation.schema_error(exchange.document)
        except InputError as error:
            yield Fault(error.message, exchange)
            return
        if violation:
            yield Fault(violation, exchange)


def _list(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.accepted(Group.plain):
        listing = listing_of(exchange.document)
        if listing and listing.objects is None:
            yield Fault(f"{listing.where} is not a list", exchange)


def _order(evidence: Evidence) -> Iterator[Fault]:
    for exchange, seen in _objects(evidence):
        if seen.box is None:
            yield Fault(f"{seen.where} has no box of four numbers x1, y1, x2, y2", exchange)
        elif not all(map(math.isfinite, seen.box)):
            yield Fault(f"{seen.where}.box {_shown(seen)} is not finite", exchange)
        elif seen.box[2] <= seen.box[0] or seen.box[3] <= seen.box[1]:
            yield Fault(
                f"{seen.where}.box {_shown(seen)} has x2 <= x1 or y2 <= y1: is it cx, cy, w, h?", exchange
            )


def _inside(evidence: Evidence) -> Iterator[Fault]:
    for exchange, seen in _objects(evidence):
        if seen.box is None or exchange.case.size is None:
            continue
        width, height = exchange.case.size
        x1, y1, x2, y2 = seen.box
        if min(x1, y1) < -EDGE or x2 > width + EDGE or y2 > height + EDGE:
            yield Fault(f"{seen.where}.box {_shown(seen)} leaves the picture of {width}x{height}", exchange)


def _scores(evidence: Evidence) -> Iterator[Fault]:
    for exchange, where, score in _scored(evidence):
        value = number(score)
        if value is None or not 0 <= value <= 1:
            yield Fault(f"{where}.score is {score!r}, not a number in [0, 1]", exchange)


def _classes(evidence: Evidence) -> Iterator[Fault]:
    """One vocabulary for the detections of all answers."""
    names: dict[object, object] = {}
    ids: dict[object, object] = {}
    for exchange, seen in _objects(evidence):
        if seen.class_id is None:
            continue
        if not isinstance(seen.class_id, int) or isinstance(seen.class_id, bool) or seen.class_id < 0:
            yield Fault(f"{seen.where}.class_id is {seen.class_id!r}, not a whole number from 0", exchange)
        elif (
            seen.class_name is not None
            and names.setdefault(seen.class_id, seen.class_name) != seen.class_name
        ):
            first = names[seen.class_id]
            yield Fault(f"class {seen.class_id} is called {seen.class_name!r}, before {first!r}", exchange)
        elif (
            isinstance(seen.class_name, str)
            and ids.setdefault(seen.class_name, seen.class_id) != seen.class_id
        ):
            before = ids[seen.class_name]
            yield Fault(f"{seen.class_name!r} has class id {seen.class_id}, before {before}", exchange)


def _masks(evidence: Evidence) -> Iterator[Fault]:
    for exchange, seen in _objects(evidence):
        if not isinstance(seen.mask, dict) or "counts" not in seen.mask:
            continue
        size, counts = seen.mask.get("size"), seen.mask["counts"]
        if exchange.case.size is not None and size != [exchange.case.size[1], exchange.case.size[0]]:
            width, height = exchange.case.size
            yield Fault(
                f"{seen.where}.mask.size is {size}, the picture's height and width are [{height}, {width}]",
                exchange,
            )
        elif trouble := _broken_runs(seen.mask, counts):
            yield Fault(f"{seen.where}: {trouble}", exchange)


def _mask_places(evidence: Evidence) -> Iterator[Fault]:
    for exchange, seen in _objects(evidence):
        bounds = _mask_bounds(seen.mask) if isinstance(seen.mask, dict) else None
        if bounds is None or seen.box is None or not all(map(math.isfinite, seen.box)):
            continue
        if overlap(bounds, seen.box) < MASK_IN_BOX:
            yield Fault(
                f"{seen.where}.mask covers {list(bounds)} and its box is {_shown(seen)}: are its runs row by row?",
                exchange,
            )


def _size(evidence: Evidence) -> Iterator[Fault]:
    for exchange, listing in _listings(evidence):
        count = len(listing.objects or [])
        if len(exchange.body) > BYTES_PER_TEN * max(1.0, count / 10):
            yield Fault(f"{len(exchange.body)} bytes for {count} objects", exchange)


def _content_type(evidence: Evidence) -> Iterator[Fault]:
    for exchange in evidence.of():
        kind = exchange.content_type
        if exchange.document is not None and kind != "application/json" and not kind.endswith("+json"):
            yield Fault(f"JSON is sent as {kind or 'nothing'}", exchange)


def _listings(evidence: Evidence) -> Iterator[tuple[Exchange, Listing]]:
    for exchange in evidence.accepted():
        if listing := listing_of(exchange.document):
            yield exchange, listing


def _objects(evidence: Evidence) -> Iterator[tuple[Exchange, Seen]]:
    for exchange, listing in _listings(evidence):
        for seen in listing.objects or []:
            yield exchange, seen


def _scored(evidence: Evidence) -> Iterator[tuple[Exchange, str, object]]:
    for exchange, listing in _listings(evidence):
        for seen in listing.objects or []:
            if seen.score is not None:
                yield exchange, seen.where, seen.score
        for place, label in enumerate(listing.classifications):
            if "score" in label:
                yield exchange, f"classifications[{place}]", label["score"]


def _broken_runs(mask: dict[str, object], counts: object) -> str | None:
    size = mask.get("size")
    if isinstance(counts, list) and isinstance(size, list) and len(size) == 2:
        runs = [number(run) for run in counts]
        total = sum(run for run in runs if run is not None)
        return None if total == size[0] * size[1] else f"mask.counts add up to {total:g} pixels"
    try:
        Mask.from_wire(mask)
    except ContractViolation as error:
        return error.message
    return None


def _mask_bounds(mask: dict[str, object]) -> tuple[int, int, int, int] | None:
    """x1, y1, x2, y2 of its pixels; None for an empty mask, or one that another rule finds broken."""
    size, counts = mask.get("size"), mask.get("counts")
    if (
        not isinstance(size, list)
        or [type(side) for side in size] != [int, int]
        or _broken_runs(mask, counts)
    ):
        return None
    height, width = size
    if isinstance(counts, list):
        if height * width > MASK_PIXELS:
            return None
        runs = np.array(counts, np.int64)
        pixels = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(width, height).T
        found = Mask.encode(pixels, Frame.root(width, height))
    else:
        found = Mask.from_wire(mask)
    return found.bbox if found.area else None


def _shown(seen: Seen) -> str:
    return str([round(corner, 2) for corner in seen.box or ()])


_B, _W, _R = Severity.breaking, Severity.wrong, Severity.risky
CHECKS = (
    Check(
        "plain-photo", _B, "An ordinary photo, upright, turned, wide or tall, is answered with 2xx.", _plain
    ),
    Check("json", _B, "A 2xx answer is a JSON document.", _json),
    Check("json-strict", _B, "There is no NaN and no Infinity in the JSON.", _strict),
    Check("schema", _B, "Every answer keeps the schema that the OpenAPI document promises.", _schema),
    Check("objects-list", _B, "Objects come as a list.", _list),
    Check("blank-picture", _B, "A picture with nothing on it is answered with an empty list.", _blank),
    Check("box-order", _B, "Boxes are x1, y1, x2, y2 with x2 > x1 and y2 > y1, finite.", _order),
    Check("mask-size", _B, "A mask has the picture's size, and its runs fill it.", _masks),
    Check("mask-place", _W, "A mask covers its object's box.", _mask_places),
    Check("box-inside", _W, "Boxes lie inside the upright picture.", _inside),
    Check("score-range", _W, "Scores are numbers in [0, 1].", _scores),
    Check("class-names", _W, "A class id is a whole number from 0 and has one name.", _classes),
    Check("content-type", _W, "JSON is labelled as JSON.", _content_type),
    Check("answer-size", _R, "Ten objects take at most a megabyte.", _size),
)
