"""Between two packets: where an aircraft was, or the reason why that is not known."""

from __future__ import annotations

import math

import pytest

from siseon.applications.oilspill.contracts import FactName
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.klv.moment import NEAR_S, at_moment
from siseon.applications.oilspill.position.klv.tags import write_facts
from siseon.media.film.packets import Beside

Facts = dict[FactName, float]


def beside(*packets: tuple[float, Facts]) -> list[Beside]:
    return [Beside(away_s, write_facts(facts)) for away_s, facts in packets]


def test_a_turning_aircraft_is_within_metres_of_where_it_was() -> None:
    """120 m/s in a turn with one and a half times the earth's pull; the nearest packet is 60 m away."""
    radius = 120**2 / 14.7

    def place(seconds: float) -> Facts:
        angle = 120 * seconds / radius
        north, east = radius * math.sin(angle), radius * (1 - math.cos(angle))
        return {"latitude": 56 + north / 111_340, "longitude": 10 + east / 62_400}

    found = at_moment(beside((-0.5, place(-0.5)), (0.5, place(0.5))))
    assert found is not None
    there = place(0)
    away = metres_between(
        there["latitude"],
        there["longitude"],
        *(found.facts[name].value for name in ("latitude", "longitude")),
    )
    assert math.hypot(*away) < 3
    assert {fact.source for fact in found.facts.values()} == {"klv"}


def test_directions_and_longitudes_go_the_short_way_round() -> None:
    facts: list[Facts] = [
        {"latitude": -17, "longitude": 179.9995, "platform_heading": 359, "sensor_roll": 1},
        {"latitude": -17, "longitude": -179.9995, "platform_heading": 2, "sensor_roll": 359},
    ]
    found = at_moment(beside((-0.5, facts[0]), (0.5, facts[1])))
    assert found is not None
    assert abs(found.facts["longitude"].value) == pytest.approx(180, abs=1e-6)
    assert found.facts["platform_heading"].value == pytest.approx(0.5, abs=0.01)
    assert found.facts["sensor_roll"].value % 360 == pytest.approx(0, abs=1e-6)


def test_a_lone_packet_counts_only_where_it_is_near() -> None:
    facts: Facts = {"latitude": 1, "longitude": 2, "altitude_m": 300}
    near = at_moment(beside((NEAR_S, facts)))
    assert near is not None
    assert set(near.facts) == set(facts)
    far = at_moment(beside((-0.4, facts)))
    assert far is not None
    assert not far.facts
    assert {one.name: (one.reason, one.detail) for one in far.refused} == dict.fromkeys(
        facts, ("unsure", "its only packet is 0.4 s away")
    )


def test_what_jumps_between_packets_is_refused_by_name() -> None:
    first: Facts = {"latitude": 1, "longitude": 2, "hfov": 20, "sensor_azimuth": 10, "altitude_m": 300}
    last = first | {"latitude": 1.01, "hfov": 10, "sensor_azimuth": 40}
    found = at_moment(beside((-0.5, first), (0.5, last)))
    assert found is not None
    assert set(found.facts) == {"altitude_m"}
    assert {one.name: one.reason for one in found.refused} == {
        "latitude": "impossible_speed",
        "longitude": "impossible_speed",
        "hfov": "unsure",
        "sensor_azimuth": "unsure",
    }
    assert not any(one.candidates for one in found.refused if one.reason == "unsure")


def test_packets_that_share_their_items_out_are_put_together_where_they_are_near() -> None:
    found = at_moment(
        beside((-0.05, {"latitude": 1, "longitude": 2, "hfov": 20}), (0.03, {"hfov": 20, "altitude_m": 300}))
    )
    assert found is not None
    assert set(found.facts) == {"latitude", "longitude", "hfov", "altitude_m"}
    slow = at_moment(
        beside((-0.5, {"latitude": 1, "longitude": 2, "hfov": 20}), (0.5, {"hfov": 20, "altitude_m": 300}))
    )
    assert slow is not None
    assert set(slow.facts) == {"hfov"}
    assert {one.name for one in slow.refused} == {"latitude", "longitude", "altitude_m"}


def test_other_data_is_no_packet() -> None:
    assert at_moment([]) is None
    assert at_moment([Beside(0.0, b"ID3")]) is None
    found = at_moment([Beside(0.0, b"ID3"), *beside((0.0, {"hfov": 20}))])
    assert found is not None
    assert set(found.facts) == {"hfov"}
