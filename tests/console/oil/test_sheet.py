"""A flight laid flat: distances, north, the antimeridian, high latitudes, and bounds on what is drawn."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from pyproj import Geod

from siseon.console.oil.graticule import label
from siseon.console.oil.known import read_flight
from siseon.console.oil.sheet import FAR, MOST_CORNERS, MOST_FRAMES, MOST_SLICKS, Sheet, sheet_of

WGS84 = Geod(ellps="WGS84")
HOMES = [(126.0, 36.0), (179.9995, -17.0), (15.0, 83.5), (-60.0, -79.0), (0.0, 0.0)]


def ring(
    home: tuple[float, float], east: float, north: float, radius: float, corners: int = 12
) -> list[list[float]]:
    """A closed ring of places about metres from home; longitudes from -180 to 180."""
    bearings = np.linspace(360, 0, corners + 1)
    away = np.hypot(east, north)
    lon, lat, _ = WGS84.fwd(*home, np.degrees(np.arctan2(east, north)), away)
    east_of, north_of, _ = WGS84.fwd(
        np.full(corners + 1, lon), np.full(corners + 1, lat), bearings, np.full(corners + 1, radius)
    )
    return [[float(x), float(y)] for x, y in zip(east_of, north_of, strict=True)]


def slick(number: int, rings: list[list[list[float]]] | None, area: float = 100.0) -> dict[str, object]:
    geometry = None if rings is None else {"type": "Polygon", "coordinates": rings}
    told = {"id": number, "class": "rainbow", "score": 0.9, "area_m2": area, "frames": "a.jpg", "ce90_m": 5}
    return {"type": "Feature", "geometry": geometry, "properties": told}


def frame(name: str, rings: list[list[list[float]]] | None, **told: object) -> dict[str, object]:
    geometry = None if rings is None else {"type": "Polygon", "coordinates": rings}
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {"image": name, "verdict": "oil", "slicks": 1, **told},
    }


def laid(slicks: list[dict[str, object]], frames: list[dict[str, object]] | None = None) -> Sheet | None:
    files = [json.dumps({"features": features}).encode() for features in (slicks, frames or [])]
    return sheet_of(read_flight(*files))


def sure(sheet: Sheet | None) -> Sheet:
    assert sheet is not None
    return sheet


@pytest.mark.parametrize("home", HOMES)
def test_slicks_lie_as_far_apart_as_they_are_and_north_is_up(home: tuple[float, float]) -> None:
    sheet = sure(laid([slick(1, [ring(home, 0, 1000, 20)]), slick(2, [ring(home, 0, -1000, 20)])]))
    (left, top, right, bottom), (_, south_top, _, south_bottom) = (one.box for one in sheet.slicks)
    assert right - left == pytest.approx(40, rel=0.02)
    assert bottom - top == pytest.approx(40, rel=0.02)
    assert (south_top + south_bottom - top - bottom) / 2 == pytest.approx(2000, rel=1e-3)
    assert left + right == pytest.approx(0, abs=1)


def test_what_the_antimeridian_cuts_is_drawn_side_by_side() -> None:
    west = [[179.999, -17.0], [180.0, -17.0], [180.0, -16.999], [179.999, -16.999], [179.999, -17.0]]
    east = [[-180.0, -17.0], [-179.999, -17.0], [-179.999, -16.999], [-180.0, -16.999], [-180.0, -17.0]]
    one = slick(1, None)
    one["geometry"] = {"type": "MultiPolygon", "coordinates": [[west], [east]]}
    sheet = sure(laid([one]))
    assert sheet.slicks[0].path.count("M") == 2
    assert sheet.box[2] - sheet.box[0] == pytest.approx(0.002 * 111_320 * np.cos(np.radians(17)), rel=0.01)
    labels = {line.label for level in sheet.levels for line in level if line.kind == "lon"}
    assert {"180.0000°", "179.9995° E", "179.9995° W"} <= labels


def test_thousands_of_slicks_are_the_largest_ones_and_the_rest_is_counted() -> None:
    home = (126.0, 36.0)
    many = [
        slick(n, [ring(home, n % 100 * 60, n // 100 * 60, 20, 40)], area=float(n)) for n in range(1, 5001)
    ]
    sheet = sure(laid(many))
    assert len(sheet.slicks) <= MOST_SLICKS
    assert sheet.slicks_left_out == 5000 - len(sheet.slicks) > 0
    assert [one.number for one in sheet.slicks] == list(range(len(sheet.slicks))), "the largest first"
    assert sum(one.path.count(" ") for one in sheet.slicks) <= MOST_CORNERS
    assert sum(len(one.path) for one in sheet.slicks) < 2_000_000


def test_frames_beyond_the_bound_are_picked_evenly() -> None:
    home = (126.0, 36.0)
    frames = [frame(f"{n}.jpg", [ring(home, n * 50, 0, 40, 4)]) for n in range(MOST_FRAMES + 500)]
    sheet = sure(laid([], frames))
    assert len(sheet.frames) + sheet.frames_left_out == MOST_FRAMES + 500
    assert [one.number for one in sheet.frames[:3]] == [0, 2, 4]


def test_cameras_are_where_they_were_and_those_far_away_do_not_widen_the_map() -> None:
    home = (126.0, 36.0)
    near = frame("a.jpg", [ring(home, 0, 0, 100, 4)], camera_longitude=126.0, camera_latitude=36.0)
    far = frame("b.jpg", [ring(home, 50, 0, 100, 4)], camera_longitude=-54.0, camera_latitude=-36.0)
    beyond = frame("c.jpg", [ring(home, 90, 0, 100, 4)], camera_longitude=126.0, camera_latitude=91.0)
    sheet = sure(laid([], [near, far, beyond]))
    assert [one.camera is not None for one in sheet.frames] == [True, False, False]
    assert sheet.frames[0].camera == pytest.approx((-45, 0), abs=20)
    assert sheet.box[2] - sheet.box[0] < FAR * 200


def test_nothing_with_a_place_is_no_map() -> None:
    assert laid([]) is None
    assert laid([slick(1, None)], [frame("a.jpg", None, no_position="no height is known")]) is None


@pytest.mark.parametrize(
    "coordinates",
    [
        None, [], [[]], {}, "x", 7, [[[1]]], [[["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]]], [[[1, 2]] * 3],
        [[[1e308, 0], [1, 1], [2, 2], [1e308, 0]]], [[[0, 95], [1, 95], [1, 96], [0, 95]]], [[None] * 5],
        [[[[1, 2]] * 5]], [[[10**400, 0], [1, 1], [2, 2], [0, 0]]],
    ],
)  # fmt: skip
def test_rings_that_are_none_are_left_out_and_the_others_drawn(coordinates: object) -> None:
    bad = slick(1, None, area=500)
    bad["geometry"] = {"type": "Polygon", "coordinates": coordinates}
    sheet = sure(laid([bad, slick(2, [ring((126.0, 36.0), 0, 0, 20)])]))
    assert [one.number for one in sheet.slicks] == [1]
    assert sheet.slicks_left_out == 1


def test_a_place_on_the_other_side_of_the_earth_breaks_nothing() -> None:
    ends = [slick(1, [ring((10.0, 50.0), 0, 0, 20)]), slick(2, [ring((-170.0, -50.0), 0, 0, 20)])]
    sheet = laid(ends)
    assert sheet is None or all(np.isfinite(sheet.box))


@pytest.mark.parametrize("home", HOMES)
def test_lines_are_where_they_say_coarse_ones_first(home: tuple[float, float]) -> None:
    sheet = sure(laid([slick(1, [ring(home, 0, 0, 2500)])]))
    assert sheet.levels
    counts = [len(level) for level in sheet.levels]
    assert counts == sorted(counts)
    assert all(line.points for line in sheet.levels[0])
    middle = next(line for line in sheet.levels[0] if line.kind == "lat")
    degrees = float(re.sub(r"°.*", "", middle.label)) * (-1 if "S" in middle.label else 1)
    _, _, north = WGS84.inv(home[0], home[1], home[0], degrees)
    nearest = min(middle.points, key=lambda point: abs(point[0]))
    assert abs(nearest[1]) == pytest.approx(north, rel=0.05, abs=60)


@pytest.mark.parametrize(
    ("kind", "degrees", "said"),
    [
        ("lon", 180.5, "179.5° W"),
        ("lon", -180.0, "180.0°"),
        ("lon", 0.0, "0.0°"),
        ("lat", -17.25, "17.2° S"),
        ("lon", 126.12, "126.1° E"),
    ],
)
def test_degrees_are_told_as_on_maps(kind: str, degrees: float, said: str) -> None:
    assert label(kind, degrees, 1) == said  # type: ignore[arg-type]
