"""The slicks of a flight on one map, each place of the sea counted once.

Every place is taken from one frame, the best that shows it: what was seen later goes before what was seen earlier,
since oil drifts; within one pass, a place that was measured goes before one that was interpolated, then the smaller
error radius, then the finer pixel. So neither frames that overlap nor a slick that is not quite at the same place in
two of them add to an area. What a slick covered where no later frame looked stays on the map: a slick that drifted out
of one frame and into another between two passes is on it twice, and says that it may be (``twice``). Where the best
frame's overlay or the glint hides the sea, the map is empty, though another frame may have seen it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import (
    FactName,
    Georeference,
    MappedSlick,
    OilSpillResult,
    SeaClass,
    Source,
)
from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.slicks.area import area_m2
from siseon.applications.oilspill.slicks.local import LocalPlane
from siseon.applications.oilspill.slicks.polygons import DECIMALS
from siseon.applications.oilspill.slicks.shapes import pieces_of, rings_of, surface_of
from siseon.applications.oilspill.slicks.twice import PASS_S, may_be_counted_twice
from siseon.applications.oilspill.slicks.volume import volume_l
from siseon.contracts.wire import Ring

if TYPE_CHECKING:
    from shapely import Geometry, Polygon

POSITION: tuple[FactName, ...] = ("latitude", "longitude", "target_latitude", "target_longitude")
PRECISION_M = 1e-3
"""To which corners are rounded, so that pieces of two frames meet without slivers between them."""


@dataclass(frozen=True, slots=True)
class _Frame:
    result: OilSpillResult
    georeference: Georeference


@dataclass(frozen=True, slots=True)
class _Part:
    polygon: Polygon
    score: float
    frame: _Frame


class _Taken:
    """The parts of the sea that better frames show: each frame's own, without overlap."""

    def __init__(self) -> None:
        self._parts: list[Geometry] = []
        self._bounds: list[tuple[float, float, float, float]] = []

    def rest_of(self, footprint: Polygon) -> Geometry:
        """What no earlier one has of a footprint, which is taken now."""
        with needed():
            import shapely
        # Only what is near: a long flight then costs the same per frame as a short one.
        west, south, east, north = footprint.bounds
        bounds = np.array(self._bounds).reshape(-1, 4)
        beside = (
            (bounds[:, 0] > east) | (bounds[:, 2] < west) | (bounds[:, 1] > north) | (bounds[:, 3] < south)
        )
        near = shapely.union_all([self._parts[n] for n in np.flatnonzero(~beside)], grid_size=PRECISION_M)
        rest = surface_of(shapely.difference(footprint, near, grid_size=PRECISION_M))
        if not rest.is_empty:
            self._parts.append(rest)
            self._bounds.append(rest.bounds)
        return rest


def merged(results: Iterable[OilSpillResult]) -> tuple[MappedSlick, ...]:
    """The slicks of all frames, the largest first; frames without a georeference have no part in it.

    Raises:
        DependencyMissing: shapely or pyproj is not installed.
    """
    frames = [_Frame(one, one.georeference) for one in results if one.georeference is not None]
    if not frames:
        return ()
    with needed():
        import shapely
    plane = LocalPlane.about(np.array([place for frame in frames for place in frame.georeference.corners]))
    taken = _Taken()
    parts: dict[SeaClass, list[_Part]] = defaultdict(list)
    for frame in _best_first(frames):
        slicks = [slick for slick in frame.result.slicks if slick.rings is not None]
        footprint, *own = plane.polygons(
            [(frame.georeference.corners,), *(slick.rings for slick in slicks if slick.rings is not None)]
        )
        free = taken.rest_of(footprint)
        if free.is_empty:
            continue
        shapely.prepare(free)
        for slick, seen in zip(slicks, shapely.intersection(own, free, grid_size=PRECISION_M), strict=True):
            for piece in pieces_of(seen):
                parts[slick.sea_class].append(_Part(piece, slick.score, frame))
    found = [slick for name, own in parts.items() for slick in _joined(name, own, plane)]
    if not found:
        return ()
    found.sort(key=lambda slick: -slick.area_m2)
    doubts = may_be_counted_twice(found, plane.polygons([slick.rings for slick in found]))
    return tuple(
        slick.model_copy(update={"may_be_counted_twice": True}) if doubt else slick
        for slick, doubt in zip(found, doubts, strict=True)
    )


def _best_first(frames: list[_Frame]) -> list[_Frame]:
    times = [frame.result.time for frame in frames if frame.result.time is not None]
    first = min(times, default=None)

    def rank(frame: _Frame) -> tuple[float, bool, float, float]:
        time, georeference = frame.result.time, frame.georeference
        passed = 0.0 if time is None or first is None else (time - first).total_seconds() // PASS_S
        return -passed, georeference.interpolated, georeference.ce90_m, georeference.gsd_m

    return sorted(frames, key=rank)


def _joined(sea_class: SeaClass, parts: list[_Part], plane: LocalPlane) -> Iterator[MappedSlick]:
    """Parts of one class that touch, made one."""
    with needed():
        import shapely
    polygons = np.array([part.polygon for part in parts])
    for group in _touching(polygons):
        # The time of a union grows faster than its parts: each group for itself.
        whole = pieces_of(shapely.union_all(polygons[group], grid_size=PRECISION_M))
        inside = shapely.point_on_surface(polygons[group])
        _, holders = shapely.STRtree(whole).query_nearest(inside, all_matches=False)
        held: dict[int, list[_Part]] = defaultdict(list)
        for number, holder in zip(group.tolist(), holders.tolist(), strict=True):
            held[holder].append(parts[number])
        places = shapely.transform(plane.of_places(whole), lambda corners: corners.round(DECIMALS))
        for index, own in held.items():
            yield _mapped(sea_class, rings_of(places[index]), own)


def _touching(polygons: NDArray[np.object_]) -> list[NDArray[np.int64]]:
    """Numbers of polygons in groups: each touches another of its group, none one of another."""
    with needed():
        import shapely
    tree = shapely.STRtree(polygons)
    one, two = tree.query(polygons, predicate="dwithin", distance=2 * PRECISION_M)
    lowest = np.arange(len(polygons))
    while True:
        before = lowest.copy()
        np.minimum.at(lowest, one, lowest[two])
        lowest = lowest[lowest]
        if np.array_equal(before, lowest):
            break
    order = np.argsort(lowest, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(lowest[order])) + 1)


def _mapped(sea_class: SeaClass, rings: tuple[Ring, ...], parts: list[_Part]) -> MappedSlick:
    area = area_m2(rings)
    shares = np.array([part.polygon.area for part in parts])
    frames = {id(part.frame): part.frame for part in parts}.values()
    named = sorted({(str(frame.result.time or ""), frame.result.image_id) for frame in frames})
    times = [frame.result.time for frame in frames if frame.result.time is not None]
    return MappedSlick(
        sea_class=sea_class,
        score=float(np.clip(np.average([part.score for part in parts], weights=shares), 0, 1)),
        rings=rings,
        area_m2=area,
        volume_l=volume_l(sea_class, area),
        frames=tuple(name for _, name in named),
        position_from=tuple(sorted({source for frame in frames for source in _position_from(frame)})),
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        gsd_m=max(frame.georeference.gsd_m for frame in frames),
        ce90_m=max(frame.georeference.ce90_m for frame in frames),
        interpolated=any(frame.georeference.interpolated for frame in frames),
    )


def _position_from(frame: _Frame) -> tuple[Source, ...]:
    facts = frame.result.metadata.facts
    return tuple(facts[name].source for name in POSITION if name in facts)
