"""What cannot be is refused with its reason, the other half of a position with it."""

from __future__ import annotations

import pytest

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata, Source
from siseon.applications.oilspill.options import OilSpillChoices
from siseon.applications.oilspill.position.checks import checked
from siseon.applications.oilspill.position.facts import gathered

TURRET: dict[FactName, float] = {
    "latitude": 54.679833,
    "longitude": -110.124,
    "altitude_m": 1531.9,
    "target_latitude": 54.749,
    "target_longitude": -110.046667,
    "target_elevation_m": 701.0,
    "slant_range_m": 9240.0,
    "sight_bearing": 33.0,
}
"""Of a real frame: its range and bearing fit its positions."""


def _metadata(facts: dict[FactName, float], source: Source = "overlay") -> Metadata:
    return Metadata(facts={name: Fact(value=value, source=source) for name, value in facts.items()})


def _refused(metadata: Metadata) -> dict[str, str]:
    return {one.name: one.reason for one in metadata.refused}


def test_a_real_frame_stands() -> None:
    assert checked(_metadata(TURRET)) == _metadata(TURRET)


@pytest.mark.parametrize(
    ("name", "value"), [("target_latitude", 54.849), ("longitude", -110.224), ("latitude", 54.6)]
)
def test_a_misread_position_contradicts_range_and_bearing(name: FactName, value: float) -> None:
    found = checked(_metadata(TURRET | {name: value}))
    assert not {"latitude", "longitude", "target_latitude", "target_longitude"} & set(found.facts)
    assert _refused(found)[name] == "contradicted"
    assert "altitude_m" in found.facts


def test_an_instrument_s_position_stands_against_a_range_that_says_otherwise() -> None:
    found = checked(_metadata(TURRET | {"slant_range_m": 4000.0}, "klv"))
    assert _refused(found) == {"slant_range_m": "contradicted"}


def test_a_range_shorter_than_the_height_is_refused() -> None:
    found = checked(_metadata({"altitude_m": 3000.0, "slant_range_m": 900.0}))
    assert _refused(found) == {"slant_range_m": "contradicted"}


def test_half_a_position_is_none() -> None:
    found = checked(_metadata({"latitude": 54.0, "altitude_m": 300.0}))
    assert _refused(found) == {"latitude": "unsure"}
    assert found.refused[0].candidates == (54.0,)


@pytest.mark.parametrize(
    "facts",
    [
        {"latitude": 0.0, "longitude": 0.0},
        {"latitude": 91.0, "longitude": 5.0},
        {"height_m": 0.0},
        {"hfov": 0.0},
        {"time": -1.0},
    ],
)
def test_what_can_never_be_is_out_of_range(facts: dict[FactName, float]) -> None:
    found = checked(_metadata(facts))
    assert not found.facts
    assert "out_of_range" in _refused(found).values()


def test_the_first_source_that_knows_is_believed_and_positions_come_whole() -> None:
    klv = _metadata({"longitude": 5.0, "platform_heading": 90.0}, "klv")
    exif = _metadata({"latitude": 50.0, "longitude": 5.1, "sensor_elevation": -40.0, "hfov": 30.0}, "exif")
    found = gathered([klv, exif])
    assert found.value("longitude") == 5.1
    assert found.facts["latitude"].source == "exif"
    assert found.value("sensor_elevation") == -40
    assert found.value("hfov") == 30


def test_what_a_person_states_completes_what_a_table_tells() -> None:
    table = _metadata({"platform_heading": 90.0, "platform_pitch": 3.0}, "sidecar")
    found = gathered([table, OilSpillChoices(depression=40).stated()])
    assert found.value("platform_heading") == 90
    assert found.facts["sensor_elevation"].source == "stated"
    assert not found.refused


def test_where_the_camera_looks_is_of_one_source_whole() -> None:
    """The heading of an aircraft and the direction of a person's camera have no sum."""
    table = _metadata({"platform_heading": 90.0}, "sidecar")
    found = gathered([table, OilSpillChoices(heading=10, depression=40).stated()])
    assert (found.value("platform_heading"), found.value("sensor_azimuth")) == (10, 0)


def test_what_was_stated_and_a_better_source_says_otherwise_is_told() -> None:
    xmp = _metadata(
        {"platform_heading": 300.0, "sensor_azimuth": 70.0, "sensor_elevation": -90.0, "height_m": 120.0},
        "xmp",
    )
    agreeing = gathered([xmp, OilSpillChoices(heading=12, depression=88, height_m=118).stated()])
    assert not agreeing.refused
    other = gathered([xmp, OilSpillChoices(heading=100, depression=45, height_m=118).stated()])
    assert other.value("sensor_elevation") == -90
    assert {one.name: one.source for one in other.refused} == {
        "platform_heading": "stated", "sensor_elevation": "stated",
    }  # fmt: skip
    assert "100 was stated, xmp says 10" in next(
        one.detail for one in other.refused if one.name == "platform_heading"
    )


def test_a_later_source_far_from_the_first_is_told() -> None:
    exif = _metadata({"latitude": 50.0, "longitude": 5.0}, "exif")
    overlay = _metadata({"latitude": 50.1, "longitude": 5.0})
    found = gathered([exif, overlay])
    assert found.value("latitude") == 50.0
    assert {one.source for one in found.refused} == {"overlay"}
    assert "11123 m from where exif says" in found.refused[0].detail
