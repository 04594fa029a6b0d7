"""The detector that is shipped, on pictures of another program than the one that it was trained with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from siseon.applications.gauges.generated import photo
from siseon.applications.gauges.instruments import MODEL, FindInstruments
from siseon.contracts import Detections, Image
from siseon.media import read_file
from siseon.media.decode import decode
from siseon.models import ModelManager

RIM = tuple(np.linspace(0, 350, 36).tolist())


@pytest.fixture(scope="module")
def stage() -> Iterator[FindInstruments]:
    stage = FindInstruments(ModelManager()[MODEL])
    stage.setup()
    yield stage
    stage.teardown()


def overlap(box: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    common = np.clip(np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2]), 0, None).prod()
    both = (box[2:] - box[:2]).prod() + (other[2:] - other[:2]).prod()
    return float(common / (both - common))


def names(found: Detections) -> list[str]:
    return [found.labels[kind] for kind in found.class_ids.tolist()]


def test_dials_of_unseen_families_are_found_where_they_are(stage: FindInstruments) -> None:
    photos = [photo(index, "evaluation") for index in range(100, 140)]
    found = stage.process([one.image for one in photos])
    right = 0
    for one, seen in zip(photos, found, strict=True):
        points = one.points(RIM, 1.03)
        box = np.concatenate([points.min(axis=0), points.max(axis=0)])
        right += names(seen) == ["analog"] and overlap(seen.boxes.xyxy[0], box) > 0.75
    assert right >= 0.9 * len(photos)


def test_a_picture_is_answered_the_same_alone_and_among_others(stage: FindInstruments) -> None:
    images = [photo(index, "evaluation").image for index in range(3)]
    together = stage.process(images)
    for image, seen in zip(images, together, strict=True):
        (alone,) = stage.process([image])
        assert names(alone) == names(seen)
        assert np.allclose(alone.boxes.xyxy, seen.boxes.xyxy, atol=0.01)
        assert seen.boxes.frame is image.frame


def test_a_mirrored_picture_shows_about_the_same_on_the_other_side(stage: FindInstruments) -> None:
    image = photo(2, "evaluation").image
    turned = Image.from_array(image.pixels[:, ::-1])
    (seen,), (other,) = stage.process([image]), stage.process([turned])
    assert names(seen) == names(other) == ["analog"]
    back = other.boxes.xyxy[0] * (-1, 1, -1, 1) + (image.width, 0, image.width, 0)
    assert overlap(seen.boxes.xyxy[0], back[[2, 1, 0, 3]]) > 0.85


def test_a_picture_of_any_shape_is_looked_at(stage: FindInstruments) -> None:
    for size in ((1, 1), (3, 4000), (2000, 2)):
        (seen,) = stage.process([Image.from_array(np.full((*size, 3), 90, np.uint8))])
        assert names(seen) == []


def test_walls_show_no_instrument(stage: FindInstruments) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    for pixels in (np.full((480, 640, 3), 128, np.uint8), noise):
        (seen,) = stage.process([Image.from_array(pixels)])
        assert names(seen) == []


def test_real_dials_are_found(stage: FindInstruments, test_data: Path) -> None:
    for path in sorted((test_data / "gauges-dev" / "analog").glob("*.jpg")):
        image = decode(read_file(path).data)
        (seen,) = stage.process([image])
        (dial,) = seen.boxes.xyxy[[name == "analog" for name in names(seen)]]
        x1, y1, x2, y2 = dial.tolist()
        assert x1 < image.width * 0.3
        assert y1 < image.height * 0.3
        assert x2 > image.width * 0.7
        assert y2 > image.height * 0.7


def test_photos_without_an_instrument_show_no_dial(stage: FindInstruments, test_data: Path) -> None:
    photos = sorted((test_data / "coco-dev" / "images").glob("*.jpg"))[::4]
    found = [names(stage.process([decode(read_file(path).data)])[0]).count("analog") for path in photos]
    assert sum(found) <= 1
