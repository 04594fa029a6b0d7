"""Weights that are inputs too are none any more; all else stays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from siseon.models.rewrite import rewritten

PICTURE = np.random.default_rng(3).standard_normal((1, 2, 6, 6)).astype(np.float32)


def normalised(path: Path, *, weights_are_inputs: bool) -> Path:
    """A convolution whose answers are normalised."""
    rng = np.random.default_rng(4)
    shapes = {"w": (4, 2, 3, 3), "scale": (4,), "bias": (4,), "mean": (4,), "var": (4,)}
    weights = [
        numpy_helper.from_array(rng.uniform(0.5, 2, shape).astype(np.float32), name)
        for name, shape in shapes.items()
    ]
    inputs = {"x": PICTURE.shape} | (shapes if weights_are_inputs else {})
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["x", "w"], ["c"]),
            helper.make_node("BatchNormalization", ["c", "scale", "bias", "mean", "var"], ["y"]),
        ],
        "g",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, list("abcd"))],
        weights,
    )
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 9)], ir_version=4)
    path.write_bytes(network.SerializeToString())
    return path


def answer(network: bytes) -> np.ndarray:
    (found,) = ort.InferenceSession(network, providers=["CPUExecutionProvider"]).run(None, {"x": PICTURE})
    return found


def test_what_has_to_be_given_is_an_input_and_nothing_else(tmp_path):
    path = normalised(tmp_path / "n.onnx", weights_are_inputs=True)
    network = rewritten(path)
    assert network is not None
    onnx.checker.check_model(network)
    assert [one.name for one in onnx.load_from_string(network).graph.input] == ["x"]
    np.testing.assert_allclose(answer(network), answer(path.read_bytes()), rtol=1e-5, atol=1e-5)


def test_a_network_whose_weights_are_fixed_stays_as_it_is(tmp_path):
    assert rewritten(normalised(tmp_path / "n.onnx", weights_are_inputs=False)) is None
