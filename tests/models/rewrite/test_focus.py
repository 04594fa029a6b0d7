"""YOLOX's first layer becomes one convolution that computes the same, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from siseon.models.rewrite import rewritten
from siseon.models.rewrite.focus import without_focus
from siseon.models.runtime import OnnxSession

YOLOX = [(0, 0), (1, 0), (0, 1), (1, 1)]
"""First row and column of each slice, as the networks have them."""
PICTURE = np.random.default_rng(3).random((2, 3, 12, 16), np.float32)


def focus(
    path: Path, order=YOLOX, *, ends=(1 << 63) - 1, strides=(1, 1), also_read=None, axis=1, constants=False
) -> Path:
    rng = np.random.default_rng(7)
    weights = [
        numpy_helper.from_array(rng.standard_normal((5, 12, 3, 3)).astype(np.float32), "w"),
        numpy_helper.from_array(rng.standard_normal(5).astype(np.float32), "b"),
    ]
    numbers = [
        numpy_helper.from_array(np.array([value], np.int64), name)
        for name, value in {"0": 0, "1": 1, "2": 2, "3": 3, "end": ends}.items()
    ]
    nodes, parts = [], []
    if constants:
        nodes += [helper.make_node("Constant", [], [number.name], value=number) for number in numbers]
    for row, column in order:
        rows, both = f"rows{row}{column}", f"both{row}{column}"
        nodes += [
            helper.make_node("Slice", ["x", str(row), "end", "2", "2"], [rows]),
            helper.make_node("Slice", [rows, str(column), "end", "3", "2"], [both]),
        ]
        parts.append(both)
    nodes += [
        helper.make_node("Concat", parts, ["c"], axis=axis),
        helper.make_node(
            "Conv", ["c", "w", "b"], ["d"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=list(strides)
        ),
        helper.make_node("Relu", ["d"], ["y"]),
    ]
    outputs = ["y"]
    if also_read is not None:
        nodes.append(helper.make_node("Neg", [also_read], ["z"]))
        outputs.append("z")
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ("n", 3, "h", "w"))],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, list("abcd")) for name in outputs],
        weights if constants else weights + numbers,
    )
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(network.SerializeToString())
    return path


def changed(path: Path) -> bytes | None:
    return rewritten(path, (without_focus,))


def answer(network: Path | bytes) -> np.ndarray:
    session = ort.InferenceSession(
        network if isinstance(network, bytes) else str(network), providers=["CPUExecutionProvider"]
    )
    return session.run(["y"], {"x": PICTURE})[0]


@pytest.mark.parametrize("constants", [False, True])
@pytest.mark.parametrize("order", [YOLOX, YOLOX[::-1], [YOLOX[2], YOLOX[0], YOLOX[3], YOLOX[1]]])
def test_the_answers_are_the_same_and_no_slice_is_left(tmp_path, order, constants):
    path = focus(tmp_path / "f.onnx", order, constants=constants)
    network = changed(path)
    assert network is not None
    onnx.checker.check_model(network)
    operators = {node.op_type for node in onnx.load_from_string(network).graph.node}
    assert operators - {"Constant"} == {"Conv", "Relu"}
    np.testing.assert_allclose(answer(network), answer(path), rtol=1e-4, atol=1e-4)


def test_a_session_runs_it_so(tmp_path):
    path = focus(tmp_path / "f.onnx")
    np.testing.assert_allclose(OnnxSession(path).run({"x": PICTURE})["y"], answer(path), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"ends": 10},
        {"strides": (2, 2)},
        {"also_read": "c"},
        {"also_read": "both10"},
        {"also_read": "rows11"},
        {"order": [(0, 0), (1, 0), (0, 1)]},
        {"axis": 2},
    ],
)
def test_what_is_not_quite_that_layer_stays_as_it_is(tmp_path, otherwise):
    assert changed(focus(tmp_path / "f.onnx", **otherwise)) is None


def changed_by(path: Path, change) -> bytes | None:
    network = onnx.load(focus(path))
    change(network)
    path.write_bytes(network.SerializeToString())
    return changed(path)


def the(network: onnx.ModelProto, operator: str) -> onnx.NodeProto:
    return next(node for node in network.graph.node if node.op_type == operator)


def read_inside(network: onnx.ModelProto) -> None:
    """A graph inside the graph reads what would be gone."""
    branches = [
        helper.make_graph(
            [helper.make_node("ReduceSum", ["both10"], [name], keepdims=0)],
            name,
            [],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, [])],
        )
        for name in ("then", "other")
    ]
    network.graph.initializer.append(numpy_helper.from_array(np.array(True), "condition"))
    network.graph.node.append(
        helper.make_node("If", ["condition"], ["z"], then_branch=branches[0], else_branch=branches[1])
    )
    network.graph.output.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, []))


def mean_something_else(network: onnx.ModelProto) -> None:
    """A function of the file has the name of the operator."""
    body = [helper.make_node("Identity", ["a"], ["o"])]
    network.functions.append(
        helper.make_function("own", "Slice", list("asext"), ["o"], body, [helper.make_opsetid("", 17)])
    )
    for node in network.graph.node:
        node.domain = "own" if node.op_type == "Slice" else ""
    network.opset_import.append(helper.make_opsetid("own", 1))


def take_the_name(network: onnx.ModelProto) -> None:
    network.graph.initializer.append(numpy_helper.from_array(np.ones(3, np.float32), "siseon:w/0"))


def slice_twice(network: onnx.ModelProto) -> None:
    """Every fourth row."""
    nodes = network.graph.node
    nodes.insert(1, helper.make_node("Slice", ["rows00", "0", "end", "2", "2"], ["again"]))
    nodes[2].input[0] = "again"


def slice_in_a_circle(network: onnx.ModelProto) -> None:
    network.graph.node[0].input[0] = "rows00"


def put_constants_beside(network: onnx.ModelProto) -> None:
    value = numpy_helper.from_array(np.ones(1, np.float32))
    onnx.external_data_helper.set_external_data(value, "beside.bin", 0, 4)
    value.ClearField("raw_data")
    network.graph.node.append(helper.make_node("Constant", [], ["k"], value=value))


@pytest.mark.parametrize(
    "change",
    [
        read_inside,
        mean_something_else,
        take_the_name,
        slice_twice,
        slice_in_a_circle,
        put_constants_beside,
        lambda network: setattr(network, "ir_version", 3),
        lambda network: setattr(the(network, "Conv"), "domain", "com.microsoft"),
        lambda network: setattr(the(network, "Concat"), "domain", "own"),
    ],
)
def test_a_network_that_would_be_another_one_then_stays_as_it_is(tmp_path, change):
    assert changed_by(tmp_path / "f.onnx", change) is None


def test_a_network_whose_graph_lies_in_two_fields_stays_as_it_is(tmp_path):
    path = focus(tmp_path / "f.onnx")
    more = onnx.ModelProto(graph=onnx.GraphProto(doc_string="goes on"))
    path.write_bytes(more.SerializeToString() + path.read_bytes())
    assert answer(path).shape == (2, 5, 6, 8)
    assert changed(path) is None


def test_ends_of_32_bits_are_beyond_every_picture_too(tmp_path):
    path = focus(tmp_path / "f.onnx", ends=(1 << 31) - 1)
    network = changed(path)
    assert network is not None
    np.testing.assert_allclose(answer(network), answer(path), rtol=1e-4, atol=1e-4)


def test_data_beside_the_file_stay_where_they_are_found(tmp_path):
    path = focus(tmp_path / "f.onnx")
    onnx.save(onnx.load(path), path, save_as_external_data=True, location="beside.bin", size_threshold=0)
    assert changed(path) is None


@given(at=st.integers(0, 2000), byte=st.integers(0, 255))
def test_a_damaged_file_is_never_more_than_left_alone(tmp_path_factory, at, byte):
    path = tmp_path_factory.mktemp("damaged") / "f.onnx"
    data = bytearray(focus(path).read_bytes())
    data[at % len(data)] = byte
    path.write_bytes(data)
    network = changed(path)
    assert network is None or isinstance(network, bytes)
