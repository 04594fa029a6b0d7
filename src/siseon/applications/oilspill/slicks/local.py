"""A plane about the middle of a flight in which areas are true: Lambert's azimuthal equal-area projection.

J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395, 1987, p. 182. It has no seam at the
antimeridian or at a pole. Metres are (east, north) of its middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.slicks.shapes import polygon_of, surface_of
from siseon.contracts.wire import Ring

if TYPE_CHECKING:
    from pyproj import Proj
    from shapely import Polygon

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """Of places near one."""

    longitude: float
    latitude: float

    @classmethod
    def about(cls, places: Floats) -> LocalPlane:
        """About the mean of (N, 2) places, as vectors: it needs no seam."""
        lon, lat = np.radians(places).T
        x, y, z = (np.cos(lat) * np.cos(lon)).mean(), (np.cos(lat) * np.sin(lon)).mean(), np.sin(lat).mean()
        return cls(float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y)))))

    def metres(self, places: Floats) -> Floats:
        """(N, 2) metres of (N, 2) longitudes and latitudes.

        Raises:
            DependencyMissing: pyproj is not installed.
        """
        return np.stack(self._projection()(places[:, 0], places[:, 1]), axis=1)

    def places(self, metres: Floats) -> Floats:
        """(N, 2) longitudes and latitudes; over the antimeridian the longitudes go on.

        Raises:
            DependencyMissing: pyproj is not installed.
        """
        longitude, latitude = self._projection()(metres[:, 0], metres[:, 1], inverse=True)
        return np.stack([(longitude - self.longitude + 180) % 360 - 180 + self.longitude, latitude], axis=1)

    def polygons(self, shapes: Sequence[tuple[Ring, ...]]) -> NDArray[np.object_]:
        """(N,) polygons in metres, of the rings of N polygons of places, all at once. One that is not valid is
        made so, in as many pieces as it takes.

        Rounding can make a sliver of a ring cross itself where pixels are millimetres.

        Raises:
            DependencyMissing: pyproj or shapely is not installed.
        """
        with needed():
            import shapely
        made = shapely.transform(np.array([polygon_of(rings) for rings in shapes]), self.metres)
        broken = ~shapely.is_valid(made)
        made[broken] = [surface_of(one) for one in made[broken]]
        return np.asarray(made)

    def of_places(self, metres: Sequence[Polygon]) -> NDArray[np.object_]:
        """(N,) polygons of places, counter-clockwise, of N in metres.

        Raises:
            DependencyMissing: pyproj or shapely is not installed.
        """
        with needed():
            import shapely
        return np.asarray(shapely.orient_polygons(shapely.transform(np.array(metres), self.places)))

    def _projection(self) -> Proj:
        with needed():
            from pyproj import Proj
        return Proj(proj="laea", lat_0=self.latitude, lon_0=self.longitude, ellps="WGS84")
