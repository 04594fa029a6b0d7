"""A window's corners, from the box around it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from siseon.applications.gauges.digital.window import leaning, window_in


@pytest.mark.parametrize("angle", [-7.0, -2.5, 0.0, 4.0])
def test_the_corners_of_a_window_that_leans_are_found_in_the_box_around_it(angle: float) -> None:
    window = cv2.boxPoints(((210.0, 150.0), (180.0, 40.0), angle))
    pixels = np.full((300, 420, 3), 90, np.uint8)
    cv2.fillPoly(pixels, [np.round(window * 16).astype(np.int32)], (220, 220, 215), cv2.LINE_AA, 4)
    low, high = window.min(axis=0), window.max(axis=0)
    corners = window_in(pixels, (float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    distances = np.linalg.norm(corners[:, None] - window[None], axis=2)
    assert distances.min(axis=1).max() < 2.5
    assert np.degrees(np.arctan2(*(corners[1] - corners[0])[::-1])) == pytest.approx(angle, abs=0.5)


def test_where_nothing_is_seen_nothing_leans() -> None:
    assert leaning(np.full((20, 60, 3), 128, np.uint8)) == 0
    assert window_in(np.zeros((40, 40, 3), np.uint8), (10.0, 10.0, 30.0, 20.0)).shape == (4, 2)
