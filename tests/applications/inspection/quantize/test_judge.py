"""Without labels every object weighs the same, and one of another class is a miss."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.inspection.evaluate import coco_summary, pycocotools
from siseon.applications.inspection.quantize.judge import pooled

BOX = [10.0, 10.0, 20.0, 20.0]


def ap50(objects: list[tuple[int, int]], found: list[tuple[int, int]]) -> float:
    """Objects and finds by photo and class, all at the same place."""
    truth = {
        "categories": [{"id": 1}, {"id": 2}],
        "annotations": [
            {
                "id": number + 1,
                "image_id": photo,
                "category_id": kind,
                "bbox": BOX,
                "area": 400.0,
                "iscrowd": 0,
            }
            for number, (photo, kind) in enumerate(objects)
        ],
    }
    rows = np.array([[photo, *BOX, 0.9, kind] for photo, kind in found])
    return coco_summary(*pooled(truth, rows), pycocotools()[0])["AP50"]


def test_a_class_that_is_seen_once_weighs_as_one_object() -> None:
    objects = [*((photo, 1) for photo in range(19)), (19, 2)]
    assert ap50(objects, objects) == pytest.approx(1.0)
    assert ap50(objects, objects[:-1]) == pytest.approx(0.95, abs=0.01)


def test_an_object_of_another_class_is_a_miss() -> None:
    assert ap50([(0, 1)], [(0, 2)]) == pytest.approx(0.0)
