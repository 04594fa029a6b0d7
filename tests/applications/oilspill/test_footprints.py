"""Frames on the map, over the antimeridian and without a position too."""

from __future__ import annotations

import json

import shapely

from applications.oilspill.slicks.flight import frame
from siseon.applications.oilspill.footprints import footprints

DATELINE = (179.9995, -17.0)


def test_a_footprint_is_cut_at_the_antimeridian_and_its_rings_are_right_handed() -> None:
    (one,) = json.loads(footprints([frame("a.jpg", [], home=DATELINE)]))["features"]
    assert one["geometry"]["type"] == "MultiPolygon"
    shape = shapely.from_geojson(json.dumps(one["geometry"]))
    assert shape.is_valid
    assert all(part.exterior.is_ccw for part in shape.geoms)
    west, _, east, _ = shape.bounds
    assert (west, east) == (-180.0, 180.0)


def test_a_frame_without_a_position_says_why_and_has_no_place() -> None:
    lost = frame("b.jpg", []).model_copy(update={"georeference": None, "no_position": "no height is known"})
    (one,) = json.loads(footprints([lost]))["features"]
    assert one["geometry"] is None
    assert one["properties"]["no_position"] == "no height is known"
    assert one["properties"]["camera_longitude"] is None
