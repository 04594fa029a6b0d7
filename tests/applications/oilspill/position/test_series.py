"""Frames of a flight together: neighbours decide, refuse and fill, and say so."""

from __future__ import annotations

import math

import numpy as np
import pytest

from siseon.applications.oilspill.contracts import Fact, FactName, Metadata, RefusedFact
from siseon.applications.oilspill.position.checks import checked
from siseon.applications.oilspill.position.series import settled

DEGREE_M = 111_000.0
START = 1_777_000_000.0


def _flight(seconds: int, metres_per_second: float = 70.0) -> list[Metadata]:
    """Due north from 50° N, a frame a second."""
    return [
        _frame({
            "time": START + second,
            "latitude": 50 + second * metres_per_second / DEGREE_M,
            "longitude": 4.0,
            "platform_heading": (358 + second) % 360,
        })
        for second in range(seconds)
    ]  # fmt: skip


def _frame(facts: dict[FactName, float]) -> Metadata:
    return Metadata(facts={name: Fact(value=value, source="overlay") for name, value in facts.items()})


def _without(frame: Metadata, *names: FactName) -> Metadata:
    return frame.model_copy(
        update={"facts": {name: fact for name, fact in frame.facts.items() if name not in names}}
    )


def _with(frame: Metadata, name: FactName, value: float) -> Metadata:
    return frame.model_copy(update={"facts": {**frame.facts, name: Fact(value=value, source="overlay")}})


def test_a_flight_that_is_read_well_stays_as_it_is() -> None:
    flight = _flight(12)
    assert settled(flight) == tuple(flight)


@pytest.mark.parametrize("at", [0, 1, 5, 10, 11])
def test_a_position_that_no_aircraft_comes_to_is_refused_and_filled_as_such(at: int) -> None:
    flight = _flight(12)
    flight[at] = _with(flight[at], "latitude", flight[at].facts["latitude"].value + 1 / 6)  # 10' misread
    found = settled(flight)
    assert [one.reason for one in found[at].refused] == ["impossible_speed"] * 2
    assert {fact.source for name, fact in found[at].facts.items() if name in ("latitude", "longitude")} == {
        "interpolated"
    }
    assert all(found[other] == flight[other] for other in range(12) if other != at)
    if 0 < at < 11:
        assert found[at].value("latitude") == pytest.approx(50 + at * 70 / DEGREE_M, abs=1e-6)


def test_of_two_candidates_the_one_between_the_neighbours_is_taken() -> None:
    flight = _flight(9)
    true = flight[4].facts["latitude"].value
    unsure = tuple(
        RefusedFact(name=name, reason="unsure", source="overlay", text="a | b", candidates=candidates)
        for name, candidates in (("latitude", (true + 0.1, true)), ("longitude", (4.0,)))
    )
    flight[4] = _without(flight[4], "latitude", "longitude").model_copy(update={"refused": unsure})
    found = settled(flight)[4]
    assert found.value("latitude") == true
    assert found.facts["latitude"].source == "overlay"
    assert not found.refused


def test_two_candidates_that_could_both_be_decide_nothing() -> None:
    flight = _flight(9)
    true = flight[4].facts["latitude"].value
    unsure = RefusedFact(
        name="latitude", reason="unsure", source="overlay", candidates=(true, true + 2 / DEGREE_M)
    )
    flight[4] = _without(flight[4], "latitude", "longitude").model_copy(update={"refused": (unsure,)})
    found = settled(flight)[4]
    assert found.facts["latitude"].source == "interpolated"
    assert [one.reason for one in found.refused] == ["unsure"]


def test_headings_are_filled_across_north() -> None:
    flight = _flight(5)
    flight[2] = _without(flight[2], "platform_heading")
    found = settled(flight)[2]
    assert found.value("platform_heading") == pytest.approx(0)
    assert found.facts["platform_heading"].source == "interpolated"


def test_a_long_gap_stays_open() -> None:
    flight = _flight(20)
    flight[4:16] = [_without(frame, "latitude", "longitude") for frame in flight[4:16]]
    found = settled(flight)
    assert all("latitude" not in frame.facts for frame in found[4:16])


@pytest.mark.parametrize(("metres", "filled"), [(2_700, True), (3_500, False), (111_000, False)])
def test_a_gap_is_filled_only_between_places_of_one_aircraft(metres: float, filled: bool) -> None:
    """Eight seconds apart, by a source that is not judged by its neighbours."""
    places = {0: 50.0, 8: 50 + metres / DEGREE_M}
    flight = [
        Metadata(
            facts={
                name: Fact(value=value, source="sidecar")
                for name, value in (
                    ("time", START + second),
                    *((("latitude", places[second]), ("longitude", 4.0)) if second in places else ()),
                )
            }
        )
        for second in (0, 4, 8)
    ]
    middle = settled(flight)[1]
    assert ("latitude" in middle.facts, "longitude" in middle.facts) == (filled, filled)


def test_a_time_out_of_order_is_refused_and_lies_between_the_others() -> None:
    flight = _flight(8)
    flight[3] = _with(flight[3], "time", START + 80_000)
    found = settled(flight)
    assert [one.reason for one in found[3].refused] == ["contradicted"]
    assert found[3].facts["time"] == Fact(value=START + 3, source="interpolated")
    assert found[3].facts["latitude"].source == "overlay"


def test_moments_of_a_video_serve_where_no_time_is_known() -> None:
    flight = [_without(frame, "time") for frame in _flight(9)]
    flight[4] = _with(flight[4], "longitude", 4.01)
    assert settled(flight)[4] == flight[4]
    found = settled(flight, [float(second) for second in range(9)])
    assert [one.reason for one in found[4].refused] == ["impossible_speed"] * 2
    assert found[4].value("longitude") == pytest.approx(4.0)
    assert "time" not in found[4].facts


def test_an_empty_flight_is_none() -> None:
    assert settled([]) == ()


def _unsure(frame: Metadata, **candidates: tuple[float, ...]) -> Metadata:
    """Without these facts, but with what they were taken for."""
    refused = tuple(
        RefusedFact(name=name, reason="unsure", source="overlay", text="a | b", candidates=values)
        for name, values in candidates.items()
    )
    return _without(frame, *candidates).model_copy(update={"refused": refused})


def test_a_height_off_the_course_of_those_around_is_refused_and_filled() -> None:
    flight = [_with(frame, "altitude_m", 900.0 + second) for second, frame in enumerate(_flight(12))]
    flight[5] = _with(flight[5], "altitude_m", 825.0)  # 905, with its 9 and 0 misread
    found = settled(flight)
    assert [(one.name, one.reason) for one in found[5].refused] == [("altitude_m", "contradicted")]
    assert found[5].facts["altitude_m"] == Fact(value=905.0, source="interpolated")
    assert all(found[other] == flight[other] for other in range(12) if other != 5)


@pytest.mark.parametrize("at", [0, 11])
@pytest.mark.parametrize(("name", "by"), [("platform_heading", 80.0), ("latitude", 0.1 / 60)])
def test_a_misread_end_takes_nothing_else_with_it(name: FactName, by: float, at: int) -> None:
    """A last heading of 109 that was read as 189 bent the line at 108: that was refused, then 107, and so on."""
    flight = [_with(frame, "platform_heading", 98.0 + second) for second, frame in enumerate(_flight(12))]
    flight[at] = _with(flight[at], name, flight[at].facts[name].value + by)
    found = settled(flight)
    assert name in {one.name for one in found[at].refused}
    assert all(found[other] == flight[other] for other in range(12) if other != at)


def test_of_candidates_that_could_both_be_the_one_that_readings_and_course_make_likeliest_is_taken() -> None:
    """103 lies on the line, 104 as far off it as may be."""
    flight = [_with(frame, "platform_heading", 98.0 + second) for second, frame in enumerate(_flight(12))]
    for shares, expected in (((0.7, 0.1), 103.0), ((0.5, 0.4), 103.0), ((0.1, 0.7), None), ((), None)):
        unsure = _unsure(flight[5], platform_heading=(103.0, 104.0))
        refused = tuple(one.model_copy(update={"shares": shares}) for one in unsure.refused)
        told = settled([*flight[:5], unsure.model_copy(update={"refused": refused}), *flight[6:]])
        fact = told[5].facts["platform_heading"]
        assert (fact.value if fact.source == "overlay" else None) == expected


def test_the_half_of_a_position_that_was_read_stays_where_the_other_half_is_filled() -> None:
    flight = _flight(12)
    true = flight[5].facts["latitude"].value
    flight[5] = _unsure(flight[5], latitude=(true,), longitude=())
    found = settled(flight)[5].facts
    assert found["latitude"] == Fact(value=true, source="overlay", text="a | b")
    assert found["longitude"].source == "interpolated"
    flight[5] = _unsure(flight[5], latitude=(true + 1 / 60,), longitude=())
    assert settled(flight)[5].facts["latitude"].source == "interpolated"


def test_heights_that_rise_by_steps_are_no_outliers() -> None:
    flight = [
        _with(frame, "altitude_m", 900.0 + 30 * (second // 4)) for second, frame in enumerate(_flight(16))
    ]
    assert settled(flight) == tuple(flight)


def test_an_angle_of_view_that_is_another_in_one_frame_alone_was_misread() -> None:
    """A 7.7 that was read as 1.1 in every view of it: areas would be fifty times too small."""
    frames = [_with(frame, "hfov", 1.1 if at == 4 else 7.7) for at, frame in enumerate(_flight(9))]
    told = settled(frames)
    assert [one.facts["hfov"].value for one in told] == [7.7] * 9
    assert [at for at, one in enumerate(told) if one.facts["hfov"].source == "interpolated"] == [4]
    assert ("hfov", "contradicted") in {(one.name, one.reason) for one in told[4].refused}
    zoomed = [_with(frame, "hfov", 1.1 if at >= 4 else 7.7) for at, frame in enumerate(_flight(9))]
    assert [one.facts["hfov"].value for one in settled(zoomed)] == [7.7] * 4 + [1.1] * 5


def test_the_first_frame_s_candidate_lies_on_the_line_of_those_behind_it() -> None:
    flight = _flight(9)
    true = flight[0].facts["latitude"].value
    flight[0] = _unsure(flight[0], latitude=(true + 0.01, true), longitude=(4.0,))
    assert settled(flight)[0].value("latitude") == true


def test_of_a_time_whose_day_is_misread_the_clock_decides() -> None:
    flight = _flight(9)
    flight[4] = _with(flight[4], "time", START + 4 + 365 * 86_400)
    found = settled(flight)[4]
    assert found.facts["time"] == Fact(value=START + 4, source="overlay")
    assert not found.refused


@pytest.mark.parametrize(
    ("near", "kept"), [((), True), ((1 / 60,), True), ((0.001,), False), ((0.001, 1 / 60), False)]
)
def test_a_bearing_to_a_far_target_is_a_witness_and_no_judge_of_readings_near_each_other(
    near: tuple[float, ...], kept: bool
) -> None:
    """From 8 km half a degree is 70 m; 0.001° are 111 m."""
    flight = []
    for number, frame in enumerate(_flight(12)):
        bearing = 37.0 * number % 360
        north, east = (8_000 * turn(math.radians(bearing)) for turn in (math.cos, math.sin))
        latitude = frame.facts["latitude"].value
        told = {
            "altitude_m": 1_000.0,
            "slant_range_m": math.hypot(8_000, 1_000),
            "sight_bearing": bearing,
            "target_latitude": latitude + north / DEGREE_M,
            "target_longitude": 4.0 + east / DEGREE_M / math.cos(math.radians(latitude)),
        }
        flight.append(_frame({name: fact.value for name, fact in frame.facts.items()} | told))
    true = [flight[6].facts[name].value for name in ("target_latitude", "target_longitude")]
    read = (true[0], *(true[0] + away for away in near))
    flight[6] = _unsure(flight[6], target_latitude=read, target_longitude=(true[1],))
    found = settled(flight)[6].facts.get("target_latitude")
    assert (found is not None and (found.value, found.source) == (true[0], "overlay")) is kept
    flight[6] = _unsure(flight[6], target_latitude=(true[0] + 1 / 60,), target_longitude=(true[1],))
    lone = settled(flight)[6].facts.get("target_latitude")
    assert lone is None or lone.source == "interpolated"


def test_a_target_that_was_filled_is_no_witness_against_what_was_read() -> None:
    """The turret slews; the one target that was not read lies elsewhere than between its neighbours."""
    flight = []
    for number, frame in enumerate(_flight(12)):
        bearing = 40.0 * number % 360
        north, east = (6_000 * turn(math.radians(bearing)) for turn in (math.cos, math.sin))
        latitude = frame.facts["latitude"].value
        told = {
            "altitude_m": 1_000.0,
            "slant_range_m": math.hypot(6_000, 1_000),
            "sight_bearing": bearing,
            "target_latitude": latitude + north / DEGREE_M,
            "target_longitude": 4.0 + east / DEGREE_M / math.cos(math.radians(latitude)),
        }
        flight.append(_frame({name: fact.value for name, fact in frame.facts.items()} | told))
    flight[6] = _without(flight[6], "target_latitude", "target_longitude")
    found = settled(flight)[6]
    assert found.facts["target_latitude"].source == "interpolated"
    assert found.facts["latitude"] == flight[6].facts["latitude"]
    assert found.facts["sight_bearing"] == flight[6].facts["sight_bearing"]


@pytest.mark.parametrize(("away", "kept"), [(0.0004, "read"), (0.0, "read"), (None, "refused")])
def test_a_line_whose_length_is_known_exactly_chooses_among_readings_near_each_other(
    away: float | None, kept: str
) -> None:
    """0.0004° are 44 m, along a line of 8 km to the north; None: what it is was not read."""
    flight = []
    for number, frame in enumerate(_flight(12)):
        latitude = frame.facts["latitude"].value
        away_m = 8_000 - 350 * (number % 3)
        told = {
            "altitude_m": 1_000.0,
            "slant_range_m": float(round(math.hypot(away_m, 1_000))),
            "sight_bearing": 0.0,
            "target_latitude": round(latitude + away_m / 111_240, 5),
            "target_longitude": 4.0,
        }
        flight.append(_frame({name: fact.value for name, fact in frame.facts.items()} | told))
    true = flight[6].facts["target_latitude"].value
    read = (true + 0.0004,) if away is None else (true, true + away + 0.0004)
    flight[6] = _unsure(
        flight[6], target_latitude=read, target_longitude=(flight[6].facts["target_longitude"].value,)
    )
    found = settled(flight)[6].facts.get("target_latitude")
    assert (found is not None and (found.value, found.source) == (true, "overlay")) is (kept == "read")
    assert kept == "read" or found is None or found.source == "interpolated"


def test_a_target_far_above_a_camera_beside_it_is_named_and_no_error() -> None:
    frame = _frame({
        "latitude": 50.0, "longitude": 4.0, "altitude_m": -450.0, "slant_range_m": 1.0, "sight_bearing": 0.0,
    })  # fmt: skip
    (alone,) = settled([frame])
    assert alone.value("slant_range_m") in (None, 1.0)
    assert [one.reason for one in checked(frame).refused] == ["contradicted"]


def test_an_aircraft_whose_last_place_is_not_known_has_flown_on() -> None:
    flight = _flight(12)
    true = flight[11].facts["latitude"].value
    flight[11] = _without(flight[11], "latitude", "longitude")
    found = settled(flight)[11].facts["latitude"]
    assert found.source == "interpolated"
    assert found.value == pytest.approx(true, abs=1e-9)


def test_a_target_that_jumps_is_decided_by_the_line_of_sight_to_it() -> None:
    rng = np.random.default_rng(3)
    flight = []
    for frame in _flight(12):
        bearing = float(rng.integers(0, 360))
        north, east = (2_000 * turn(math.radians(bearing)) for turn in (math.cos, math.sin))
        latitude = frame.facts["latitude"].value
        told = {
            "altitude_m": 1_000.0,
            "slant_range_m": math.hypot(2_000, 1_000),
            "sight_bearing": bearing,
            "target_latitude": latitude + north / DEGREE_M,
            "target_longitude": 4.0 + east / DEGREE_M / math.cos(math.radians(latitude)),
        }
        flight.append(_frame({name: fact.value for name, fact in frame.facts.items()} | told))
    true = [flight[6].facts[name].value for name in ("target_latitude", "target_longitude")]
    flight[6] = _unsure(flight[6], target_latitude=(true[0], true[0] + 1 / 60), target_longitude=(true[1],))
    found = settled(flight)[6]
    assert [found.value("target_latitude"), found.value("target_longitude")] == true
    assert found.facts["target_latitude"].source == "overlay"
