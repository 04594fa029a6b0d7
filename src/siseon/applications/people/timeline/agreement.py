"""How far a timeline and a person's own coding of the same video agree: Cohen's kappa over bins of time.

Postures exclude each other and are compared as one variable; any other action is one that is done or not.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast, get_args

from siseon.applications.people.contracts import POSTURES, ActionName, Timeline
from siseon.applications.people.positions import MOST_MS
from siseon.applications.people.timeline.budget import seen
from siseon.applications.sheet import sheet
from siseon.contracts import ContractViolation, InputError

MOST_BYTES = 4_000_000
MOST_BINS = 200_000
"""Of all people together."""
NONE = "none"
COLUMNS = ("person", "action", "from_ms", "to_ms")


@dataclass(frozen=True, slots=True)
class Coded:
    """What a person saw somebody do."""

    person: int
    action: ActionName
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one variable."""

    name: str
    bins: int
    observed: float
    """Share of the bins in which both say the same."""
    kappa: float | None
    """1: always; 0: as often as chance would have it; None: both say the same in every bin, so chance would too."""


def check_coding(data: bytes) -> None:
    """Refuse what is no coding, before there is a timeline that its rows could be of.

    Raises:
        InputError: it is too large, or has other columns.
    """
    if len(data) > MOST_BYTES:
        raise InputError(f"a coding of {len(data)} bytes", hint=f"{MOST_BYTES} are the most")
    heads = data.decode("utf-8-sig", errors="replace").partition("\n")[0].strip()
    if missing := set(COLUMNS) - {head.strip(' "') for head in heads.split(",")}:
        raise InputError(
            f"the coding has no column {', '.join(sorted(missing))}",
            hint=f"a CSV in UTF-8 with the columns {', '.join(COLUMNS)}",
        )


def read_coding(data: bytes, timeline: Timeline) -> tuple[Coded, ...]:
    """A CSV with the columns ``person`` (number or name), ``action``, ``from_ms``, ``to_ms``.

    Raises:
        InputError: it is too large, or a row says what cannot be; the message names the row.
    """
    check_coding(data)
    people: dict[str, set[int]] = {}
    for person in timeline.people:
        for word in (str(person.id), person.name or str(person.id)):
            people.setdefault(word, set()).add(person.id)
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig", errors="replace"), newline=""))
    found = []
    try:
        for number, row in enumerate(rows, 2):
            values = [row.get(name) or "" for name in COLUMNS]
            if values[0] not in people or values[1] not in get_args(ActionName):
                raise InputError(
                    f"row {number}: nobody is {values[0]!r}, or no action is {values[1]!r}"[:300],
                    hint=f"columns are {', '.join(COLUMNS)}; actions are {', '.join(get_args(ActionName))}",
                )
            if len(meant := people[values[0]]) > 1:
                raise InputError(
                    f"row {number}: {values[0]!r} may be person {' or '.join(map(str, sorted(meant)))}",
                    hint="give each of them a name of their own, which is no number",
                )
            start, end = (_milliseconds(text) for text in values[2:])
            if not 0 <= start < end <= MOST_MS:
                raise InputError(
                    f"row {number}: from {values[2]!r} to {values[3]!r}"[:300], hint="milliseconds"
                )
            found.append(Coded(min(meant), cast("ActionName", values[1]), start, end))
    except csv.Error as error:
        raise InputError(f"the coding cannot be read: {error}", hint="a CSV in UTF-8") from None
    return tuple(found)


def agreement(timeline: Timeline, coded: Sequence[Coded], *, bin_ms: int = 1_000) -> tuple[Agreement, ...]:
    """Of postures together, then of each other action that either of them says, over the bins in which one is seen.

    Raises:
        ContractViolation: bins so short that there would be too many.
    """
    if bin_ms < 1 or timeline.duration_ms / max(bin_ms, 1) * max(len(timeline.people), 1) > MOST_BINS:
        raise ContractViolation(
            f"bins of {bin_ms} ms", hint=f"a video has at most {MOST_BINS}, of all people"
        )
    told = [Coded(one.person, one.action, one.from_ms, one.to_ms) for one in timeline.actions]
    bins = sorted(
        {
            (person.id, start)
            for person in timeline.people
            for low, high in seen(person)
            for start in range(low // bin_ms * bin_ms, min(high, timeline.duration_ms), bin_ms)
        }
    )
    others = sorted({one.action for one in (*told, *coded)} - set(POSTURES))
    variables: list[tuple[str, tuple[ActionName, ...]]] = [
        ("posture", POSTURES),
        *((name, (name,)) for name in others),
    ]
    return tuple(
        _agreement(name, [_labels(said, names, bins, bin_ms, timeline.duration_ms) for said in (told, coded)])
        for name, names in variables
    )


def _milliseconds(text: str) -> int:
    """-1: it is no number of them."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def agreement_table(timeline: Timeline, coded: Sequence[Coded]) -> bytes:
    """CSV, a row per variable; an empty ``kappa`` is none."""
    rows = [
        [one.name, one.bins, round(one.observed, 4), None if one.kappa is None else round(one.kappa, 4)]
        for one in agreement(timeline, coded)
    ]
    return sheet(["variable", "bins", "observed", "kappa"], rows)


def cohen(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Kappa (Cohen 1960) of two codings of the same bins; None: chance alone would agree in all of them."""
    count = len(one)
    observed = sum(a == b for a, b in zip(one, other, strict=True)) / count
    first, second = Counter(one), Counter(other)
    chance = sum(first[name] * second[name] for name in first) / count**2
    return None if chance >= 1 else (observed - chance) / (1 - chance)


def _agreement(name: str, sides: Sequence[Sequence[str]]) -> Agreement:
    one, other = sides
    if not one:
        return Agreement(name, 0, 0.0, None)
    observed = sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
    return Agreement(name, len(one), observed, cohen(one, other))


def _labels(
    said: Sequence[Coded],
    names: Sequence[ActionName],
    bins: Sequence[tuple[int, int]],
    bin_ms: int,
    end_ms: int,
) -> list[str]:
    """In each bin, what is said for most of it; ``NONE`` where that is nothing for at least half of it, or of what the
    video, which ends at ``end_ms``, has of it."""
    held: dict[tuple[int, int], Counter[str]] = {at: Counter() for at in bins}
    spans: dict[tuple[int, ActionName], list[tuple[int, int]]] = {}
    for one in said:
        if one.action in names:
            spans.setdefault((one.person, one.action), []).append((one.from_ms, one.to_ms))
    for (person, action), several in spans.items():
        for low, high in _joined(several):  # said twice it is done once
            for start in range(low // bin_ms * bin_ms, min(high, end_ms), bin_ms):
                if (person, start) in held:
                    held[person, start][action] += min(high, start + bin_ms, end_ms) - max(low, start)
    return [_most(held[at], min(bin_ms, end_ms - at[1])) for at in bins]


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same, where none meets another."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], high)
        else:
            found.append((low, high))
    return found


def _most(counts: Counter[str], bin_ms: int) -> str:
    name, held = min(counts.items(), key=lambda pair: (-pair[1], pair[0]), default=(NONE, 0))
    return name if 2 * held >= bin_ms else NONE
