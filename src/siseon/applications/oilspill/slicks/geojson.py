"""Features of GeoJSON (RFC 7946), for slicks and frames alike: WGS 84, longitude first, cut at the antimeridian."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.slicks.table import Value, pieces
from siseon.contracts.wire import Ring

Feature = Mapping[str, object]


def feature(number: int, rings: tuple[Ring, ...] | None, told: Mapping[str, Value]) -> Feature:
    """One of these rings; without any it has no place.

    Raises:
        DependencyMissing: shapely is not installed.
    """
    geometry = None if rings is None else _geometry(rings)
    return {"type": "Feature", "id": number, "geometry": geometry, "properties": told}


def collection(features: Sequence[Feature]) -> bytes:
    """A file of features."""
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _geometry(rings: tuple[Ring, ...]) -> object:
    with needed():
        import shapely
    parts = pieces(rings)
    shape = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return json.loads(shapely.to_geojson(shape))
