"""Frames as a table: what is known of each, where from, and what was seen in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from siseon.applications.concluding import Unanswered
from siseon.applications.oilspill.contracts import FactName, Metadata, OilSpillResult
from siseon.applications.sheet import Cell, sheet

FACTS: tuple[FactName, ...] = tuple(name for name in get_args(FactName) if name != "time")
HEADS = (
    "image",
    "time",
    "time_from",
    "verdict",
    "slicks",
    "area_m2",
    "method",
    "ce90_m",
    "interpolated",
    "no_position",
    "failure",
)


def frames_table(frames: Sequence[OilSpillResult], failed: Sequence[Unanswered] = ()) -> bytes:
    """CSV (RFC 4180) in UTF-8: a row a frame, each fact beside where it comes from; times are ISO 8601 in UTC.

    Those that have failed stand last, with the verdict ``failed`` and why.

    A cell with ``interpolated`` as its source was filled from the frames before and after; what was refused stands in
    the last column with its reason.
    """
    heads = [*HEADS, *_fact_heads(FACTS)]
    return sheet(heads, [*map(_row, frames), *(_failed_row(one, len(heads)) for one in failed)])


def facts_table(frames: Mapping[str, Metadata]) -> bytes:
    """The same of what is known of frames by their names, before anything was seen in them; ``time`` is in seconds
    since 1970 (UTC)."""
    names: tuple[FactName, ...] = ("time", *FACTS)
    rows = ([name, *_facts(metadata, names)] for name, metadata in frames.items())
    return sheet(["image", *_fact_heads(names)], rows)


def _row(frame: OilSpillResult) -> list[Cell]:
    facts, where = frame.metadata.facts, frame.georeference
    areas = [slick.area_m2 for slick in frame.slicks if slick.area_m2 is not None]
    return [
        frame.image_id,
        None if frame.time is None else frame.time.isoformat(),
        facts["time"].source if "time" in facts else None,
        frame.refused or frame.verdict,
        len(frame.slicks),
        round(sum(areas), 1) if where is not None else None,
        None if where is None else where.method,
        None if where is None else round(where.ce90_m, 1),
        None if where is None else where.interpolated,
        frame.no_position,
        None,
        *_facts(frame.metadata, FACTS),
    ]


def _failed_row(one: Unanswered, width: int) -> list[Cell]:
    row: list[Cell] = [None] * width
    told = {
        "image": one.name,
        "verdict": "failed",
        "failure": f"{one.failure.code}: {one.failure.message}",
    }
    for head, cell in told.items():
        row[HEADS.index(head)] = cell
    return row


def _fact_heads(names: Sequence[FactName]) -> list[str]:
    return [*(head for name in names for head in (name, f"{name}_from")), "refused"]


def _facts(metadata: Metadata, names: Sequence[FactName]) -> list[Cell]:
    row: list[Cell] = []
    for name in names:
        fact = metadata.facts.get(name)
        row += [None, None] if fact is None else [fact.value, fact.source]
    return [*row, "; ".join(f"{one.name}: {one.reason}" for one in metadata.refused)]
