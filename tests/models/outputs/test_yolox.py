"""The YOLOX decoder puts boxes where the network's grid says, for any input size."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.models.outputs import interpret_yolox


def _empty(width: int, height: int, classes: int = 80, images: int = 1) -> np.ndarray:
    points = sum((width // s) * (height // s) for s in (8, 16, 32))
    return np.zeros((images, points, 5 + classes), dtype=np.float32)


@pytest.mark.parametrize(("width", "height"), [(416, 416), (640, 640), (320, 320), (640, 384)])
def test_a_point_of_each_level_lands_on_its_cell_for_any_input_size(width: int, height: int):
    output = _empty(width, height)
    start = 0
    expected = []
    for class_id, stride in enumerate((8, 16, 32)):
        columns, rows = width // stride, height // stride
        column, row = columns - 2, rows // 2
        # Centre a quarter cell right of and below the grid point, two strides wide, four high.
        output[0, start + row * columns + column, :5] = [0.25, 0.25, np.log(2), np.log(4), 0.9]
        output[0, start + row * columns + column, 5 + class_id] = 1 - 0.1 * class_id
        cx, cy = (column + 0.25) * stride, (row + 0.25) * stride
        expected.append([cx - stride, cy - 2 * stride, cx + stride, cy + 2 * stride])
        start += columns * rows
    found = interpret_yolox(output, width=width, height=height, score_threshold=0.25, iou=0.65)[0]
    np.testing.assert_allclose(found.xyxy, expected, rtol=1e-5)
    np.testing.assert_allclose(found.scores, [0.9, 0.81, 0.72], rtol=1e-5)
    assert found.class_ids.tolist() == [0, 1, 2]


def test_a_score_is_objectness_times_class_score():
    output = _empty(64, 64, classes=3)
    output[0, 0, :] = [0, 0, 0, 0, 0.5, 0.4, 0.6, 0.0]
    found = interpret_yolox(output, width=64, height=64, score_threshold=0.25, iou=0.65)[0]
    assert found.scores.tolist() == pytest.approx([0.3])
    assert found.class_ids.tolist() == [1]


def test_each_image_of_a_batch_is_decoded_on_its_own():
    output = _empty(64, 64, images=3)
    output[1, 5, 4:7] = [0.9, 0.9, 0.0]
    counts = [
        len(f.scores) for f in interpret_yolox(output, width=64, height=64, score_threshold=0.25, iou=0.65)
    ]
    assert counts == [0, 1, 0]


def test_a_card_whose_input_size_does_not_fit_the_weights_is_refused():
    with pytest.raises(ValueError, match="do not fit the weights"):
        interpret_yolox(_empty(416, 416), width=640, height=640, score_threshold=0.25, iou=0.65)


def test_not_a_number_is_not_filtered_away_but_reaches_the_contract():
    output = _empty(64, 64)
    output[0, 3, 4] = np.nan
    found = interpret_yolox(output, width=64, height=64, score_threshold=0.25, iou=0.65)[0]
    assert np.isnan(found.scores).any()


def test_a_box_too_small_for_float32_is_left_out():
    output = _empty(64, 64)
    output[0, 5, :6] = [0.5, 0.5, -40, 1, 0.9, 0.9]
    assert len(interpret_yolox(output, width=64, height=64, score_threshold=0.25, iou=0.65)[0].scores) == 0


def test_an_export_that_applied_the_grid_itself_gives_pixels():
    output = _empty(64, 64)
    output[0, 5, :6] = [20, 30, 8, 4, 0.9, 0.9]
    found = interpret_yolox(output, width=64, height=64, decoded=True, score_threshold=0.25, iou=0.65)[0]
    assert found.xyxy.tolist() == [[16, 28, 24, 32]]
