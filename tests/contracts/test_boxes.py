"""Boxes own their invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.contracts import Boxes, ContractViolation, Frame, iou

FRAME = Frame.root(640, 480)


@pytest.mark.parametrize(
    ("xyxy", "complaint"),
    [
        ([[10, 10, 5, 20]], "x2 > x1"),
        ([[10, 10, 10, 20]], "x2 > x1"),
        ([[10, 30, 20, 20]], "x2 > x1"),
        ([[0, 0, np.nan, 5]], "not finite"),
        ([[0, 0, np.inf, 5]], "not finite"),
        ([[0, 0, 5]], "shape"),
    ],
)
def test_boxes_of_a_model_that_break_a_rule_name_stage_and_field(xyxy, complaint) -> None:
    with pytest.raises(ContractViolation, match=complaint) as broken:
        Boxes.from_model(xyxy, FRAME, stage="detect")
    assert broken.value.stage == "detect"
    assert "boxes.xyxy" in broken.value.message


def test_centre_and_size_in_place_of_corners_are_caught_with_a_hint() -> None:
    with pytest.raises(ContractViolation) as broken:
        Boxes.from_model([[300, 200, 100, 80]], FRAME, stage="detect")
    assert "cx, cy, w, h" in (broken.value.hint or "")


def test_boxes_of_a_model_are_clamped_and_those_outside_dropped() -> None:
    boxes, keep = Boxes.from_model(
        [[-5, -5, 10, 10], [700, 0, 800, 10], [600, 400, 700, 500]], FRAME, stage="d"
    )
    assert boxes.xyxy.tolist() == [[0, 0, 10, 10], [600, 400, 640, 480]]
    assert keep.tolist() == [True, False, True]


def test_boxes_outside_their_frame_can_not_be_built() -> None:
    with pytest.raises(ContractViolation, match="outside"):
        Boxes(np.array([[0, 0, 641, 10]], np.float32), FRAME)


def test_boxes_are_read_only() -> None:
    boxes = Boxes(np.array([[0, 0, 10, 10]], np.float32), FRAME)
    with pytest.raises(ValueError, match="read-only"):
        boxes.xyxy[0, 0] = 5


@given(st.lists(st.tuples(*[st.floats(0, 0.9)] * 2, *[st.floats(0.05, 0.1)] * 2), min_size=1, max_size=30))
def test_boxes_go_into_a_letterbox_and_back(shares) -> None:
    array = np.array(shares) * [640, 480, 640, 480]
    boxes = Boxes(
        np.concatenate([array[:, :2], array[:, :2] + array[:, 2:]], axis=1).astype(np.float32), FRAME
    )
    inner = FRAME.letterbox(416, 416)
    assert np.abs(boxes.to(inner).to(FRAME).xyxy - boxes.xyxy).max() < 1e-3


def test_a_box_wholly_outside_the_other_frame_raises() -> None:
    boxes = Boxes(np.array([[0, 0, 10, 10]], np.float32), FRAME)
    with pytest.raises(ContractViolation, match="outside"):
        boxes.to(FRAME.crop(100, 100, 200, 200))


def test_no_boxes_map_anywhere() -> None:
    assert len(Boxes.empty(FRAME).to(FRAME.crop(0, 0, 5, 5))) == 0


def test_iou_of_equal_touching_and_half_covered_boxes() -> None:
    a = Boxes(np.array([[0, 0, 10, 10]], np.float32), FRAME)
    b = Boxes(np.array([[0, 0, 10, 10], [10, 0, 20, 10], [0, 0, 10, 20]], np.float32), FRAME)
    assert iou(a, b)[0] == pytest.approx([1.0, 0.0, 0.5])
