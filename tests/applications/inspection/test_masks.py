"""Every family of masks: one object whose shape is known, through the network's input and back to the photo."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pycocotools import mask as coco

from networks import Networks
from siseon.applications.inspection import Inspection, InspectionOptions, InspectionResult
from siseon.applications.inspection.show import draw
from siseon.contracts import Encoded, Image
from siseon.media.decode import decode
from siseon.models import InputSpec, OutputSpec

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # pycocotools' own

BOX = (16, 24, 48, 40)
"""Corners in the network's input of 64 × 64, into which the photo of 200 × 100 is letterboxed (rows 16 to 48)."""

IN_PHOTO = (50, 25, 150, 75)
LEFT_HALF = np.zeros((100, 200), bool)
LEFT_HALF[25:75, 50:100] = True
"""The object: the left half of its box."""


def _prototypes(networks: Networks) -> str:
    """YOLOv8-seg: one prototype is the left half of the input, the other all of it."""
    output = np.zeros((1, 4 + 3 + 2, 84), np.float32)
    output[0, :, 7] = [32, 32, 32, 16, 0, 0, 0.9, 1.0, 0.0]
    prototypes = np.ones((1, 2, 16, 16), np.float32)
    prototypes[0, 0, :, 8:] = -1
    return networks.fixed({"output0": output, "output1": prototypes}, OutputSpec(decoder="yolov8"))


def _queries(networks: Networks) -> str:
    """RF-DETR-Seg: a map of logits over the whole input for each query, and a class that is background."""
    logits = np.full((1, 3, 4), -9, np.float32)
    logits[0, 2, 3] = np.log(0.9 / 0.1)
    boxes = np.full((1, 3, 4), 0.5, np.float32)
    boxes[0, 2] = [0.5, 0.5, 0.5, 0.25]
    masks = np.full((1, 3, 16, 16), -5, np.float32)
    masks[0, 2, :, :8] = 5
    names = {"scores": ("labels",), "boxes": ("dets",), "masks": ("masks",)}
    return networks.fixed(
        {"dets": boxes, "labels": logits, "masks": masks}, OutputSpec(decoder="detr", first_class=1, **names)
    )


def _boxed(networks: Networks) -> str:
    """Mask R-CNN of the ONNX Model Zoo: 28 × 28 probabilities within the box, no batch axis."""
    inside = np.zeros((2, 1, 28, 28), np.float32)
    inside[1, 0, :, :14] = 1.0
    return _two_stage(
        networks,
        inside,
        InputSpec(width=64, height=64, resize="letterbox", pad="mean", layout="CHW", dynamic_batch=False),
    )


def _pasted(networks: Networks) -> str:
    """Mask R-CNN of torchvision: probabilities pasted into the whole input."""
    pasted = np.zeros((2, 1, 64, 64), np.float32)
    pasted[1, 0, :, :32] = 1.0
    return _two_stage(networks, pasted, None)


def _two_stage(networks: Networks, masks: np.ndarray, spec: InputSpec | None) -> str:
    answers = {
        "boxes": np.array([[0, 0, 64, 64], BOX], np.float32),
        "labels": np.array([0, 3]),
        "scores": np.array([0.99, 0.9], np.float32),
        "masks": masks,
    }
    return networks.fixed(answers, OutputSpec(decoder="maskrcnn", first_class=1), input_spec=spec)


FAMILIES = pytest.mark.parametrize("family", [_prototypes, _queries, _boxed, _pasted])


async def _inspect(
    networks: Networks, family: Callable[[Networks], str], item: Encoded | Image
) -> InspectionResult:
    options = InspectionOptions(detector=family(networks), classifier=networks.classifier())
    async with Inspection(networks.manager(), options) as pipeline:
        return (await pipeline(item)).data


@FAMILIES
async def test_the_mask_of_a_known_object_comes_back_in_the_photos_pixels(networks, upload, family):
    result = await _inspect(networks, family, upload((50, 25, 150, 75, "red")))
    (found,) = result.detections
    assert found.class_name == "blue"
    assert found.box == pytest.approx(IN_PHOTO)
    wire = found.mask.model_dump()
    differs = coco.decode({"size": list(wire["size"]), "counts": wire["counts"]}) != LEFT_HALF
    differs[np.ix_([25, 74], [50, 99])] = (
        False  # zeros around a boxed map round off the corners of the object
    )
    assert not differs.any()


@FAMILIES
async def test_the_mask_is_drawn_where_the_object_is(networks, upload, family):
    photo = upload()
    drawn = draw(decode(photo.data), await _inspect(networks, family, photo)).pixels
    assert drawn[30:70, 60:95].any(axis=2).all()
    assert not drawn[35:65, 110:140].any()


@FAMILIES
async def test_decoding_masks_is_a_part_of_its_own(networks, upload, family):
    options = InspectionOptions(detector=family(networks), classifier=networks.classifier())
    async with Inspection(networks.manager(), options) as pipeline:
        timings = (await pipeline(upload())).timings
    (detect,) = [timing for timing in timings if timing.stage == "detect"]
    assert list(detect.parts_ms) == ["preprocess", "infer", "postprocess", "masks"]


async def test_a_crop_of_a_photo_answers_in_the_photos_pixels(networks):
    photo = Image.from_array(np.zeros((200, 400, 3), np.uint8))
    result = await _inspect(networks, _prototypes, photo.crop(100, 50, 300, 150))
    pixels = coco.decode(result.detections[0].mask.model_dump())
    assert (pixels[50:150, 100:300] == LEFT_HALF).all()
    assert pixels.sum() == LEFT_HALF.sum()


async def test_a_network_without_objects_answers_nothing(networks, upload):
    answers = {
        "boxes": np.zeros((0, 4), np.float32),
        "labels": np.zeros(0, np.int64),
        "scores": np.zeros(0, np.float32),
        "masks": np.zeros((0, 1, 28, 28), np.float32),
    }
    result = await _inspect(
        networks, lambda n: n.fixed(answers, OutputSpec(decoder="maskrcnn", first_class=1)), upload()
    )
    assert result.detections == ()
