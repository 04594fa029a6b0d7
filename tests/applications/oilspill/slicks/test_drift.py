from __future__ import annotations

import numpy as np
import pytest

from applications.oilspill.slicks.flight import frame, metres
from siseon.applications.oilspill.slicks import drift, drifts


def test_speed_and_direction_are_those_of_the_slick():
    to_the_east = [
        frame(f"{n}.jpg", [(0.4 * s - 60, 0.0, 25.0, "sheen")], seconds=s, east=10.0 * n)
        for n, s in enumerate((0.0, 100.0, 200.0, 300.0))
    ]
    (found,) = drifts(to_the_east)
    assert len(found.sightings) == 4
    assert found.speed_ms == pytest.approx(0.4, abs=0.02)
    assert found.direction == pytest.approx(90, abs=3)
    one = found.sightings[0]
    assert metres(one.longitude, one.latitude) == pytest.approx([-60, 0], abs=1.5)
    assert one.area_m2 == pytest.approx(np.pi * 25**2, rel=0.05)


def test_one_that_lies_still_has_no_direction():
    still = [
        frame(f"{n}.jpg", [(0.0, 0.0, 25.0, "sheen")], seconds=60.0 * n, off_m=(-1) ** n) for n in range(4)
    ]
    (found,) = drifts(still)
    assert found.direction is None
    assert found.speed_ms < 2 * found.speed_sigma_ms


def test_two_slicks_are_followed_apart():
    frames = [
        frame(
            f"{n}.jpg",
            [(-80 + 15.0 * n, 40.0, 20.0, "rainbow"), (60.0, -40.0 - 5 * n, 22.0, "sheen")],
            seconds=50.0 * n,
        )
        for n in range(3)
    ]
    found = sorted(drifts(frames), key=lambda drift: -drift.speed_ms)
    assert [drift.speed_ms for drift in found] == pytest.approx([0.3, 0.1], abs=0.02)
    assert found[0].direction == pytest.approx(90, abs=4)


def test_classes_that_touch_are_one_slick():
    frames = [
        frame(f"{n}.jpg", [(0.0, 0.0, 40.0, "sheen"), (5.0, 0.0, 20.0, "rainbow")], seconds=10.0 * n)
        for n in range(2)
    ]
    (found,) = drifts(frames)
    assert found.sightings[0].area_m2 == pytest.approx(np.pi * 40**2, rel=0.03)


def test_one_that_the_edge_cuts_is_not_followed():
    frames = [
        frame(f"{n}.jpg", [(-400.0, 0.0, 300.0, "sheen")], east=30.0 * n, seconds=20.0 * n) for n in range(3)
    ]
    assert drifts(frames) == ()


def test_what_no_oil_could_reach_is_another_slick():
    frames = [
        frame("a.jpg", [(-100.0, 0.0, 20.0, "sheen")]),
        frame("b.jpg", [(100.0, 0.0, 20.0, "sheen")], seconds=5),
    ]
    assert drifts(frames) == ()


def test_of_a_crowded_frame_the_largest_are_followed(monkeypatch):
    monkeypatch.setattr(drift, "MOST_SLICKS", 2)
    crowded = [(-80.0, 0.0, 16.0, "sheen"), (0.0, 0.0, 24.0, "sheen"), (80.0, 0.0, 20.0, "sheen")]
    found = drifts([frame(f"{n}.jpg", crowded, seconds=10.0 * n) for n in range(2)])
    areas = sorted(one.sightings[0].area_m2 for one in found)
    assert areas == pytest.approx([np.pi * 20**2, np.pi * 24**2], rel=0.05)


def test_slicks_not_seen_for_long_are_finished(monkeypatch):
    monkeypatch.setattr(drift, "MOST_TRACKS", 1)
    one, other = [(-80.0, 0.0, 20.0, "sheen")], [(80.0, 0.0, 20.0, "sheen")]
    shown = [one, one, other, other, one]
    (first, second) = drifts([frame(f"{n}.jpg", slicks, seconds=10.0 * n) for n, slicks in enumerate(shown)])
    assert [len(first.sightings), len(second.sightings)] == [2, 2]
