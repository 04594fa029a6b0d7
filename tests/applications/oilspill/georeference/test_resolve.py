from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.oilspill.contracts import Fact, Metadata, RefusedFact
from siseon.applications.oilspill.georeference import Pose, pose_of
from siseon.applications.oilspill.georeference.attitude import angles_of
from siseon.applications.oilspill.georeference.ray import direction_to, ground

FULL = {
    "latitude": 36.0,
    "longitude": 129.5,
    "altitude_m": 1000.0,
    "platform_heading": 40.0,
    "platform_pitch": 0.0,
    "platform_roll": 0.0,
    "sensor_azimuth": 60.0,
    "sensor_elevation": -30.0,
    "sensor_roll": 0.0,
    "hfov": 20.0,
}


def facts(*without: str, source="klv", **more: float) -> Metadata:
    values = {name: value for name, value in {**FULL, **more}.items() if name not in without}
    return Metadata(facts={name: Fact(value=value, source=source) for name, value in values.items()})


def pose(metadata: Metadata) -> Pose:
    found = pose_of(metadata, 1280, 720)
    assert isinstance(found, Pose), found
    return found


def refusal(metadata: Metadata) -> str:
    found = pose_of(metadata, 1280, 720)
    assert isinstance(found, str), found
    return found


def test_angles_of_platform_and_camera_add_up_on_a_level_platform():
    found = pose(facts())
    assert (found.azimuth, found.depression, found.roll) == pytest.approx((100, 30, 0))
    assert found.vfov == pytest.approx(2 * np.degrees(np.arctan(np.tan(np.radians(10)) * 720 / 1280)))


def test_a_bank_of_the_platform_lowers_a_look_over_the_right_wing():
    found = pose(facts(platform_roll=10, sensor_azimuth=90))
    assert found.depression == pytest.approx(40)
    assert found.azimuth == pytest.approx(130)


def test_a_bank_tilts_a_look_ahead_and_pitch_lifts_it():
    found = pose(facts(platform_roll=10, sensor_azimuth=0, sensor_elevation=0))
    assert (found.depression, found.roll) == pytest.approx((0, 10), abs=1e-9)
    assert pose(facts(platform_pitch=5, sensor_azimuth=0)).depression == pytest.approx(25)


def test_straight_down_the_top_of_the_picture_is_heading_and_azimuth():
    found = pose(facts(sensor_elevation=-90))
    assert found.depression == pytest.approx(90)
    assert found.axes()[1] == pytest.approx([-np.sin(np.radians(100)), -np.cos(np.radians(100)), 0], abs=1e-9)


def test_a_platform_that_is_not_known_to_be_level_makes_the_tilt_unsure():
    assert pose(facts("platform_roll")).sigmas.tilt > 5 * pose(facts()).sigmas.tilt


def test_the_target_says_where_the_camera_looks():
    target = ground(pose(facts()), 1280, 720, np.array([[660.0, 370.0]]))[0]
    found = pose(facts(target_longitude=target[0], target_latitude=target[1]))
    assert found.axes()[2] == pytest.approx(direction_to(found, (target[0], target[1])))
    without = facts(
        "platform_heading", "sensor_elevation", target_longitude=target[0], target_latitude=target[1]
    )
    assert pose(without).axes()[2] == pytest.approx(found.axes()[2])


def test_a_target_that_lies_elsewhere_than_the_angles_say_is_refused():
    assert "off the direction" in refusal(facts(target_longitude=129.5, target_latitude=36.02))


def test_the_camera_is_found_behind_its_target():
    known = pose(facts())
    lon, lat = ground(known, 2, 2, np.array([[1.0, 1.0]]))[0]
    found = pose(facts("latitude", "longitude", target_longitude=lon, target_latitude=lat))
    assert (found.latitude, found.longitude) == pytest.approx((known.latitude, known.longitude), abs=1e-7)


def test_a_slant_range_gives_the_depression_or_the_height_that_is_missing():
    assert pose(facts("sensor_elevation", slant_range_m=2000)).depression == pytest.approx(30, abs=0.02)
    assert pose(facts("altitude_m", slant_range_m=2000)).height_m == pytest.approx(1000, abs=1)


def test_a_slant_range_that_contradicts_the_angles_is_refused():
    assert "slant range and height give" in refusal(facts(slant_range_m=6000))
    assert "less than the height" in refusal(facts("sensor_elevation", slant_range_m=800))
    below = facts("sensor_elevation", altitude_m=20.0, target_elevation_m=149.0, slant_range_m=1.0)
    assert "less than the depth of 129 m" in refusal(below)


def test_the_bearing_of_the_line_of_sight_stands_for_heading_and_azimuth():
    found = pose(facts("platform_heading", "sensor_azimuth", sight_bearing=100))
    assert (found.azimuth, found.depression) == pytest.approx((100, 30))
    found = pose(facts("platform_heading", "sensor_elevation", sight_bearing=100, slant_range_m=2000))
    assert (found.azimuth, found.depression) == pytest.approx((100, 30), abs=0.02)


def test_a_bearing_that_contradicts_the_angles_is_refused():
    assert pose(facts(sight_bearing=100.5)).azimuth == pytest.approx(100)
    assert "bearing of 140°" in refusal(facts(sight_bearing=140))


def test_a_target_above_the_sea_is_looked_at_where_it_is():
    """A ship's mast: the line of sight meets the sea behind it."""
    plain = pose(facts())
    lon, lat = ground(plain, 2, 2, np.array([[1.0, 1.0]]))[0]
    masthead = pose(facts(target_longitude=lon, target_latitude=lat, target_elevation_m=40.0))
    assert masthead.depression < plain.depression - 0.5
    lifted = pose(facts("altitude_m", slant_range_m=2000, target_elevation_m=40.0))
    assert lifted.height_m == pytest.approx(1040, abs=1)


FEET = 0.3048


@pytest.mark.parametrize(
    ("camera", "altitude", "target", "elevation", "bearing", "slant"),
    [
        ((54 + 40.79 / 60, -110 - 7.44 / 60), 5026, (54 + 44.94 / 60, -110 - 2.80 / 60), 2300, 33, 9240),
        ((41.14025, -104.76458), 9733, (41.12736, -104.78978), 6033, 236, 1.5 * 1852),
    ],
    ids=["2009", "2012"],
)
def test_two_real_turrets_say_the_same_of_their_line_of_sight(
    camera, altitude, target, elevation, bearing, slant
):
    """Bearing and slant range as burned into two real frames, beside the positions of aircraft and target there."""
    found = pose(facts(latitude=camera[0], longitude=camera[1], altitude_m=altitude * FEET))
    forward = direction_to(found, (target[1], target[0]), elevation * FEET)
    azimuth, depression, _ = angles_of(np.stack([forward] * 3))
    assert azimuth == pytest.approx(bearing, abs=0.5)
    down = (altitude - elevation) * FEET
    # Hundredths of a minute of arc and tenths of a nautical mile are what the two write.
    assert down / np.sin(np.radians(depression)) == pytest.approx(slant, rel=0.02)


def test_land_is_not_put_on_the_sea():
    assert "this is land" in refusal(facts(target_elevation_m=701.0))
    assert pose(facts(height_m=300.0, target_elevation_m=184.0)).height_m == 300  # a lake


def test_a_levelled_gimbal_needs_no_attitude_of_its_drone():
    level = facts("platform_pitch", "platform_roll", source="xmp")
    assert pose(level).sigmas.tilt < pose(facts("platform_pitch", "platform_roll")).sigmas.tilt


def test_what_a_person_states_of_the_view_counts_from_the_horizon():
    stated = {"sensor_elevation": Fact(value=-90, source="stated")}
    banked = facts(platform_roll=12, platform_pitch=4)
    found = pose(banked.model_copy(update={"facts": {**banked.facts, **stated}}))
    assert found.depression == pytest.approx(90)


def test_the_width_at_the_target_gives_the_angle_of_view():
    width = 2 * 2000 * np.tan(np.radians(10))
    assert pose(facts("hfov", target_width_m=width)).hfov == pytest.approx(20)


def test_height_above_the_water_goes_before_altitude():
    found = pose(facts(height_m=950))
    assert found.height_m == 950
    assert 25 <= found.sigmas.height_m < 26  # half of the 50 m between the two


def test_a_height_above_the_ellipsoid_is_lowered_by_the_geoid_or_refused(monkeypatch, tmp_path):
    from siseon.applications.oilspill.georeference import height

    only = facts("altitude_m", ellipsoid_height_m=1030.0)
    monkeypatch.setattr(height, "grid", lambda: None)
    assert "proj-data" in refusal(only)
    monkeypatch.setattr(height, "grid", lambda: tmp_path)
    monkeypatch.setattr(height, "separation_m", lambda *_: 30.0)
    assert pose(only).height_m == pytest.approx(1000)


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        (facts("latitude"), "no position of the camera"),
        (facts("altitude_m"), "height above the sea is not known"),
        (facts(altitude_m=0.0), "is 0 m"),
        (facts(altitude_m=-30.0), "is -30 m"),
        (facts(altitude_m=90_000.0), "no aircraft"),
        (facts("platform_heading"), "heading is not known"),
        (facts("sensor_azimuth"), "azimuth on its platform is not known"),
        (facts("sensor_elevation"), "how far down the camera looks"),
        (facts("hfov"), "angle of view is not known"),
        (facts(hfov=200.0), "no camera has an angle of view"),
        (facts(vfov=80.0), "do not fit"),
        (facts(latitude=91.0), "not on the earth"),
        (
            facts("sensor_elevation", "platform_heading", target_latitude=36.0, target_longitude=129.5),
            "which way is up",
        ),
    ],
    ids=str,
)
def test_what_is_missing_or_impossible_is_named(metadata, words):
    assert words in refusal(metadata)


def test_what_was_refused_is_told_with_its_reason():
    refused = RefusedFact(name="latitude", reason="contradicted", source="overlay")
    known = facts("latitude").model_copy(update={"refused": (refused,)})
    assert "latitude was refused: contradicted" in refusal(known)
    both = tuple(
        RefusedFact(name=name, reason="unsure", source="klv", detail="its only packet is 0.4 s away")
        for name in ("latitude", "longitude")
    )
    known = facts("latitude", "longitude").model_copy(update={"refused": both})
    assert "(latitude and longitude were refused: unsure, its only packet is 0.4 s away)" in refusal(known)


def test_a_fact_from_other_frames_marks_the_pose():
    assert not pose(facts()).interpolated
    assert pose(facts(source="interpolated")).interpolated
