"""The real networks, changed, answer as their files do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from siseon.media.decode import decode
from siseon.models import ModelManager
from siseon.models.find import locate
from siseon.models.preprocess import prepare
from siseon.models.rewrite import rewritten


def pixels(card: str, photos: Path) -> np.ndarray:
    files = sorted(photos.rglob("coco-dev/images/*.jpg"))[:2]
    return prepare([decode(file.read_bytes()) for file in files], ModelManager().cards[card].input)[0]


def answer(network: bytes | str, batch: np.ndarray) -> np.ndarray:
    session = ort.InferenceSession(network, providers=["CPUExecutionProvider"])
    (wanted,) = session.get_inputs()
    return session.run(None, {wanted.name: batch[:1] if wanted.shape[0] == 1 else batch})[0]


@pytest.mark.parametrize(
    ("card", "file"),
    [
        ("yolox-nano", "yolox_nano.onnx"),
        ("efficientnet-lite0", "efficientnet_lite0.onnx"),
        ("ultraface-rfb-320", "ultraface_RFB_320.onnx"),
    ],
)
def test_answers_on_photos_are_the_same(model_path, test_data, card, file):
    path = model_path / file
    network, batch = rewritten(path), pixels(card, test_data)
    assert network is not None
    np.testing.assert_allclose(answer(network, batch), answer(str(path), batch), rtol=2e-4, atol=2e-4)


def test_the_text_detector_answers_the_same_on_a_picture(test_data):
    models = ModelManager()
    card = models.cards["ppocr-v6-det"]
    (file,) = locate(card, models.search_path, models.cache_dir)
    network = rewritten(file.path)
    assert network is not None
    assert not [node for node in onnx.load_from_string(network).graph.node if node.op_type == "ConvTranspose"]
    picture = decode((test_data / "text-dev" / "paper_en.jpg").read_bytes())
    batch = prepare([picture], card.input, (352, 288))[0]
    np.testing.assert_allclose(answer(network, batch), answer(str(file.path), batch), rtol=0, atol=1e-4)


def test_yolox_has_none_of_what_is_changed(model_path):
    network = rewritten(model_path / "yolox_nano.onnx")
    assert network is not None
    nodes = onnx.load_from_string(network).graph.node
    kinds = Counter(node.op_type for node in nodes)
    assert kinds["Slice"] == 0
    pools = [node for node in nodes if node.op_type == "MaxPool"]
    assert {tuple(one.ints) for node in pools for one in node.attribute if one.name == "kernel_shape"} == {
        (5, 5)
    }
    concatenated = {name for node in nodes if node.op_type == "Concat" for name in node.input}
    assert not [node for node in nodes if node.op_type == "Resize" and node.output[0] in concatenated]


def test_a_file_whose_nodes_go_in_circles_is_left_alone(tmp_path):
    """Before the runtime refuses it, nothing may follow them for ever."""
    weights = [
        numpy_helper.from_array(np.ones((16, 16, 1, 1), np.float32), "w"),
        numpy_helper.from_array(np.ones(16, np.float32), "b"),
    ]
    many = [f"m{number}" for number in range(90)]
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["one"]),
        helper.make_node("Relu", ["one"], ["two"]),
        helper.make_node("Relu", ["two"], ["one"]),
        *(helper.make_node("Add", many, [name]) for name in many),
        helper.make_node("Concat", many[:2], ["both"], axis=1),
        helper.make_node("Conv", ["both", "w", "b"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)], [], weights
    )
    path = tmp_path / "circle.onnx"
    path.write_bytes(helper.make_model(graph, ir_version=9).SerializeToString())
    assert rewritten(path) is None
