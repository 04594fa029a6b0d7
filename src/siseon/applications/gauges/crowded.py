"""How well generated dials are read that have a second scale, other needles or set-point markers, by family.

Of several needles the first, which the dial is built around, is the right one; a refusal is right too, the value of
another one is wrong. By sight each scale of a dial is an instrument of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import NamedTuple

from siseon.applications.application import Table
from siseon.applications.gauges.contracts import GaugesResult, Reading
from siseon.applications.gauges.generated import FAMILIES, Family, Photo, Split, calibration_of, photo
from siseon.applications.gauges.reading import known_of, read_dial, refused
from siseon.applications.gauges.scores import Judged, judged, scores
from siseon.applications.measuring import measure_all
from siseon.engine import Pipeline
from siseon.media.adopt import Picture

SPLIT: Split = "evaluation"
WRONG = 0.02
"""Of full scale."""


class Scaled(NamedTuple):
    """What a scale shows."""

    ends: tuple[float, float]
    unit: str
    value: float


def crowded_photo(index: int) -> tuple[Family, Photo]:
    """The families in turn."""
    family = FAMILIES[index % len(FAMILIES)]
    return family, photo(index, SPLIT, family=family)


async def crowded_seen(
    pipeline: Pipeline[Picture, GaugesResult], numbers: Sequence[int], progress: Callable[[], object]
) -> list[tuple[Family, Judged]]:
    """Each found and read by sight."""

    async def one(index: int) -> list[tuple[Family, Judged]]:
        family, seen = await asyncio.to_thread(crowded_photo, index)
        readings = (await pipeline(seen.image)).data.readings
        return [(family, judgement) for judgement in judged_scales(index, seen, readings)]

    found = await measure_all(pipeline, numbers, one, progress)
    return [pair for pairs in found for pair in pairs]


async def crowded_marked(
    numbers: Sequence[int], progress: Callable[[], object]
) -> list[tuple[Family, Judged]]:
    """Each read by a calibration of its first scale, in a thread by itself: whoever ends it waits for one."""

    def one(index: int) -> tuple[Family, Judged]:
        family, seen = crowded_photo(index)
        reading = read_dial(seen.image.pixels, known_of(calibration_of(seen, seed=index)))
        return family, judged_scales(index, seen, [reading])[0]

    found = []
    for index in numbers:
        found.append(await asyncio.to_thread(one, index))
        progress()
    return found


def judged_scales(index: int, seen: Photo, readings: Sequence[Reading]) -> list[Judged]:
    """Each scale by the reading whose own ends are nearest to its; a scale that has none was refused."""
    scales = [Scaled((min(seen.dial.numerals), max(seen.dial.numerals)), seen.dial.unit, seen.value)]
    if seen.second is not None:
        numerals = seen.second.numerals
        scales.append(Scaled((min(numerals), max(numerals)), seen.second.unit, seen.second.value))
    reasons = [one.reason for one in readings if one.reason is not None]
    missing = refused(reasons[0] if reasons else "no_scale")
    found = []
    for scale in scales:
        those = [one for one in readings if one.value is not None and _nearest(one, scales) == scale]
        tolerance = WRONG * (scale.ends[1] - scale.ends[0])
        name = f"dial {index}, {scale.unit}"
        found.append(judged(name, those or [missing], scale.value, tolerance, scale.ends, scale.unit))
    return found


def crowded_table(title: str, found: Sequence[tuple[Family, Judged]]) -> Table:
    """By family, and in all."""
    groups = [(family, [one for which, one in found if which == family]) for family in FAMILIES]
    groups = [(name, group) for name, group in groups if group]
    named = [*groups, ("all", [one for _, one in found])]
    return Table(
        title=title,
        heads=("family", "scales", "read", "wrong", "median %", "p95 %", "largest %", "refused"),
        rows=tuple(_row(name, group) for name, group in named),
        document={name: {**asdict(scores(group)), "risk": None} for name, group in named},
    )


def _row(name: str, group: Sequence[Judged]) -> tuple[str, ...]:
    total = scores(group)
    reasons = ", ".join(f"{number} {reason}" for reason, number in sorted(total.refused.items()))
    errors = tuple(f"{error:.2f}" for error in (total.median, total.p95, total.largest))
    return (name, str(total.instruments), str(total.read), str(total.wrong), *errors, reasons or "0")


def _nearest(reading: Reading, scales: Iterable[Scaled]) -> Scaled:
    def off(scale: Scaled) -> float:
        low, high = scale.ends
        if reading.scale is None:
            return float("inf")
        return (abs(reading.scale.minimum - low) + abs(reading.scale.maximum - high)) / (high - low)

    return min(scales, key=off)
