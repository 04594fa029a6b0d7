"""Time budgets: how often and how long each person does what, in all and in bins of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from siseon.applications.people.contracts import ActionName, Person, Timeline
from siseon.applications.people.timeline.names import called
from siseon.applications.sheet import sheet
from siseon.contracts import ContractViolation

MOST_BINS = 1_440
"""A day by minutes."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one person spent on one action in one bin. What goes over a bin's edge is in both, each with its part."""

    person: int
    action: ActionName
    from_ms: int
    to_ms: int
    count: int
    total_ms: int
    """Done to two people at once, it counts once."""
    mean_ms: float
    deviation_ms: float | None
    """Sample standard deviation of the durations; None: there is one."""
    share: float
    """Of the time in which the person is seen in that bin."""


def budget(timeline: Timeline, *, bin_ms: int | None = None) -> tuple[Spent, ...]:
    """In order of bin, person and action; without ``bin_ms`` the whole video is one.

    Raises:
        ContractViolation: bins so short that there would be too many.
    """
    end = max([timeline.duration_ms, *(one.to_ms for one in timeline.actions), 1])
    size = end if bin_ms is None else bin_ms
    if size < 1 or end / size > MOST_BINS:
        raise ContractViolation(f"bins of {size} ms", hint=f"a video has at most {MOST_BINS} bins")
    people = {person.id: person for person in timeline.people}
    spans: defaultdict[tuple[int, int, ActionName], list[tuple[int, int]]] = defaultdict(list)
    for one in timeline.actions:
        for start in range(one.from_ms // size * size, one.to_ms, size):
            low, high = max(one.from_ms, start), min(one.to_ms, start + size)
            spans[start, one.person, one.action].append((low, high))
    found = []
    for (start, id, action), parts in sorted(spans.items()):
        lengths = np.array([high - low for low, high in parts], float)
        total = covered(parts)
        found.append(
            Spent(
                id,
                action,
                start,
                start + size,
                len(parts),
                total,
                float(lengths.mean()),
                float(lengths.std(ddof=1)) if len(lengths) > 1 else None,
                min(total / max(present(people[id], start, min(start + size, end)), 1), 1.0),
            )
        )
    return tuple(found)


def budget_table(timeline: Timeline, *, bin_ms: int | None = None) -> bytes:
    """CSV, a row per person, action and bin."""
    names = {person.id: called(person) for person in timeline.people}
    heads = [
        "id",
        "name",
        "action",
        "from_ms",
        "to_ms",
        "count",
        "total_ms",
        "mean_ms",
        "deviation_ms",
        "share",
    ]
    rows = [
        [
            one.person,
            names[one.person],
            one.action,
            one.from_ms,
            one.to_ms,
            one.count,
            one.total_ms,
            round(one.mean_ms, 1),
            None if one.deviation_ms is None else round(one.deviation_ms, 1),
            round(one.share, 4),
        ]
        for one in budget(timeline, bin_ms=bin_ms)
    ]
    return sheet(heads, rows)


def covered(spans: Iterable[tuple[int, int]]) -> int:
    """Milliseconds in one of the spans at least."""
    total, end = 0, -1
    for low, high in sorted(spans):
        total += max(high - max(low, end), 0)
        end = max(end, high)
    return total


def present(person: Person, from_ms: int, to_ms: int) -> int:
    """Milliseconds between these in which the person is seen."""
    return covered(
        (max(low, from_ms), min(high, to_ms)) for low, high in seen(person) if low < to_ms and high > from_ms
    )


def seen(person: Person) -> Iterator[tuple[int, int]]:
    """Appearances in whole seconds, as actions are told: from the first to the end of the last."""
    for span in person.appearances:
        yield span.from_ms // 1000 * 1000, (span.to_ms // 1000 + 1) * 1000
