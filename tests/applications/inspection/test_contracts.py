"""What an inspection answers cannot be built wrong."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from siseon.applications.inspection import Box, Classification, Detection, InspectionResult
from siseon.contracts import ContractViolation, Frame, Mask


def _draft(**changes: Any) -> dict[str, Any]:
    """A good answer as plain values, with some of them changed."""
    draft = {
        "image_id": "cat.jpg",
        "width": 640,
        "height": 480,
        "detections": [{"box": [10, 20, 110, 220], "score": 0.9, "class_id": 15, "class_name": "cat"}],
        "classifications": [{"detection_index": 0, "class_id": 281, "class_name": "tabby", "score": 0.7}],
        "inference_ms": 12.5,
    }
    return draft | changes


def _detection(**changes: Any) -> dict[str, Any]:
    return _draft()["detections"][0] | changes


def test_a_detection_has_box_score_class_and_optional_mask():
    detection = Detection(**_detection())
    assert detection.box == Box(10, 20, 110, 220)
    assert detection.mask is None
    assert set(Detection.model_json_schema()["properties"]) == {
        "box",
        "score",
        "class_id",
        "class_name",
        "mask",
    }


def test_a_classification_names_the_detection_it_belongs_to():
    fields = set(Classification.model_json_schema()["properties"])
    assert fields == {"detection_index", "class_id", "class_name", "score", "top"}


def test_a_result_has_the_image_its_parts_and_the_time():
    fields = set(InspectionResult.model_json_schema()["properties"])
    parts = {"detections", "classifications", "safety"}
    assert fields == {"image_id", "width", "height", "inference_ms", *parts}


def test_a_result_comes_back_from_its_json():
    result = InspectionResult.checked(_draft())
    assert InspectionResult.model_validate_json(result.to_json()) == result
    assert json.loads(result.to_json())["detections"][0]["box"] == [10, 20, 110, 220]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"detections": [_detection(score=1.2)]}, "detections.0.score"),
        ({"detections": [_detection(score=-0.1)]}, "detections.0.score"),
        ({"detections": [_detection(class_id=-1)]}, "detections.0.class_id"),
        ({"detections": [_detection(box=[10, 20, float("nan"), 220])]}, "detections.0.box"),
        ({"detections": [_detection(box=[300, 200, 100, 80])]}, "detections.0.box: .*cx, cy, w, h"),
        ({"detections": [_detection(box=[600, 20, 641, 220])]}, r"detections\[0\].box .* leaves the image"),
        ({"detections": []}, "point at detection 0 of 0"),
        ({"classifications": _draft()["classifications"] * 2}, "same detection"),
        ({"inference_ms": -1.0}, "inference_ms"),
        ({"image": "typo"}, "image"),
    ],
)
def test_a_wrong_value_is_a_contract_violation_that_names_its_field(changes: dict[str, Any], field: str):
    with pytest.raises(ContractViolation, match=field) as caught:
        InspectionResult.checked(_draft(**changes))
    assert caught.value.stage == "validate"


@given(
    cx=st.floats(1, 600),
    cy=st.floats(1, 400),
    w=st.floats(1, 640),
    h=st.floats(1, 480),
)
def test_a_centre_and_size_box_passes_only_where_it_is_also_a_box_in_the_image(
    cx: float, cy: float, w: float, h: float
):
    is_a_box_too = w > cx and h > cy and w <= 640 and h <= 480
    draft = _draft(detections=[_detection(box=[cx, cy, w, h])])
    if is_a_box_too:  # nothing in four numbers tells: the decoder states the format instead
        InspectionResult.checked(draft)
    else:
        with pytest.raises(ContractViolation):
            InspectionResult.checked(draft)


def test_a_mask_must_fill_the_image():
    mask = Mask.encode(np.eye(480, 640, dtype=bool), Frame.root(640, 480)).to_wire()
    assert InspectionResult.checked(_draft(detections=[_detection(mask=mask)])).detections[0].mask is not None
    small = Mask.encode(np.eye(48, 64, dtype=bool), Frame.root(64, 48)).to_wire()
    with pytest.raises(ContractViolation, match=r"mask\.size"):
        InspectionResult.checked(_draft(detections=[_detection(mask=small)]))
    with pytest.raises(ContractViolation, match="add up"):
        InspectionResult.checked(_draft(detections=[_detection(mask=mask | {"counts": small["counts"]})]))


def test_results_are_frozen():
    result = InspectionResult.checked(_draft())
    with pytest.raises(ValidationError):
        result.width = 3
