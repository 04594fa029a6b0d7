from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.gauges.plane import (
    angles_of,
    fit_plane,
    homography,
    on_circle,
    project,
    radius_of,
    tilt_of,
)
from siseon.contracts import ContractViolation


def circle(matrix: np.ndarray, angles: list[float]) -> np.ndarray:
    return project(matrix, np.array([on_circle(angle, 1.0) for angle in angles]))


@given(
    tilt=st.floats(0, 50),
    towards=st.floats(0, 360),
    radius=st.floats(30, 900),
    near=st.floats(-0.1, 0.1),
    across=st.floats(-0.1, 0.1),
)
def test_a_dial_at_an_angle_is_recovered_from_its_middle_and_rim(
    tilt: float, towards: float, radius: float, near: float, across: float
) -> None:
    axis = np.array(on_circle(towards, 1.0))
    squeeze = np.eye(2) - (1 - np.cos(np.radians(tilt))) * np.outer(axis, axis)
    true = homography(np.array([320.0, 240.0]), radius * squeeze, np.array([near, across]))
    fitted = fit_plane(np.array([320.0, 240.0]), circle(true, [0, 50, 110, 170, 230, 290, 330]))
    # All that the rim cannot tell is how the dial is turned; a linear part that is symmetric is not turned.
    places = project(np.linalg.inv(fitted), circle(true, list(range(0, 360, 30))))
    assert np.abs(np.linalg.norm(places, axis=1) - 1).max() < 2e-3
    angles = (angles_of(places) - np.arange(0, 360, 30) + 180) % 360 - 180
    assert np.abs(angles).max() < 0.5
    assert radius_of(fitted) == pytest.approx(radius_of(true), rel=0.01)


def test_four_points_are_enough_for_a_dial_seen_from_afar() -> None:
    true = homography(np.array([100.0, 90.0]), np.array([[60.0, 8.0], [8.0, 40.0]]), np.zeros(2))
    fitted = fit_plane(np.array([100.0, 90.0]), circle(true, [10, 100, 200, 280]))
    radii = np.linalg.norm(project(np.linalg.inv(fitted), circle(true, list(range(0, 360, 30)))), axis=1)
    assert np.abs(radii - 1).max() < 0.05
    assert 40 < tilt_of(fitted) < 60


@pytest.mark.parametrize("seed", range(8))
def test_four_clicks_above_below_left_and_right_make_no_slanting_dial(seed: int) -> None:
    clicks = np.round(np.random.default_rng(seed).normal(0, 0.7, (4, 2)))
    rim = 100 * np.array([(0.0, -1.0), (1, 0), (0, 1), (-1, 0)]) + clicks
    assert np.allclose(fit_plane(np.zeros(2), rim), np.diag([100, 100, 1]), atol=8)


def test_points_that_are_no_rim_are_refused() -> None:
    with pytest.raises(ContractViolation, match="not lie around"):
        fit_plane(np.zeros(2), np.array([[10.0, 0], [20, 8], [20, -8], [50, 30]]))
    with pytest.raises(ContractViolation, match="off the ellipse"):
        fit_plane(
            np.zeros(2),
            np.array([[10.0, 0], [0, 10], [-10, 0], [0, -10], [16, 16], [7, -7], [-7, 7], [-7, -7]]),
        )
