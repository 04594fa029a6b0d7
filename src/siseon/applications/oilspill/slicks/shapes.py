"""Between the rings of the wire and the polygons of shapely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.libraries import needed
from siseon.contracts.wire import Ring

if TYPE_CHECKING:
    from shapely import Geometry, MultiPolygon, Polygon


def polygon_of(rings: tuple[Ring, ...]) -> Polygon:
    """A polygon of its outer ring and its holes.

    Raises:
        DependencyMissing: shapely is not installed.
    """
    with needed():
        from shapely import Polygon
    outer, *holes = (np.array(ring) for ring in rings)
    return Polygon(outer, holes)


def rings_of(polygon: Polygon) -> tuple[Ring, ...]:
    """The outer ring and the holes, closed."""
    return tuple(_ring(np.asarray(ring.coords)[:, :2]) for ring in (polygon.exterior, *polygon.interiors))


def pieces_of(geometry: Geometry) -> list[Polygon]:
    """The polygons in any geometry that hold an area, each valid; points and lines are left out.

    Raises:
        DependencyMissing: shapely is not installed.
    """
    with needed():
        import shapely
    whole = geometry if shapely.is_valid(geometry) else shapely.make_valid(geometry)
    parts = shapely.get_parts(shapely.get_parts(whole))
    return [part for part in parts if part.geom_type == "Polygon" and part.area > 0]


def surface_of(geometry: Geometry) -> MultiPolygon:
    """Those polygons as one geometry. Corners that are rounded make an edge's sliver a line, and lines beside polygons
    are what shapely refuses to intersect on a grid.

    Raises:
        DependencyMissing: shapely is not installed.
    """
    with needed():
        from shapely import MultiPolygon
    return MultiPolygon(pieces_of(geometry))


def _ring(points: NDArray[np.float64]) -> Ring:
    return tuple((float(x), float(y)) for x, y in points.tolist())
