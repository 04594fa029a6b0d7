"""The order of a flight's frames: of their times where an instrument tells them, else of the numbers in their names.

Cameras number on from 9999 to 1, and two cards begin at 1 both: names alone put such a flight in a wrong order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from statistics import median

from siseon.applications.oilspill.contracts import Metadata, OilSpillResult
from siseon.applications.oilspill.position.outliers import MEASURED
from siseon.media.film.names import moment_of

DAY_S = 86_400.0
"""Longer than any flight. Satellites' receivers without a fix write years that are long past."""
NUMBER = re.compile(r"(\d+)")


def in_order(results: Iterable[OilSpillResult]) -> list[OilSpillResult]:
    """Frames as ``order_of`` says it."""
    frames = list(results)
    return [frames[at] for at in order_of([(one.image_id, one.metadata) for one in frames])]


def order_of(frames: Sequence[tuple[str, Metadata]]) -> list[int]:
    """Places of frames, by their names and what is known of them, in the order in which they were taken.

    Those without a time stay behind the one before them by name. Times read from pixels do not count, nor those of
    another day than most: what is wrong would move its frame to where it fits. Moments of one video are in its order.
    """
    named = sorted(range(len(frames)), key=lambda at: by_number(frames[at][0]))
    if _seconds([frames[at][0] for at in named]) is not None:
        return named
    times = _of_one_day([_time(frames[at][1]) for at in named])
    known = next((time for time in times if time is not None), 0.0)
    keys = []
    for time in times:
        known = known if time is None else time
        keys.append(known)
    return [named[number] for number in sorted(range(len(named)), key=keys.__getitem__)]


def seconds_of_video(frames: Sequence[OilSpillResult]) -> list[float] | None:
    """Of each, from the start of the one video that all of them are moments of; None: they are not."""
    return _seconds([one.image_id for one in frames])


def by_number(name: str) -> tuple[tuple[tuple[bool, int, str], ...], float]:
    """A key by which frame-9 comes before frame-10, and moments of a video in their order."""
    whole, second = moment_of(name) or (name, 0.0)
    parts = NUMBER.split(whole)
    return tuple((part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts), second


def _seconds(names: Sequence[str]) -> list[float] | None:
    moments = [moment_of(name) for name in names]
    known = [one for one in moments if one is not None]
    one_video = len(known) == len(names) and len({name for name, _ in known}) == 1
    return [second for _, second in known] if one_video else None


def _of_one_day(times: Sequence[float | None]) -> list[float | None]:
    """Without those more than a day from the middle one."""
    middle = median([time for time in times if time is not None] or [0.0])
    return [time if time is not None and abs(time - middle) <= DAY_S else None for time in times]


def _time(metadata: Metadata) -> float | None:
    fact = metadata.facts.get("time")
    return fact.value if fact is not None and fact.source in MEASURED else None
