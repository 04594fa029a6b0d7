"""Labels in COCO's form are found beside the photos, and what is wrong with them is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest

from siseon.applications.inspection.quantize import Wanted, read_photos
from siseon.contracts import Image, InputError
from siseon.media.encode import encode


def nothing(step: str, done: int, total: int) -> None:
    """Hears of no progress."""


def labels(**change: object) -> dict[str, object]:
    return {
        "images": [{"id": number + 100, "file_name": f"{number}.png"} for number in range(30)],
        "annotations": [],
        "categories": [{"id": 7, "name": "red"}],
        **change,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """More photos than there are labels of, some of them in ``images``."""
    (tmp_path / "photos" / "images").mkdir(parents=True)
    picture = encode(Image.from_array(np.zeros((20, 30, 3), np.uint8)), "png")
    for number in range(40):
        (tmp_path / "photos" / ("images" if number % 2 else "") / f"{number}.png").write_bytes(picture)
    return tmp_path / "photos"


def read(networks, folder: Path, document: object, **wanted: object):
    (folder / "instances_mine.json").write_bytes(orjson.dumps(document))
    return read_photos(networks.model(networks.detector([])), Wanted(folder, **wanted), nothing)


def test_only_photos_with_labels_are_taken_wherever_they_lie(networks, folder):
    photos = read(networks, folder, labels())
    assert photos.labelled
    numbers = [photo.number for half in (photos.calibration, photos.held_out) for photo in half]
    assert sorted(numbers) == list(range(100, 130))
    assert (
        photos.calibration[0].image.frame.root_frame.width == 30
    )  # boxes go back to the photo as it lies there


def test_labels_of_other_photos_and_unusable_ones_are_named(networks, folder):
    outside = [{"id": 1, "file_name": "../../etc/passwd"}]
    with pytest.raises(InputError, match="is no photo here"):
        read(networks, folder, labels(images=outside))
    with pytest.raises(InputError, match="none of the 1 photos"):
        read(networks, folder, labels(images=[{"id": 1, "file_name": "other.png"}]))
    with pytest.raises(InputError, match="an entry of annotations without 'id'"):
        read(networks, folder, labels(annotations=[{"bbox": [1, 2, 3, 4]}]))
    (folder / "instances_more.json").write_bytes(b"{}")
    with pytest.raises(InputError, match="several files of labels"):
        read(networks, folder, labels())


def test_how_many_may_be_asked_for_is_bounded(networks, folder):
    for most in (19, 2001):
        with pytest.raises(InputError, match="at least 20 and at most 2000"):
            read(networks, folder, labels(), most=most)
