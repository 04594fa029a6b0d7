from __future__ import annotations

import cv2
import numpy as np
import pytest

from siseon.applications.gauges.gap import goes_around
from siseon.applications.gauges.generated import photo
from siseon.applications.gauges.plane import on_circle, project

NUMBERS = 0.22
"""Radii by which the numbers of generated dials are farther in than their marks."""


def test_the_marks_of_a_scale_end_where_its_numbers_do() -> None:
    for index in range(3):
        one = photo(index, "evaluation")
        radius = one.dial.scale_radius - NUMBERS
        plane = one.to_picture @ np.diag([radius, radius, 1.0])
        assert not goes_around(one.image.pixels, plane, np.array(one.dial.angles))


@pytest.mark.parametrize("missing", [1, 2])
def test_those_of_a_ring_go_on_where_numbers_are_not_seen(missing: int) -> None:
    pixels = np.full((300, 300, 3), 240, np.uint8)
    plane = np.array([[100.0, 0, 150], [0, 100, 150], [0, 0, 1]])

    def marks(colour: int, steps: range) -> None:
        for step in steps:
            ends = project(plane, np.array([on_circle(30 * step, radius) for radius in (1.15, 1.3)]))
            start, end = np.round(ends).astype(int).tolist()
            cv2.line(pixels, start, end, (colour,) * 3, 3)

    numbers = np.arange(0, 360 - 30 * missing, 30.0)
    marks(20, range(12))
    assert goes_around(pixels, plane, numbers)
    marks(240, range(12 - missing, 12))
    assert not goes_around(pixels, plane, numbers)
