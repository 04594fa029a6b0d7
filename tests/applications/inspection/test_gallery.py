"""Objects are named by the nearest of the pictures that a person gives, or by none of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from networks import COLOURS, Networks
from siseon.applications.inspection import Inspection, InspectionOptions
from siseon.applications.inspection.gallery import Recognise, product_pictures
from siseon.contracts import Image, InputError
from siseon.media.encode import encode
from siseon.models import InputSpec, ModelManager, OutputSpec


def _picture(path: Path, colour: tuple[int, int, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(Image.from_array(np.full((40, 40, 3), colour, np.uint8)), "png"))


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    """A folder of one product and the file of another."""
    folder = tmp_path / "products"
    _picture(folder / "tomato soup" / "front.png", (250, 10, 10))
    _picture(folder / "tomato soup" / "back.png", (200, 0, 40))
    _picture(folder / "pea soup.png", (20, 240, 10))
    (folder / "notes.txt").write_text("not a picture")
    return folder


def _inspection(networks: Networks, folder: Path, **options: object) -> Inspection:
    """Its embedding network's vector is the mean colour."""
    networks.classifier(name="mean-colour")
    card = networks.cards[-1]
    networks.cards[-1] = card.model_copy(update={"task": "embed", "output": OutputSpec(decoder="embedding")})
    detector = networks.detector([(0, 0, 0.5, 1), (0.5, 0, 1, 1)])
    stated = {"detector": detector, "embedder": "mean-colour", "gallery": str(folder), **options}
    return Inspection(networks.manager(), InspectionOptions.model_validate(stated))


async def test_objects_are_named_by_the_nearest_product(networks, upload, gallery):
    scene = upload((0, 0, 100, 100, "red"), (100, 0, 200, 100, "green"))
    async with _inspection(networks, gallery) as pipeline:
        result = await pipeline(scene)
    assert [named.class_name for named in result.data.classifications] == ["tomato soup", "pea soup"]
    assert "mean-colour" in {model.name for model in result.models}


async def test_what_is_near_no_product_is_none_of_these(networks, upload, gallery):
    scene = upload((0, 0, 100, 100, "blue"), (100, 0, 200, 100, "green"))
    async with _inspection(networks, gallery) as pipeline:
        blue, green = (await pipeline(scene)).data.classifications
    assert (blue.class_id, blue.class_name) == (None, "none of these")
    assert green.class_name == "pea soup"


async def test_two_products_that_look_alike_are_uncertain(networks, upload, gallery):
    _picture(gallery / "chilli.png", (252, 9, 12))
    scene = upload((0, 0, 100, 100, "red"), (100, 0, 200, 100, "green"))
    async with _inspection(networks, gallery, top_k=2) as pipeline:
        red, _ = (await pipeline(scene)).data.classifications
    assert red.class_name == "uncertain"
    assert {label.class_name for label in red.top} == {"tomato soup", "chilli"}


def test_a_folder_and_a_file_name_both_are_products(gallery):
    found = [(name, path.name) for name, path in product_pictures(gallery)]
    assert found == [("pea soup", "pea soup.png"), ("tomato soup", "back.png"), ("tomato soup", "front.png")]


async def test_a_gallery_that_cannot_be_used_stops_the_start(networks, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "soup.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    for folder, why in (("absent", "no folder"), ("empty", "no pictures"), ("broken", r"soup\.png")):
        with pytest.raises(InputError, match=why):
            async with _inspection(networks, tmp_path / folder):
                pass


def test_the_features_are_what_the_classifiers_last_layer_is_given(model_path):
    manager = ModelManager(search_path=[model_path])
    features, classifier = manager["efficientnet-lite0-features"], manager["efficientnet-lite0"]
    pixels = np.random.default_rng(0).normal(0, 1, (2, 3, 224, 224)).astype(np.float32)
    with features.acquire(), classifier.acquire():
        (vectors,) = features.run({features.input_name: pixels}).values()
        (logits,) = classifier.run({classifier.input_name: pixels}).values()
    assert vectors.shape == (2, 1280)
    import onnx

    network = onnx.load(model_path / "efficientnet_lite0.onnx")
    layer = {c.name: onnx.numpy_helper.to_array(c) for c in network.graph.initializer}
    last = network.graph.node[-1]
    weight = layer[last.input[1]]
    bias = layer[last.input[2]] if len(last.input) > 2 else 0
    np.testing.assert_allclose(vectors @ weight.T + bias, logits, atol=1e-3)


def test_a_tensor_that_is_not_there_is_a_named_failure(networks: Networks):
    networks.classifier(name="mean-colour", labels=COLOURS)
    spec = OutputSpec(decoder="embedding", features="absent")
    networks.cards[-1] = networks.cards[-1].model_copy(update={"output": spec, "input": InputSpec()})
    from siseon.contracts import ModelError

    with pytest.raises(ModelError, match="no tensor 'absent'"):
        networks.model("mean-colour").load()


def test_before_the_start_no_product_is_known(networks: Networks, gallery):
    networks.classifier(name="mean-colour")
    assert Recognise(networks.model("mean-colour"), gallery).products == ()
