"""Memory that runs use again, row E17, on a CPU; no GPU was there to try the other half."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from siseon.contracts import ContractViolation, SiseonError
from siseon.models.buffers import Buffers
from siseon.models.runtime import OnnxSession


def saved(
    path: Path, nodes: list[onnx.NodeProto], outputs: dict[str, tuple[int, list[str | int]]]
) -> OnnxSession:
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in outputs.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return OnnxSession(path)


@pytest.fixture
def relu(tmp_path: Path) -> OnnxSession:
    return saved(
        tmp_path / "relu.onnx", [helper.make_node("Relu", ["x"], ["y"])], {"y": (TensorProto.FLOAT, ["n", 3])}
    )


def test_the_answers_of_two_runs_lie_in_the_same_array_and_are_right(relu):
    buffers = Buffers()
    first = relu.run({"x": np.full((2, 3), 5, np.float32)}, buffers)["y"]
    assert (first == 5).all()
    second = relu.run({"x": np.full((2, 3), -1, np.float32)}, buffers)["y"]
    assert second is first
    assert (first == 0).all()
    assert (buffers.made, buffers.reused) == (1, 1)


def test_another_size_has_another_array_and_strided_inputs_are_read_right(relu):
    buffers = Buffers()
    for rows in (1, 4, 2):
        x = np.arange(rows * 6, dtype=np.float32).reshape(rows, 6)[:, ::2]
        answer = relu.run({"x": x}, buffers)["y"]
        assert np.array_equal(answer, x)
    assert buffers.made == 3


def test_a_shape_that_is_not_as_promised_is_found_out_and_answered_all_the_same(tmp_path):
    """The exporter calls the number of what is not zero by the name of the batch."""
    nodes = [helper.make_node("NonZero", ["x"], ["found"]), helper.make_node("Relu", ["x"], ["y"])]
    network = saved(
        tmp_path / "liar.onnx",
        nodes,
        {"found": (TensorProto.INT64, [2, "n"]), "y": (TensorProto.FLOAT, ["n", 3])},
    )
    buffers = Buffers()
    for x in ([[1, 0, 0]], [[1, 1, 0]], [[1, 1, 1], [0, 0, 1]]):
        feeds = {"x": np.array(x, np.float32)}
        bound, plain = network.run(feeds, buffers), network.run(feeds)
        assert all(np.array_equal(bound[name], plain[name]) for name in plain)


def test_an_empty_batch_and_a_wrong_one_are_what_they_are_without_buffers(relu):
    buffers = Buffers()
    assert relu.run({"x": np.empty((0, 3), np.float32)}, buffers)["y"].shape == (0, 3)
    with pytest.raises(ContractViolation):
        relu.run({"x": np.zeros((2, 4), np.float32)}, buffers)
    with pytest.raises(SiseonError):
        relu.run({"x": np.zeros((2, 3), np.float64)}, buffers)
    assert (relu.run({"x": np.ones((1, 3), np.float32)}, buffers)["y"] == 1).all()


def test_buffers_of_one_network_do_for_another(relu, tmp_path):
    buffers = Buffers()
    other = saved(
        tmp_path / "neg.onnx", [helper.make_node("Neg", ["x"], ["y"])], {"y": (TensorProto.FLOAT, ["n", 3])}
    )
    x = np.ones((1, 3), np.float32)
    for _ in range(2):
        assert (relu.run({"x": x}, buffers)["y"] == 1).all()
        assert (other.run({"x": x}, buffers)["y"] == -1).all()
