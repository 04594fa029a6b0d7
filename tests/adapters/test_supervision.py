"""To supervision and back."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from siseon.adapters.supervision import from_supervision, to_supervision
from siseon.contracts import ContractViolation, Detections, Frame, LabelMap, Mask

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what its own dependencies deprecate is not ours to mend
    import supervision as sv

FRAME = Frame.root(64, 48)
LABELS = LabelMap(("cat", "dog"))


def test_boxes_scores_classes_names_and_masks_go_there_and_back() -> None:
    masks = tuple(Mask.encode(np.arange(48 * 64).reshape(48, 64) % n == 0, FRAME) for n in (2, 3))
    found = Detections.from_model(
        [[1, 2, 30, 40], [0, 0, 64, 48]], [0.5, 0.25], [1, 0], FRAME, LABELS, stage="t", masks=masks
    )
    there = to_supervision(found)
    assert isinstance(there, sv.Detections)
    assert there.data["class_name"].tolist() == ["dog", "cat"]
    back = from_supervision(there, FRAME, LABELS)
    assert (back.boxes.xyxy == found.boxes.xyxy).all()
    assert (back.scores == found.scores).all()
    assert (back.class_ids == found.class_ids).all()
    assert back.masks is not None
    assert all((a.pixels() == b.pixels()).all() for a, b in zip(back.masks, masks, strict=True))


def test_nothing_found_goes_there_and_back() -> None:
    there = to_supervision(Detections.empty(FRAME, LABELS))
    assert len(from_supervision(there, FRAME, LABELS)) == 0


def test_detections_without_classes_are_refused() -> None:
    with pytest.raises(ContractViolation, match="class_id"):
        from_supervision(sv.Detections(xyxy=np.array([[0, 0, 5, 5]], np.float32)), FRAME, LABELS)
