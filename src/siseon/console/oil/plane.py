"""Places of the earth on a flat map about their middle: azimuthal and of equal areas, by PROJ, without a seam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siseon.console.oil.known import Places
from siseon.contracts import DependencyMissing

if TYPE_CHECKING:
    from pyproj import Proj

Metres = NDArray[np.float64]
"""(N, 2) metres from the middle: x to the east, y to the south, as a drawing goes. Not finite beyond the map."""


@dataclass(frozen=True, slots=True)
class Plane:
    """About one place."""

    longitude: float
    latitude: float
    _proj: Proj

    @classmethod
    def about(cls, places: Places) -> Plane:
        """About the middle of (N, 2) places, N > 0, as vectors: they have no seam.

        Raises:
            DependencyMissing: pyproj is not installed.
        """
        try:
            from pyproj import Proj
        except ImportError:
            raise DependencyMissing("maps need pyproj", hint="pip install 'siseon[console]'") from None
        lon, lat = np.radians(places).T
        x, y, z = ((np.cos(lat) * np.cos(lon)).mean(), (np.cos(lat) * np.sin(lon)).mean(), np.sin(lat).mean())
        longitude, latitude = (
            float(np.degrees(np.arctan2(y, x))),
            float(np.degrees(np.arctan2(z, np.hypot(x, y)))),
        )
        return cls(longitude, latitude, Proj(proj="laea", lon_0=longitude, lat_0=latitude, ellps="WGS84"))

    def metres(self, places: Places) -> Metres:
        """(N, 2) of (N, 2) places."""
        x, y = self._proj(places[:, 0], places[:, 1])
        return np.stack([x, -y], axis=1)

    def places(self, metres: Metres) -> Places:
        """(N, 2) of (N, 2) metres; longitudes go on over the antimeridian."""
        lon, lat = self._proj(metres[:, 0], -metres[:, 1], inverse=True)
        lon = np.where(np.isfinite(lon), lon, np.nan)
        return np.stack([(lon - self.longitude + 180) % 360 - 180 + self.longitude, lat], axis=1)
