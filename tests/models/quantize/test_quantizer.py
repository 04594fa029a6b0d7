"""A network is folded, its layers are named, and any of them are written in int8."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from siseon.contracts import InputError, ModelError
from siseon.models.quantize.quantizer import Quantizer
from siseon.models.runtime import OnnxSession


def network(
    path: Path, *, opset: int = 17, ir: int = 9, named: bool = True, weights_as_inputs: bool = False
) -> Path:
    """Two convolutions with a Relu after each."""
    rng = np.random.default_rng(0)
    weights = {
        "w1": rng.normal(size=(8, 3, 3, 3)).astype(np.float32),
        "w2": rng.normal(size=(4, 8, 3, 3)).astype(np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["x", "w1"], ["a"], name="first" if named else ""),
        helper.make_node("Relu", ["a"], ["b"], name="relu-1" if named else ""),
        helper.make_node("Conv", ["b", "w2"], ["c"], name="second" if named else ""),
        helper.make_node("Relu", ["c"], ["y"], name="relu-2" if named else ""),
    ]
    ports = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 16, 16])]
    if weights_as_inputs:
        ports += [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
            for name, array in weights.items()
        ]
    graph = helper.make_graph(
        nodes,
        "two",
        ports,
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 4, 12, 12])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir), path)
    return path


def pictures(count: int = 4) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.normal(size=(1, 3, 16, 16)).astype(np.float32) for _ in range(count)]


def kinds(path: Path) -> Counter[str]:
    return Counter(node.op_type for node in onnx.load(path).graph.node)


@pytest.mark.parametrize(
    "how", [{}, {"opset": 11, "ir": 4}, {"named": False}, {"opset": 11, "ir": 3, "weights_as_inputs": True}]
)
def test_old_and_nameless_networks_are_quantised_too_and_answer_about_the_same(tmp_path, how):
    source = network(tmp_path / "two.onnx", **how)
    quantizer = Quantizer(source, "x", tmp_path)
    assert len(quantizer.layers) == 2
    quantizer.calibrate(iter(pictures()))
    quantizer.write(tmp_path / "int8.onnx", [0, 1])
    exact, other = OnnxSession(source), OnnxSession(tmp_path / "int8.onnx")
    for x in pictures():
        weights = {port.name: None for port in exact.inputs[1:]}
        wanted = other.run({"x": x})["y"] if weights else exact.run({"x": x})["y"]
        got = other.run({"x": x})["y"]
        assert np.abs(got - wanted).mean() < 0.05 * wanted.std()


def test_only_the_layers_that_are_named_become_int8(tmp_path):
    quantizer = Quantizer(network(tmp_path / "two.onnx"), "x", tmp_path)
    assert [layer.name for layer in quantizer.layers] == ["first", "second"]
    quantizer.calibrate(iter(pictures()))
    quantizer.write(tmp_path / "second.onnx", [1])
    graph = onnx.load(tmp_path / "second.onnx").graph
    inputs = {node.name: node.input[1] for node in graph.node if node.op_type == "Conv"}
    assert inputs["first"] == "w1"
    assert inputs["second"] != "w2"


def test_what_is_quantised_already_is_refused(tmp_path):
    quantizer = Quantizer(network(tmp_path / "two.onnx"), "x", tmp_path)
    quantizer.calibrate(iter(pictures()))
    quantizer.write(tmp_path / "int8.onnx", [0, 1])
    (tmp_path / "again").mkdir()
    with pytest.raises(InputError, match="quantised already"):
        Quantizer(tmp_path / "int8.onnx", "x", tmp_path / "again")


def test_what_has_no_layer_and_what_is_no_network_is_refused(tmp_path, networks):
    (tmp_path / "scratch").mkdir()
    networks.classifier()
    with pytest.raises(InputError, match="no layer that int8 makes faster"):
        Quantizer(networks.folder / "main-colour.onnx", "pixels", tmp_path / "scratch")
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(b"\xff" * 100)
    with pytest.raises(ModelError):
        Quantizer(damaged, "x", tmp_path / "scratch")
