"""COCO results go out and come back, and pycocotools reads them."""

from __future__ import annotations

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from siseon.adapters.coco import from_coco, to_coco
from siseon.contracts import ContractViolation, Detections, Frame, LabelMap, Mask

FRAME = Frame.root(64, 48)
LABELS = LabelMap(("cat", "dog"))
CATEGORIES = (17, 18)


def found() -> Detections:
    masks = tuple(Mask.encode(np.arange(48 * 64).reshape(48, 64) % n == 0, FRAME) for n in (2, 3))
    return Detections.from_model(
        [[1, 2, 30, 40], [0, 0, 64, 48]], [0.5, 0.25], [1, 0], FRAME, LABELS, stage="t", masks=masks
    )


def test_results_have_corner_and_size_and_the_files_category() -> None:
    first = to_coco(found(), 7, CATEGORIES)[0]
    assert first["bbox"] == [1, 2, 29, 38]
    assert (first["image_id"], first["category_id"], first["score"]) == (7, 18, 0.5)


def test_results_come_back_with_their_masks() -> None:
    back = from_coco(to_coco(found(), 7, CATEGORIES), FRAME, LABELS, CATEGORIES)
    assert (back.boxes.xyxy == found().boxes.xyxy).all()
    assert (back.class_ids == found().class_ids).all()
    assert back.masks is not None
    assert (back.masks[1].pixels() == found().masks[1].pixels()).all()


def test_pycocotools_reads_the_masks() -> None:
    result = to_coco(found(), 7, CATEGORIES)[0]
    assert coco_mask.area(result["segmentation"]) == 48 * 64 // 2


def test_boxes_of_a_crop_are_given_in_pixels_of_the_whole_image() -> None:
    crop = FRAME.crop(10, 10, 40, 40)
    inner = Detections.from_model([[0, 0, 5, 5]], [1.0], [0], crop, LABELS, stage="t")
    assert to_coco(inner, 1, CATEGORIES)[0]["bbox"] == [10, 10, 5, 5]


@pytest.mark.parametrize(
    "result",
    [
        {"category_id": 99, "bbox": [0, 0, 1, 1]},
        {"category_id": 17, "bbox": [0, 0, 1]},
        {"category_id": 17, "bbox": [0, 0, -1, 1]},
        {"category_id": 17, "bbox": [0, 0, 5, 5], "score": 2},
    ],
)
def test_results_that_break_a_rule_are_refused(result) -> None:
    with pytest.raises(ContractViolation):
        from_coco([result], FRAME, LABELS, CATEGORIES)
