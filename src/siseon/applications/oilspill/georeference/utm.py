"""The zones of the Universal Transverse Mercator grid (NGA.SIG.0012) on WGS 84, in which maps are made.

Every zone is six degrees wide, between 80° south and 84° north; the wider ones off Norway and Svalbard are not used:
any zone can hold what lies near it. Places are (longitude, latitude) in degrees, metres are (easting, northing).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.libraries import needed
from siseon.contracts import ContractViolation

if TYPE_CHECKING:
    from pyproj import Proj

Floats = NDArray[np.float64]

NORTH, SOUTH = 84.0, -80.0


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone, of one hemisphere."""

    number: int
    """1 to 60, from 180° west to the east."""
    northern: bool

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 60:
            raise ContractViolation(f"there is no UTM zone {self.number}")

    @classmethod
    def of(cls, longitude: float, latitude: float) -> Zone | None:
        """The zone of a place; None about the poles, where there is none."""
        if not SOUTH <= latitude <= NORTH:
            return None
        return cls(int((longitude + 180) % 360 // 6) + 1, latitude >= 0)

    @classmethod
    def named(cls, crs: str) -> Zone:
        """Of ``EPSG:32601`` to ``EPSG:32660`` (northern) and ``EPSG:32701`` to ``EPSG:32760``.

        Raises:
            ContractViolation: it is none of them.
        """
        head, _, code = crs.partition(":")
        if head != "EPSG" or code[:3] not in ("326", "327") or len(code) != 5 or not code.isdecimal():
            raise ContractViolation(f"{crs!r} is not a UTM zone of WGS 84, such as EPSG:32633")
        return cls(int(code[3:]), code[2] == "6")

    @property
    def crs(self) -> str:
        """``EPSG:32633``, say."""
        return f"EPSG:{326 if self.northern else 327}{self.number:02d}"

    def metres(self, places: Floats) -> Floats:
        """(N, 2) metres of (N, 2) places.

        Raises:
            DependencyMissing: pyproj is not installed.
        """
        return np.stack(self._projection()(places[:, 0], places[:, 1]), axis=1)

    def places(self, metres: Floats) -> Floats:
        """(N, 2) places of (N, 2) metres; over the antimeridian the longitudes go on beyond 180.

        Raises:
            DependencyMissing: pyproj is not installed.
        """
        longitude, latitude = self._projection()(metres[:, 0], metres[:, 1], inverse=True)
        middle = self.number * 6 - 183
        return np.stack([(longitude - middle + 180) % 360 - 180 + middle, latitude], axis=1)

    def _projection(self) -> Proj:
        with needed():
            from pyproj import Proj
        # Made for each use, in a tenth of a millisecond: they may not be shared among threads.
        return Proj(proj="utm", zone=self.number, south=not self.northern, ellps="WGS84")
