"""Sides that nothing in a network hangs on are opened, where a card says that it takes others, to the same answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from siseon.models import ModelManager
from siseon.models.rewrite import rewritten
from siseon.models.rewrite.sides import with_open_sides

RNG = np.random.default_rng(5)
WEIGHTS = {
    "w": RNG.standard_normal((8, 3, 3, 3)).astype(np.float32),
    "twice": np.array([1, 1, 2, 2], np.float32),
    "rows": np.array([0, 8, -1], np.int64),
    "fixed": np.array([0, 8, 24 * 24], np.int64),
    "grid": RNG.standard_normal((1, 8, 24, 24)).astype(np.float32),
    "large": np.array([1, 8, 24, 24], np.int64),
}
WIDE = helper.make_node("Resize", ["c", "", "twice"], ["r"], mode="nearest", nearest_mode="floor")
TO_ROWS = helper.make_node("Reshape", ["r", "rows"], ["y"])


def network(path: Path, *nodes: onnx.NodeProto) -> Path:
    """A convolution of twelve by twelve, and what follows it."""
    first = helper.make_node("Conv", ["x", "w"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    graph = helper.make_graph(
        [first, *nodes],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 12, 12])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 8, 24 * 24])],
        [numpy_helper.from_array(value, name) for name, value in WEIGHTS.items()],
        value_info=[helper.make_tensor_value_info("c", TensorProto.FLOAT, ["n", 8, 12, 12])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(made.SerializeToString())
    return path


def answer(made: bytes, picture: np.ndarray) -> np.ndarray:
    return ort.InferenceSession(made, providers=["CPUExecutionProvider"]).run(None, {"x": picture})[0]


def test_a_network_takes_other_sides_and_answers_the_same_at_its_own(tmp_path) -> None:
    path = network(tmp_path / "n.onnx", WIDE, TO_ROWS)
    made = rewritten(path, (with_open_sides,))
    assert made is not None
    onnx.checker.check_model(made)
    picture = RNG.standard_normal((2, 3, 12, 12)).astype(np.float32)

    np.testing.assert_array_equal(answer(made, picture), answer(path.read_bytes(), picture))
    assert answer(made, picture[:, :, :8]).shape == (2, 8, 16 * 24)


@pytest.mark.parametrize(
    "nodes",
    [
        [WIDE, helper.make_node("Reshape", ["r", "fixed"], ["y"])],
        [WIDE, helper.make_node("Add", ["r", "grid"], ["r2"]), helper.make_node("Reshape", ["r2", "rows"], ["y"])],
        [helper.make_node("Resize", ["c", "", "", "large"], ["r"], mode="nearest"), TO_ROWS],
        [WIDE, helper.make_node("Softmax", ["r"], ["s"]), helper.make_node("Reshape", ["s", "rows"], ["y"])],
    ],
    ids=["reshaped", "a grid", "to a size", "over an axis"],
)  # fmt: skip
def test_one_of_which_something_hangs_on_the_sides_stays_as_it_is(tmp_path, nodes) -> None:
    assert rewritten(network(tmp_path / "n.onnx", *nodes), (with_open_sides,)) is None


def test_yolox_takes_a_picture_without_its_padding(model_path) -> None:
    model = ModelManager(search_path=[model_path])["yolox-nano"]
    with model.acquire():
        shapes = [
            model.run({model.input_name: np.zeros((1, 3, tall, 416), np.float32)}, items=1)["output"].shape
            for tall in (416, 256)
        ]

    assert shapes == [(1, 3_549, 85), (1, 2_184, 85)]
