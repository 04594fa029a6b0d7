"""CenterFace says where in its cell a face has its centre, and the logarithm of its size."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.contracts import ContractViolation
from siseon.models import OutputSpec
from siseon.models.outputs import interpret_centerface, interpret_detections


def _maps(*cells: tuple[int, int, float], count: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Maps of 16 × 24 cells with faces of 8 × 4 cells (high × wide) at (row, column, score)."""
    heatmap = np.zeros((count, 1, 16, 24), np.float32)
    scales = np.zeros((count, 2, 16, 24), np.float32)
    scales[:, 0], scales[:, 1] = np.log(8), np.log(4)
    for row, column, score in cells:
        heatmap[0, 0, row, column] = score
    return heatmap, scales, np.zeros_like(scales)


def test_a_face_is_centred_on_its_cell_and_as_high_and_wide_as_the_scales_say() -> None:
    (found,) = interpret_centerface(*_maps((6, 10, 0.75)), score_threshold=0.5, iou=0.3)
    np.testing.assert_allclose(found.xyxy, [[42 - 8, 26 - 16, 42 + 8, 26 + 16]], rtol=1e-5)
    assert (found.scores.tolist(), found.class_ids.tolist()) == ([0.75], [0])


def test_offsets_move_down_first_and_then_right() -> None:
    heatmap, scales, offsets = _maps((6, 10, 0.75))
    offsets[0, :, 6, 10] = 0.5, -0.25
    (found,) = interpret_centerface(heatmap, scales, offsets, score_threshold=0.5, iou=0.3)
    np.testing.assert_allclose(found.xyxy, [[41 - 8, 28 - 16, 41 + 8, 28 + 16]], rtol=1e-5)


def test_the_best_of_faces_that_overlap_is_kept_and_those_apart_stay() -> None:
    (found,) = interpret_centerface(
        *_maps((6, 10, 0.7), (6, 11, 0.9), (6, 3, 0.6), (2, 2, 0.4)), score_threshold=0.5, iou=0.3
    )
    np.testing.assert_allclose(found.scores, [0.9, 0.6])


def test_images_of_a_batch_are_told_apart_and_may_have_no_face() -> None:
    first, second = interpret_centerface(*_maps((6, 10, 0.9), count=2), score_threshold=0.5, iou=0.3)
    assert (len(first.scores), len(second.scores)) == (1, 0)


def test_outputs_that_do_not_belong_together_are_refused() -> None:
    heatmap, scales, offsets = _maps()
    with pytest.raises(ValueError, match="do not fit"):
        interpret_centerface(heatmap, scales[:, :1], offsets, score_threshold=0.5, iou=0.3)
    with pytest.raises(ContractViolation, match="heatmap, scales and offsets"):
        interpret_detections(
            {"a": heatmap}, OutputSpec(decoder="centerface"), size=(96, 64), score_threshold=0.5, iou=0.3
        )
