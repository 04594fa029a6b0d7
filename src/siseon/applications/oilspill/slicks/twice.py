"""Which slicks on a map may be the same oil: seen in one pass, and elsewhere in a later one that did not look there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import MappedSlick
from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.slicks.drift import FASTEST_MS

PASS_S = 120.0
"""Seconds that count as one pass: oil that the wind moves by 0.5 m/s has drifted by the width of a small slick."""


def may_be_counted_twice(slicks: Sequence[MappedSlick], polygons: NDArray[np.object_]) -> list[bool]:
    """Of each slick, whether oil that a later pass saw, and that is another one on the map, can have drifted from it.

    ``polygons``: (N,) of the slicks, in metres. Slicks whose time is not known are not compared.

    Raises:
        DependencyMissing: shapely is not installed.
    """
    with needed():
        import shapely
    later: dict[int, list[int]] = defaultdict(list)
    for number, slick in enumerate(slicks):
        if slick.first_seen is not None:
            later[int(slick.first_seen.timestamp() // PASS_S)].append(number)
    out = np.zeros(len(slicks), bool)
    last = np.array([np.inf if one.last_seen is None else one.last_seen.timestamp() for one in slicks])
    off = np.array([one.ce90_m for one in slicks])
    for numbers in later.values():
        first = np.array([_seconds(slicks[number]) for number in numbers])
        asked = np.flatnonzero((last <= first.max() - PASS_S) & ~out)
        if not asked.size:
            continue
        tree = shapely.STRtree(polygons[numbers])
        reach = FASTEST_MS * (first.max() - last[asked]) + off[asked] + off[numbers].max()
        one, other = tree.query(polygons[asked], predicate="dwithin", distance=reach)
        after = first[other] - last[asked[one]] >= PASS_S
        out[asked[one[after]]] = True
    return [bool(one) for one in out]


def _seconds(slick: MappedSlick) -> float:
    return 0.0 if slick.first_seen is None else slick.first_seen.timestamp()
