"""A float classifier becomes an int8 one that is used by the name of its card."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from siseon.applications.inspection import Classify, Detect, Inspection, InspectionOptions
from siseon.applications.inspection.quantize import quantize_classifier
from siseon.contracts import ContractViolation, Crop, DependencyMissing, Encoded, Image
from siseon.media.decode import decode
from siseon.models import ModelManager, load_card


@pytest.fixture(scope="module")
def crops(model_path, test_data) -> list[Image]:
    """What the classifier sees: the detections of some photos."""
    detect = Detect(ModelManager(search_path=[model_path])["yolox-nano"])
    detect.setup()
    found: list[Image] = []
    for path in sorted((test_data / "coco-dev" / "images").glob("*.jpg"))[:12]:
        photo = decode(path.read_bytes())
        found += [crop.image for crop in detect.process([photo])[0].crops(photo, min_side=32)]
    return found


@pytest.fixture(scope="module")
def quantised(model_path, crops, tmp_path_factory):
    """A search path on which the int8 model lies beside the float one, calibrated on every second crop."""
    folder = tmp_path_factory.mktemp("quantised")
    quantize_classifier(ModelManager(search_path=[model_path])["efficientnet-lite0"], crops[::2], folder)
    return [folder, model_path]


def test_the_card_says_where_the_weights_come_from_and_what_they_are(quantised, model_path):
    card = load_card(quantised[0] / "efficientnet-lite0-int8" / "card.toml")
    original = ModelManager(search_path=[model_path])["efficientnet-lite0"].card
    assert (card.input, card.output, card.labels) == (original.input, original.output, original.labels)
    assert original.files[0].sha256 in card.origin
    assert card.files[0].size < original.files[0].size / 3


def test_it_agrees_with_the_float_model_wherever_that_is_sure(quantised, crops):
    manager = ModelManager(search_path=quantised)
    labels = {}
    for name in ("efficientnet-lite0", "efficientnet-lite0-int8"):
        classify = Classify(manager[name])
        classify.setup()
        labels[name] = classify.process([Crop(index, image) for index, image in enumerate(crops[1::2])])
    pairs = list(zip(*labels.values(), strict=True))
    same = np.mean([a.class_id == b.class_id for a, b in pairs])
    sure = [a.class_id == b.class_id for a, b in pairs if a.score >= 0.5]
    assert same > 0.7
    assert len(sure) > 5
    assert np.mean(sure) > 0.9


async def test_an_inspection_takes_it_by_name(quantised, test_data):
    photo = test_data / "coco-dev" / "images" / "000000000802.jpg"
    pipeline = Inspection(
        ModelManager(search_path=quantised), InspectionOptions(classifier="efficientnet-lite0-int8")
    )
    async with pipeline:
        result = await pipeline(Encoded(photo.read_bytes(), photo.name))
    assert result.models[1].name == "efficientnet-lite0-int8"
    assert "refrigerator" in {named.class_name for named in result.data.classifications}


def test_a_classifier_and_images_are_needed(networks):
    picture = Image.from_array(np.zeros((16, 16, 3), np.uint8))
    with pytest.raises(ContractViolation, match="calibration image"):
        quantize_classifier(networks.model(networks.classifier()), [], networks.folder)
    with pytest.raises(ContractViolation, match="a classifier"):
        quantize_classifier(networks.model(networks.detector([])), [picture], networks.folder)


def test_without_onnx_the_command_that_gets_it_is_named(networks, monkeypatch):
    model = networks.model(networks.classifier())
    monkeypatch.setitem(sys.modules, "onnx", None)
    picture = Image.from_array(np.zeros((16, 16, 3), np.uint8))
    with pytest.raises(DependencyMissing) as caught:
        quantize_classifier(model, [picture], networks.folder)
    assert caught.value.hint == "run `pip install 'siseon[quantize]'`"
