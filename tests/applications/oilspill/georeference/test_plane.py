from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from siseon.applications.oilspill.contracts import Georeference
from siseon.applications.oilspill.georeference import (
    Pose,
    Sigmas,
    geo_to_pixel,
    georeference,
    pixel_to_geo,
)
from siseon.applications.oilspill.georeference.plane import CURVED_PX
from siseon.applications.oilspill.georeference.ray import below_horizon, directions, ground, seen

WIDTH, HEIGHT = 1280, 720
SURE = Sigmas(position_m=4, height_m=5, azimuth=0.5, tilt=0.3, roll=0.5, fov=0.01)
DOWN = Pose(36.0, 129.5, 300.0, 30.0, 90.0, 0.0, 60.0, 36.0, SURE)

poses = st.builds(
    Pose,
    latitude=st.floats(-79, 83),
    longitude=st.floats(-180, 180),
    height_m=st.floats(5, 12_000),
    azimuth=st.floats(0, 360),
    depression=st.floats(-10, 90),
    roll=st.floats(-40, 40),
    hfov=st.floats(0.3, 90),
    vfov=st.floats(0.3, 70),
    sigmas=st.just(SURE),
)


def pixels_of(found: Georeference) -> np.ndarray:
    """A grid over the used part."""
    x, y = np.meshgrid(np.linspace(0, WIDTH, 23), np.linspace(found.horizon_y or 0, HEIGHT, 17))
    return np.stack([x.ravel(), y.ravel()], axis=1)


@settings(max_examples=25, deadline=None)
@given(poses)
@example(Pose(0.0, 0.0, 5.0, 219.0, 0.0, 0.0, 1.0, 7.0, SURE))  # a millimetre a pixel, at the edge of a zone
def test_a_pixel_comes_back_from_the_map(pose):
    found = georeference(pose, WIDTH, HEIGHT)
    if isinstance(found, str):
        return
    pixels = pixels_of(found)
    places = pixel_to_geo(found, pixels)
    assert np.abs(geo_to_pixel(found, places) - pixels).max() < 0.1
    exact = ground(pose, WIDTH, HEIGHT, pixels)
    assert np.abs(seen(pose, WIDTH, HEIGHT, exact) - pixels).max() < 0.1
    assert np.linalg.norm(geo_to_pixel(found, exact) - pixels, axis=1).max() < CURVED_PX * 1.2
    assert found.gsd_m > 0
    assert found.ce90_m > 0


@settings(max_examples=12, deadline=None)
@given(poses)
def test_what_is_used_looks_below_the_horizon(pose):
    found = georeference(pose, WIDTH, HEIGHT)
    if isinstance(found, str):
        assert "horizon" in found or "round earth" in found or "pole" in found
        return
    assert (below_horizon(pose, directions(pose, WIDTH, HEIGHT, pixels_of(found))) > 1.99).all()


def test_straight_down_is_affine_north_up_where_the_heading_is_north():
    found = georeference(replace(DOWN, azimuth=0.0), WIDTH, HEIGHT)
    assert isinstance(found, Georeference)
    assert found.method == "nadir"
    assert found.matrix[2] == (0.0, 0.0, 1.0)
    assert found.horizon_y is None
    # 2 · 300 m · tan(30°) over 1280 pixels, as the formula of the ground sample distance has it.
    assert found.gsd_m == pytest.approx(2 * 300 * np.tan(np.radians(30)) / WIDTH, rel=0.01)
    top, bottom = pixel_to_geo(found, np.array([[640.0, 0], [640.0, 720]]))
    assert top[1] > bottom[1]
    assert pixel_to_geo(found, np.array([[640.0, 360]]))[0] == pytest.approx([129.5, 36.0], abs=1e-6)


def test_the_size_of_what_a_picture_shows_is_that_on_the_ellipsoid():
    found = georeference(DOWN, WIDTH, HEIGHT)
    assert isinstance(found, Georeference)
    (left, right) = pixel_to_geo(found, np.array([[0.0, 360], [1280, 360]]))
    across = Geod(ellps="WGS84").inv(*left, *right)[2]
    assert across == pytest.approx(2 * 300 * np.tan(np.radians(30)), rel=1e-4)


def test_the_top_of_an_oblique_picture_lies_in_the_direction_of_its_azimuth():
    found = georeference(replace(DOWN, azimuth=120.0, depression=40.0), WIDTH, HEIGHT)
    assert isinstance(found, Georeference)
    assert found.method == "oblique"
    near, far = pixel_to_geo(found, np.array([[640.0, 700], [640, 20]]))
    assert Geod(ellps="WGS84").inv(*near, *far)[0] == pytest.approx(120, abs=0.1)


def test_all_pixels_at_once_are_the_same_as_one_by_one():
    found = georeference(replace(DOWN, depression=35.0), WIDTH, HEIGHT)
    assert isinstance(found, Georeference)
    pixels = pixels_of(found)
    one_by_one = [pixel_to_geo(found, pixel[None])[0] for pixel in pixels[::9]]
    assert pixel_to_geo(found, pixels)[::9] == pytest.approx(np.array(one_by_one), rel=0, abs=1e-12)


def test_the_horizon_is_cut_off_with_a_margin_for_the_tilt_that_may_be_wrong():
    level = replace(DOWN, depression=8.0, hfov=84.0, vfov=54.0, height_m=50.0)
    found = georeference(level, WIDTH, HEIGHT)
    assert isinstance(found, Georeference)
    horizon = 360 - 360 * np.tan(np.radians(8)) / np.tan(np.radians(27))
    assert found.horizon_y is not None
    assert found.horizon_y > horizon + 20
    unsure = georeference(replace(level, sigmas=replace(SURE, tilt=3.0)), WIDTH, HEIGHT)
    assert isinstance(unsure, Georeference)
    assert unsure.horizon_y is not None
    assert unsure.horizon_y > found.horizon_y + 50
    assert unsure.corners[0][1] != found.corners[0][1]


@pytest.mark.parametrize(("depression", "roll"), [(-30.0, 0.0), (0.0, 0.0), (0.0, 180.0), (-90.0, 0.0)])
def test_a_look_above_the_horizon_is_named(depression, roll):
    pose = replace(DOWN, depression=depression, roll=roll, hfov=20.0, vfov=11.0 if depression else 2.0)
    found = georeference(pose, WIDTH, HEIGHT)
    assert isinstance(found, str)
    assert "above the horizon" in found


def test_over_the_antimeridian_longitudes_go_on():
    found = georeference(replace(DOWN, longitude=-179.9999), WIDTH, HEIGHT)
    assert isinstance(found, Georeference)
    longitudes = [longitude for longitude, _ in found.corners]
    assert max(longitudes) - min(longitudes) < 0.01
    assert min(longitudes) < -180 < max(longitudes) or min(longitudes) < 180 < max(longitudes)
    pixels = pixels_of(found)
    places = pixel_to_geo(found, pixels)
    wrapped = np.stack([(places[:, 0] + 180) % 360 - 180, places[:, 1]], axis=1)
    assert np.abs(geo_to_pixel(found, wrapped) - pixels).max() < 0.1


@pytest.mark.parametrize("latitude", [89.99, -85.0])
def test_near_a_pole_there_is_no_map(latitude):
    found = georeference(replace(DOWN, latitude=latitude), WIDTH, HEIGHT)
    assert isinstance(found, str)
    assert "pole" in found
