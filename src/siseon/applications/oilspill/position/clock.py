"""The times of a flight's frames."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from siseon.applications.oilspill.contracts import Metadata
from siseon.applications.oilspill.position.refusing import refuse

Moments = tuple[float | None, ...]


def steady(frames: Sequence[Metadata]) -> tuple[Metadata, ...]:
    """Without times that do not fit into their order: the fewest are refused that make the rest run forward."""
    known = [(index, time) for index, frame in enumerate(frames) if (time := frame.value("time")) is not None]
    kept = set(_rising([time for _, time in known]))
    wrong = {index for at, (index, _) in enumerate(known) if at not in kept}
    detail = "the frames before and after it are of other times"
    return tuple(
        refuse(frame, ("time",), "contradicted", detail) if index in wrong else frame
        for index, frame in enumerate(frames)
    )


def seconds_of(frames: Sequence[Metadata]) -> Moments:
    """The time of each; one without lies evenly between those before and after it, and is unknown at the ends."""
    moments = [frame.value("time") for frame in frames]
    known = [index for index, moment in enumerate(moments) if moment is not None]
    for before, after in pairwise(known):
        first, last = moments[before], moments[after]
        if first is None or last is None:
            continue
        for index in range(before + 1, after):
            moments[index] = first + (last - first) * (index - before) / (after - before)
    return tuple(moments)


def _rising(values: Sequence[float]) -> list[int]:
    """Places of a longest part that does not fall (patience sorting with links back)."""
    tops: list[float] = []
    places: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        pile = bisect_right(tops, value)
        before.append(places[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(value)
            places.append(index)
        else:
            tops[pile], places[pile] = value, index
    chain: list[int] = []
    at = places[-1] if places else -1
    while at >= 0:
        chain.append(at)
        at = before[at]
    return chain[::-1]
