"""The NanoDet decoder reads distances as the mean of a distribution over bins."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.models.outputs import interpret_nanodet


def _outputs(width: int, height: int, bins: int = 8) -> tuple[list[np.ndarray], list[np.ndarray]]:
    points = [(width // s) * (height // s) for s in (8, 16, 32)]
    scores = [np.zeros((1, n, 80), dtype=np.float32) for n in points]
    distances = [np.zeros((1, n, 4 * bins), dtype=np.float32) for n in points]
    return scores, distances


def test_a_flat_distribution_means_the_middle_bin_on_every_side():
    scores, distances = _outputs(416, 416)
    scores[1][0, 26 * 3 + 5, 7] = 0.8
    found = interpret_nanodet(scores, distances, width=416, height=416, score_threshold=0.25, iou=0.65)[0]
    cx, cy, side = (5 + 0.5) * 16, (3 + 0.5) * 16, 3.5 * 16
    np.testing.assert_allclose(found.xyxy, [[cx - side, cy - side, cx + side, cy + side]], rtol=1e-5)
    assert found.class_ids.tolist() == [7]


def test_sides_come_in_the_order_left_top_right_bottom():
    scores, distances = _outputs(320, 320)
    scores[2][0, 0, 0] = 0.8
    for side, bin_index in enumerate((0, 1, 2, 3)):
        distances[2][0, 0, side * 8 + bin_index] = 100.0
    found = interpret_nanodet(scores, distances, width=320, height=320, score_threshold=0.25, iou=0.65)[0]
    np.testing.assert_allclose(found.xyxy, [[16, 16 - 32, 16 + 64, 16 + 96]], atol=1e-3)


def test_outputs_of_another_input_size_are_refused():
    scores, distances = _outputs(416, 416)
    with pytest.raises(ValueError, match="stride 8"):
        interpret_nanodet(scores, distances, width=320, height=320, score_threshold=0.25, iou=0.65)


def test_a_missing_output_is_refused():
    scores, distances = _outputs(416, 416)
    with pytest.raises(ValueError, match="one of each per stride"):
        interpret_nanodet(scores[:2], distances, width=416, height=416, score_threshold=0.25, iou=0.65)
