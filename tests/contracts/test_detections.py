"""What a detector says is checked where it enters."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from siseon.contracts import ContractViolation, Detections, Frame, Image, LabelMap, Mask

FRAME = Frame.root(640, 480)
LABELS = LabelMap(("cat", "dog"))
BOX = [[10, 20, 110, 220]]


def build(xyxy=BOX, scores=(0.5,), class_ids=(1,), **more) -> Detections:
    return Detections.from_model(xyxy, scores, class_ids, FRAME, LABELS, stage="detect", **more)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scores": [1.5]}, "scores[0]"),
        ({"scores": [-0.1]}, "scores[0]"),
        ({"scores": [np.nan]}, "scores[0]"),
        ({"class_ids": [2]}, "class_ids[0]"),
        ({"class_ids": [-1]}, "class_ids[0]"),
        ({"scores": [0.1, 0.2]}, "scores"),
        ({"class_ids": []}, "class_ids"),
        ({"xyxy": [[300, 200, 100, 80]]}, "boxes.xyxy[0]"),
        ({"box_format": "cxcywh"}, "boxes.format"),
    ],
)
def test_a_broken_rule_names_stage_and_field(change, field) -> None:
    with pytest.raises(ContractViolation) as broken:
        build(**change)
    assert broken.value.stage == "detect"
    assert field in broken.value.message


def test_scores_and_classes_follow_the_boxes_that_are_kept() -> None:
    found = build([[-50, 0, -10, 10], [0, 0, 10, 10]], [0.9, 0.4], [0, 1])
    assert found.scores.tolist() == pytest.approx([0.4])
    assert found.class_ids.tolist() == [1]


def test_nothing_found_is_a_valid_answer() -> None:
    found = build([], [], [])
    assert len(found) == 0
    assert found.crops(Image(np.zeros((480, 640, 3), np.uint8), FRAME)) == []


def test_crops_skip_tiny_boxes_and_keep_the_index_of_the_others() -> None:
    image = Image(np.zeros((480, 640, 3), np.uint8), FRAME)
    found = build([[0, 0, 3, 4], [10, 10, 60, 60], [600, 440, 640, 480]], [0.9, 0.8, 0.7], [0, 0, 1])
    crops = found.crops(image, min_side=32)
    assert [crop.index for crop in crops] == [1, 2]
    assert [(crop.image.width, crop.image.height) for crop in crops] == [(50, 50), (40, 40)]
    assert [crop.index for crop in found.crops(image, min_side=32, without={0})] == [2]


def test_crops_round_outward_and_map_back() -> None:
    image = Image(np.arange(480 * 640 * 3, dtype=np.uint32).astype(np.uint8).reshape(480, 640, 3), FRAME)
    (crop,) = build([[10.4, 20.6, 30.2, 40.9]]).crops(image)
    assert (crop.image.pixels == image.pixels[20:41, 10:31]).all()
    assert crop.image.frame.map_points(np.array([[0.0, 0.0]]), FRAME).tolist() == [[10.0, 20.0]]


def test_a_crop_lies_in_its_picture_until_it_is_asked_for_or_sent_elsewhere() -> None:
    image = Image(np.arange(480 * 640 * 3, dtype=np.uint32).astype(np.uint8).reshape(480, 640, 3), FRAME)
    (crop,) = build([[10, 20, 30, 40]]).crops(image)
    assert np.shares_memory(crop.pixels, image.pixels)
    assert not np.shares_memory(crop.image.pixels, image.pixels)
    assert crop.nbytes == 20 * 20 * 3
    sent = pickle.dumps(crop)
    assert len(sent) < 10 * crop.nbytes < image.nbytes
    assert (pickle.loads(sent).pixels == crop.pixels).all()
    assert pickle.loads(sent).index == crop.index


def test_masks_must_have_the_frames_size() -> None:
    other = Mask.encode(np.ones((5, 5), bool), Frame.root(5, 5))
    with pytest.raises(ContractViolation, match="size"):
        build(masks=(other,))


def test_selection_keeps_all_parts_together() -> None:
    masks = tuple(Mask.encode(np.full((480, 640), value), FRAME) for value in (False, True))
    found = build([[0, 0, 10, 10], [5, 5, 20, 20]], [0.9, 0.8], [0, 1], masks=masks)
    chosen = found[np.array([False, True])]
    assert chosen.class_ids.tolist() == [1]
    assert chosen.masks is not None
    assert chosen.masks[0].area == 480 * 640
