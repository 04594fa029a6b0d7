"""Frames on the map: the sea that each shows, where its camera was, and why others have no place."""

from __future__ import annotations

from collections.abc import Sequence

from siseon.applications.oilspill.contracts import OilSpillResult
from siseon.applications.oilspill.slicks.geojson import collection, feature
from siseon.applications.oilspill.slicks.table import Value


def footprints(frames: Sequence[OilSpillResult]) -> bytes:
    """A FeatureCollection (RFC 7946) with a feature a frame; the geometry of one without a position is null.

    Raises:
        DependencyMissing: shapely is not installed.
    """
    return collection(
        [
            feature(
                number,
                None if one.georeference is None else (one.georeference.corners[::-1],),
                _told(one),
            )
            for number, one in enumerate(frames, 1)
        ]
    )


def _told(frame: OilSpillResult) -> dict[str, Value]:
    where, known = frame.georeference, frame.metadata
    longitude, latitude = known.facts.get("longitude"), known.facts.get("latitude")
    return {
        "image": frame.image_id,
        "time": None if frame.time is None else frame.time.isoformat(),
        "verdict": frame.refused or frame.verdict,
        "slicks": len(frame.slicks),
        "camera_longitude": None if longitude is None else longitude.value,
        "camera_latitude": None if latitude is None else latitude.value,
        "camera_from": None if longitude is None else longitude.source,
        "gsd_m": None if where is None else where.gsd_m,
        "ce90_m": None if where is None else round(where.ce90_m, 1),
        "interpolated": None if where is None else where.interpolated,
        "no_position": frame.no_position,
    }
