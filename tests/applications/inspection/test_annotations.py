"""Annotations that cannot be used are refused by name."""

from __future__ import annotations

import json
import os

import pytest

from siseon.applications.inspection.annotations import MOST_BYTES, read_coco
from siseon.contracts import InputError


def test_what_has_no_end_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(InputError, match="it is not a file"):
        read_coco(tmp_path / "pipe.json")
    with (tmp_path / "large.json").open("wb") as large:
        large.truncate(MOST_BYTES + 1)
    with pytest.raises(InputError, match="at most 512 are read"):
        read_coco(tmp_path / "large.json")


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("annotations", "bbox", [1, 2]),
        ("annotations", "bbox", ["1"] * 4),
        ("annotations", "area", "large"),
        ("annotations", "category_id", [1]),
        ("annotations", "image_id", 1 << 60),
        ("images", "file_name", 5),
        ("images", "id", 1),
        ("categories", "name", []),
        ("categories", "id", "one"),
    ],
)
def test_labels_of_a_wrong_kind_are_told(tmp_path, part, key, value):
    labels = {
        "images": [{"id": number, "file_name": f"{number}.png"} for number in range(2)],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 9, 9], "area": 81, "iscrowd": 0}
        ],
        "categories": [{"id": 1, "name": "person"}],
    }
    for entry in labels[part]:
        entry[key] = value
    coco = tmp_path / "labels.json"
    coco.write_text(json.dumps(labels))
    with pytest.raises(InputError, match="labels"):
        read_coco(coco)


@pytest.mark.parametrize(
    ("part", "second", "told"),
    [
        ("images", {"id": 1, "file_name": "b.png"}, "the labels have a photo of the id 1 twice"),
        ("images", {"id": 2, "file_name": "./a.png"}, "the labels name the photo a.png twice"),
        ("categories", {"id": 1, "name": "dog"}, "the labels have a category of the id 1 twice"),
        ("categories", {"id": 2, "name": "person"}, "the labels name the category person twice"),
    ],
)
def test_what_stands_twice_is_told(tmp_path, part, second, told):
    labels = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": [],
        "categories": [{"id": 1, "name": "person"}],
    }
    coco = tmp_path / "labels.json"
    coco.write_text(json.dumps(labels))
    read_coco(coco)
    labels[part].append(second)
    coco.write_text(json.dumps(labels))
    with pytest.raises(InputError) as refused:
        read_coco(coco)
    assert refused.value.message == told
