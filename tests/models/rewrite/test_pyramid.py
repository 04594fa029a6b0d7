"""Convolutions of a pixel over an enlarged map beside another are computed before it is enlarged, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from siseon.models.rewrite import rewritten

rng = np.random.default_rng(3)
INPUTS = {
    "x": rng.standard_normal((2, 3, 5, 7)).astype(np.float32),
    "z": rng.standard_normal((2, 3, 10, 14)).astype(np.float32),
}


def convolution(
    source: str, name: str, shape: tuple[int, ...], weights: list, **said: object
) -> onnx.NodeProto:
    for one, size in ((f"{name}.w", shape), (f"{name}.b", shape[:1])):
        weights.append(numpy_helper.from_array(rng.standard_normal(size).astype(np.float32), one))
    said = {"kernel_shape": shape[2:], "pads": [shape[2] // 2] * 4} | said
    return helper.make_node("Conv", [source, f"{name}.w", f"{name}.b"], [name], **said)


def neck(
    path: Path,
    *,
    scales=(1, 1, 2, 2),
    mode="nearest",
    swapped=False,
    axis=1,
    outputs=(3, 4),
    kernel=1,
    strides=(1, 1),
    also_read=None,
    known=True,
) -> Path:
    weights = [numpy_helper.from_array(np.array(scales, np.float32), "scales")]
    parts = ["up", "large"] if not swapped else ["large", "up"]
    nodes = [
        convolution("x", "a", (8, 3, 3, 3), weights),
        helper.make_node("Sigmoid", ["a"], ["s"]),
        helper.make_node("Mul", ["a", "s"], ["small"]),
        helper.make_node(
            "Resize", ["small", "", "scales"], ["up"], mode=mode, coordinate_transformation_mode="asymmetric"
        ),
        convolution("z", "large", (6, 3, 3, 3), weights)
        if known
        else helper.make_node("Concat", ["z", "z"], ["large"], axis=1),
        helper.make_node("Concat", parts, ["both"], axis=axis),
        *(
            convolution("both", f"y{number}", (count, 14, kernel, kernel), weights, strides=list(strides))
            for number, count in enumerate(outputs)
        ),
    ]
    ends = [f"y{number}" for number in range(len(outputs))]
    if also_read is not None:
        nodes.append(helper.make_node("Neg", [also_read], ["n"]))
        ends.append("n")
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 3, None, None]) for name in INPUTS],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * 4) for name in ends],
        weights,
    )
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(network.SerializeToString())
    return path


def answers(network: bytes) -> list[np.ndarray]:
    return ort.InferenceSession(network, providers=["CPUExecutionProvider"]).run(None, INPUTS)


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("outputs", [(3, 4), (8,)])
def test_the_answers_are_the_same_and_less_is_enlarged(tmp_path, swapped, outputs):
    path = neck(tmp_path / "n.onnx", swapped=swapped, outputs=outputs)
    network = rewritten(path)
    assert network is not None
    onnx.checker.check_model(network)
    operators = [node.op_type for node in onnx.load_from_string(network).graph.node]
    assert "Concat" not in operators
    assert operators.count("Resize") == len(outputs)
    for one, other in zip(answers(network), answers(path.read_bytes()), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"mode": "linear"},
        {"outputs": (5, 4)},  # more to enlarge than before
        {"kernel": 3},
        {"strides": (2, 2)},
        {"also_read": "both"},
        {"also_read": "up"},
        {"known": False},
    ],
)
def test_what_is_not_such_a_neck_stays_as_it_is(tmp_path, otherwise):
    assert rewritten(neck(tmp_path / "n.onnx", **otherwise)) is None
