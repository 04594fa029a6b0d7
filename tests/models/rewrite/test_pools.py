"""Larger maxima of one tensor are taken from smaller ones, where that gives the same; nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

from siseon.models.rewrite import rewritten
from siseon.models.wire_format import bytes_field, number_field

PICTURE = np.random.default_rng(3).standard_normal((2, 3, 11, 14)).astype(np.float32)


def pools(path: Path, *ones: dict[str, object]) -> Path:
    """A pool each, side by side, all of the picture."""
    nodes = [helper.make_node("MaxPool", ["x"], [f"y{number}"], **one) for number, one in enumerate(ones)]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info(node.output[0], TensorProto.FLOAT, list("abcd")) for node in nodes],
    )
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(network.SerializeToString())
    return path


def square(side: int, **more: object) -> dict[str, object]:
    return {"kernel_shape": [side, side], "pads": [side // 2] * 4} | more


def answers(network: bytes) -> list[np.ndarray]:
    return ort.InferenceSession(network, providers=["CPUExecutionProvider"]).run(None, {"x": PICTURE})


@pytest.mark.parametrize("sides", [(5, 9, 13), (3, 5), (3, 13), (5, 5, 9)])
def test_each_is_taken_from_the_one_before_to_the_last_bit(tmp_path, sides):
    path = pools(tmp_path / "p.onnx", *(square(side) for side in sides))
    network = rewritten(path)
    assert network is not None
    onnx.checker.check_model(network)
    kernels = [node.attribute[0].ints[0] for node in onnx.load_from_string(network).graph.node]
    assert sum(kernels) < sum(sides)
    for one, other in zip(answers(network), answers(path.read_bytes()), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "other",
    [
        square(9, strides=[2, 2]),
        square(9, dilations=[2, 2]) | {"pads": [8] * 4},
        square(9) | {"pads": [3] * 4},
        square(8) | {"pads": [4] * 4},
        {"kernel_shape": [9, 9], "auto_pad": "SAME_UPPER"},
        {"kernel_shape": [9, 5], "pads": [4, 2, 4, 2]},
        square(9, ceil_mode=1),
    ],
)
def test_what_is_not_such_a_pair_stays_as_it_is(tmp_path, other):
    assert rewritten(pools(tmp_path / "p.onnx", square(5), other)) is None


def test_numbers_in_a_form_that_exports_do_not_write_are_not_taken_for_absent(tmp_path):
    path = pools(tmp_path / "p.onnx", square(5), square(9))
    network = onnx.load(path)
    packed = b"".join(
        [
            bytes_field(1, b"strides"),
            number_field(20, onnx.AttributeProto.INTS),
            bytes_field(8, bytes([2, 2])),
        ]
    )
    last = network.graph.node.pop().SerializeToString() + bytes_field(5, packed)
    graph = network.graph.SerializeToString() + bytes_field(1, last)
    network.ClearField("graph")
    path.write_bytes(network.SerializeToString() + bytes_field(7, graph))
    assert answers(path.read_bytes())[1].shape == (2, 3, 6, 7)
    assert rewritten(path) is None
