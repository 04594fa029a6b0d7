"""Strips of displays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from siseon.applications.gauges.digital.strip import HEIGHT, WIDTH, straightened, strip_of
from siseon.applications.gauges.plane import project


def test_what_is_between_the_corners_lies_straight_in_the_strip() -> None:
    face = np.full((64, 200, 3), 40, np.uint8)
    cv2.rectangle(face, (20, 16), (60, 48), (200, 60, 60), -1)
    view = np.array([[1.4, 0.2, 60], [-0.1, 1.5, 90], [0.0003, 0.0, 1]])
    picture = cv2.warpPerspective(face, view, (480, 320))
    corners = project(view, np.array([(0.0, 0.0), (200.0, 0.0), (200.0, 64.0), (0.0, 64.0)]))
    strip = straightened(picture, corners)
    x = strip.shape[1] / 200
    assert strip.shape[0] == HEIGHT
    assert abs(int(strip[16, round(40 * x), 0]) - 200) < 12
    assert abs(int(strip[16, round(120 * x), 0]) - 40) < 12
    assert abs(int(strip[4, round(40 * x), 0]) - 40) < 12


@pytest.mark.parametrize("wide", [4, 40, 100, 400])
def test_a_strip_is_filled_to_its_width_or_squeezed(wide: int) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (50, 500, 3)).astype(np.uint8)
    corners = np.array([(20.0, 5.0), (20.0 + wide, 5.0), (20.0 + wide, 45.0), (20.0, 45.0)])
    strip = strip_of(picture, corners)
    assert strip.shape == (HEIGHT, WIDTH, 3)
    inside = min(WIDTH, max(4, round(HEIGHT * wide / 40)))
    assert (strip[:, inside:] == strip[:, inside - 1 : inside]).all()


@pytest.mark.parametrize("away", [-400.0, 900.0])
def test_a_display_beside_the_picture_is_black(away: float) -> None:
    picture = np.full((50, 60, 3), 200, np.uint8)
    corners = np.array([(away, 5.0), (away + 40, 5.0), (away + 40, 25.0), (away, 25.0)])
    assert not strip_of(picture, corners).any()
