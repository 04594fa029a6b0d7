"""The circle that is told holds the truth as often as it says, over errors that are drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from siseon.applications.oilspill.georeference import Pose, Sigmas
from siseon.applications.oilspill.georeference.error import ce90_m, circle, disturbed
from siseon.applications.oilspill.georeference.ray import ground, metres_from

SIGMAS = Sigmas(position_m=4, height_m=6, azimuth=0.8, tilt=0.4, roll=1.0, fov=0.02)
DOWN = Pose(56.0, 10.5, 400.0, 30.0, 90.0, 0.0, 50.0, 30.0, SIGMAS)
DRAWS = 1500


@pytest.mark.parametrize(
    ("pose", "pixel"),
    [
        (DOWN, (640.0, 360.0)),
        (DOWN, (30.0, 700.0)),
        (replace(DOWN, depression=20.0, azimuth=200.0), (640.0, 360.0)),
        (replace(DOWN, depression=60.0, sigmas=replace(SIGMAS, azimuth=5.0)), (100.0, 50.0)),
    ],
    ids=["down", "down, corner", "20°", "60°, compass of 5°"],
)
def test_ninety_of_a_hundred_drawn_errors_are_within(pose, pixel):
    draws = np.random.default_rng(12).normal(size=(DRAWS, 8))
    pixels = np.array([pixel])
    truth = ground(pose, 1280, 720, pixels)[0]
    places = np.array([ground(disturbed(pose, draw), 1280, 720, pixels)[0] for draw in draws])
    off = np.linalg.norm(metres_from((truth[0], truth[1]), places), axis=1)
    share = (off <= ce90_m(pose, 1280, 720, pixel)).mean()
    # Three standard deviations of a share of 1,500, and what the linear law leaves out.
    assert share == pytest.approx(0.9, abs=3 * np.sqrt(0.09 / DRAWS) + 0.006)


def test_the_circle_of_a_round_error_and_of_one_along_a_line_are_those_of_the_tables():
    assert circle(1.0, 1.0) == pytest.approx(np.sqrt(2 * np.log(10)), abs=1e-4)
    assert circle(1.0, 0.0) == pytest.approx(1.6449, abs=1e-4)
    assert circle(0.0, 0.0) == 0


def test_a_lower_look_is_less_sure():
    radii = [ce90_m(replace(DOWN, depression=d), 1280, 720, (640.0, 360.0)) for d in (90.0, 60.0, 30.0, 15.0)]
    assert radii == sorted(radii)


def test_over_the_horizon_there_is_no_radius():
    assert np.isnan(ce90_m(replace(DOWN, depression=-10.0), 1280, 720, (640.0, 360.0)))
