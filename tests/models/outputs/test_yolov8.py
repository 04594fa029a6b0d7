"""The head without objectness: points last, class scores that count alone."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.models.outputs import interpret_yolov8

POINTS = 8 * 8 + 4 * 4 + 2 * 2


def _output(classes: int, coefficients: int = 0) -> np.ndarray:
    return np.zeros((1, 4 + classes + coefficients, POINTS), np.float32)


def test_a_point_gives_the_box_around_its_centre_in_pixels_of_the_input():
    output = _output(3)
    output[0, :4, 70] = [32, 16, 20, 10]
    output[0, 4 + 2, 70] = 0.8
    found = interpret_yolov8(output, width=64, height=64, score_threshold=0.25, iou=0.65)[0]
    assert found.xyxy.tolist() == [[22, 11, 42, 21]]
    assert found.scores.tolist() == pytest.approx([0.8])
    assert (found.class_ids.tolist(), found.rows.tolist()) == ([2], [70])


def test_the_worse_of_two_overlapping_points_of_a_class_is_dropped():
    output = _output(2)
    output[0, :4, :3] = np.array([[32, 32, 20, 20], [33, 32, 20, 20], [32, 32, 20, 20]]).T
    output[0, 4, :2] = [0.6, 0.9]
    output[0, 5, 2] = 0.5
    found = interpret_yolov8(output, width=64, height=64, score_threshold=0.25, iou=0.65)[0]
    assert (found.class_ids.tolist(), found.rows.tolist()) == ([0, 1], [1, 2])


def test_mask_coefficients_are_no_classes():
    output = _output(2, coefficients=4)
    output[0, :4, 5] = [32, 32, 20, 20]
    output[0, 4, 5], output[0, 6:, 5] = 0.5, 9.0
    found = interpret_yolov8(output, width=64, height=64, coefficients=4, score_threshold=0.25, iou=0.65)[0]
    assert found.class_ids.tolist() == [0]


@pytest.mark.parametrize("shape", [(1, 84, 83), (1, 4, POINTS), (84, POINTS)])
def test_an_output_of_another_input_size_is_refused(shape: tuple[int, ...]):
    with pytest.raises(ValueError, match="do not fit the weights"):
        interpret_yolov8(np.zeros(shape, np.float32), width=64, height=64, score_threshold=0.25, iou=0.65)


def test_a_score_that_is_not_a_number_is_kept_for_the_contract_to_name():
    output = _output(1)
    output[0, :4, 0], output[0, 4, 0] = [32, 32, 20, 20], np.nan
    found = interpret_yolov8(output, width=64, height=64, score_threshold=0.25, iou=0.65)[0]
    assert np.isnan(found.scores).tolist() == [True]
