"""Cuts of pictures."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.gauges.closer import LEAST_SIDE, MOST_ENLARGED, closer
from siseon.contracts import Image

WALL = Image.from_array(np.full((600, 800, 3), 120, np.uint8))


def test_a_small_instrument_is_enlarged_and_its_frame_leads_back_to_the_picture() -> None:
    part = closer(WALL, (300, 200, 500, 400))
    assert max(part.width, part.height) == LEAST_SIDE
    corners = part.frame.map_points(np.array([[0, 0], [part.width, part.height]]), WALL.frame)
    assert np.allclose(corners, [[288, 188], [512, 412]])


def test_a_tiny_one_is_not_enlarged_beyond_what_it_shows() -> None:
    part = closer(WALL, (300, 200, 340, 240))
    assert part.width == pytest.approx(46 * MOST_ENLARGED, abs=4)


def test_a_large_one_is_cut_as_it_is_and_no_farther_than_the_picture() -> None:
    part = closer(WALL, (-5, 0, 790, 600))
    assert (part.width, part.height) == (800, 600)
    assert np.array_equal(part.pixels, WALL.pixels)
