"""Areas on the ellipsoid of WGS 84.

After C. F. F. Karney, Algorithms for geodesics, Journal of Geodesy 87, 2013, as in pyproj: edges are the shortest lines
between their ends, and the area is exact to a square millimetre.
"""

from __future__ import annotations

from siseon.applications.oilspill.libraries import needed
from siseon.contracts.wire import Ring


def area_m2(rings: tuple[Ring, ...]) -> float:
    """Square metres of a polygon: its outer ring of (longitude, latitude) less its holes.

    Raises:
        DependencyMissing: pyproj is not installed.
    """
    with needed():
        from pyproj import Geod
    earth = Geod(ellps="WGS84")
    areas = []
    for ring in rings:
        longitudes, latitudes = zip(*ring, strict=True)
        areas.append(abs(float(earth.polygon_area_perimeter(longitudes, latitudes)[0])))
    return max(0.0, areas[0] - sum(areas[1:]))
