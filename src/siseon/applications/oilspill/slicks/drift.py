"""How slicks drift from frame to frame.

In each frame, pieces of oil that touch are one slick, whatever their classes. Only one that a frame shows as a whole
is followed: the middle of one that the frame's edge cuts moves with the camera. The same slick in the next frame is the
nearest of about its size that it can have reached. Speed and direction are those of the straight line through its
middles that fits best, each weighed by its error radius; the errors of frames are taken to be independent, so that an
instrument that is off the same way in all of them makes a slick seen from two sides look as if it moved.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import Drift, OilSpillResult, Sighting
from siseon.applications.oilspill.georeference.error import CIRCLE_2D
from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.slicks.local import LocalPlane

if TYPE_CHECKING:
    from shapely import Geometry

FASTEST_MS = 2.0
"""Of oil: strong tidal streams; the wind alone moves it by about 3 % of its own speed."""
SAME_SIZE = 2.0
"""By how much the area of one slick may differ in two frames."""
LEAST_PIXELS = 200
"""Of a slick that is followed: a smaller one is easily another."""
TOUCH_PX = 2.0
"""Pieces this near to each other are one slick; as near to the frame's edge, it is cut."""
SURE = 2.0
"""Standard deviations from which on a movement is one."""
LEAST_S = 1.0
"""Between the first and last sighting."""
MOST_SLICKS = 20
"""Of one frame that are followed, the largest: its many small ones are easily taken for each other."""
MOST_TRACKS = 300
"""That a sighting is compared with, those seen last: 15 full frames of others. So the work grows with the frames alone;
one not seen for longer is finished, and is a new one where it comes again."""


@dataclass(frozen=True, slots=True)
class _Seen:
    sighting: Sighting
    middle: NDArray[np.float64]
    """(2,) metres."""

    @property
    def seconds(self) -> float:
        return self.sighting.time.timestamp()


@dataclass(slots=True)
class _Track:
    seen: list[_Seen] = field(default_factory=list)

    def distance(self, other: _Seen) -> float:
        """Metres to a sighting that can be the same slick; infinite for one that cannot."""
        last = self.seen[-1]
        one, two = last.sighting, other.sighting
        if max(one.area_m2, two.area_m2) > SAME_SIZE * min(one.area_m2, two.area_m2):
            return math.inf
        far = math.dist(last.middle, other.middle)
        reach = FASTEST_MS * (other.seconds - last.seconds) + one.ce90_m + two.ce90_m
        return far if far <= reach else math.inf


def drifts(results: Iterable[OilSpillResult]) -> tuple[Drift, ...]:
    """The slicks that are seen as a whole in two frames or more, the most often seen first.

    Of each frame the ``MOST_SLICKS`` largest are followed. Frames without a georeference or a time have no part in it.

    Raises:
        DependencyMissing: shapely or pyproj is not installed.
    """
    frames = [one for one in results if one.georeference is not None and one.time is not None]
    corners = [place for one in frames if one.georeference for place in one.georeference.corners]
    if not frames:
        return ()
    plane = LocalPlane.about(np.array(corners))
    tracks: list[_Track] = []
    finished: list[_Track] = []
    for frame in sorted(frames, key=lambda one: one.time.timestamp() if one.time else 0.0):
        _continue(tracks, _whole_slicks(frame, plane))
        tracks.sort(key=lambda track: track.seen[-1].seconds)
        finished += tracks[:-MOST_TRACKS]
        del tracks[:-MOST_TRACKS]
    found = [drift for track in finished + tracks if (drift := _drift(track.seen)) is not None]
    return tuple(sorted(found, key=lambda drift: -len(drift.sightings)))


def _whole_slicks(frame: OilSpillResult, plane: LocalPlane) -> list[_Seen]:
    """Those of one frame that its edges do not cut, the ``MOST_SLICKS`` largest."""
    with needed():
        import shapely
    georeference, time = frame.georeference, frame.time
    shapes = [slick.rings for slick in frame.slicks if slick.rings is not None]
    if georeference is None or time is None or not shapes:
        return []
    footprint, *polygons = plane.polygons([(georeference.corners,), *shapes])
    near = TOUCH_PX * georeference.gsd_m
    groups = shapely.get_parts(shapely.union_all(shapely.buffer(polygons, near / 2)))
    _, holders = shapely.STRtree(groups).query_nearest(shapely.point_on_surface(polygons), all_matches=False)
    edge = footprint.exterior
    found = []
    for index, group in enumerate(groups):
        own: Geometry = shapely.union_all([polygons[number] for number in np.flatnonzero(holders == index)])
        if own.area < LEAST_PIXELS * georeference.gsd_m**2 or shapely.distance(group, edge) <= near:
            continue
        middle = np.array([own.centroid.x, own.centroid.y])
        longitude, latitude = plane.places(middle[None])[0]
        sighting = Sighting(
            image_id=frame.image_id,
            time=time,
            longitude=float(longitude),
            latitude=float(latitude),
            area_m2=own.area,
            ce90_m=georeference.ce90_m,
            interpolated=georeference.interpolated,
        )
        found.append(_Seen(sighting, middle))
    return sorted(found, key=lambda one: -one.sighting.area_m2)[:MOST_SLICKS]


def _continue(tracks: list[_Track], seen: list[_Seen]) -> None:
    """Each sighting goes to the nearest track that can have come there, the nearest pairs first; or begins one."""
    pairs = sorted(
        (distance, row, column)
        for row, track in enumerate(tracks)
        for column, one in enumerate(seen)
        if math.isfinite(distance := track.distance(one))
    )
    rows: set[int] = set()
    columns: set[int] = set()
    for _, row, column in pairs:
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            tracks[row].seen.append(seen[column])
    tracks += [_Track([one]) for column, one in enumerate(seen) if column not in columns]


def _drift(seen: list[_Seen]) -> Drift | None:
    if len(seen) < 2 or seen[-1].seconds - seen[0].seconds < LEAST_S:
        return None
    # A radius for 90 of 100, as one standard deviation along each axis; a perfect place still has a centimetre.
    sigmas = np.maximum([one.sighting.ce90_m / CIRCLE_2D for one in seen], 0.01)
    weights = sigmas**-2.0
    seconds = np.array([one.seconds for one in seen])
    seconds -= np.average(seconds, weights=weights)
    middles = np.array([one.middle for one in seen])
    spread = float((weights * seconds**2).sum())
    east, north = (weights * seconds) @ (middles - middles[0]) / spread
    speed, sigma = math.hypot(east, north), spread**-0.5
    moves = speed > SURE * sigma
    return Drift(
        sightings=tuple(one.sighting for one in seen),
        speed_ms=speed,
        speed_sigma_ms=sigma,
        direction=math.degrees(math.atan2(east, north)) % 360 if moves else None,
    )
