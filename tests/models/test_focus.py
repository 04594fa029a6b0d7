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

from siseon.models.focus import without_focus
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


def answer(network: Path | bytes) -> np.ndarray:
    session = ort.InferenceSession(
        network if isinstance(network, bytes) else str(network), providers=["CPUExecutionProvider"]
    )
    return session.run(["y"], {"x": PICTURE})[0]


@pytest.mark.parametrize("constants", [False, True])
@pytest.mark.parametrize("order", [YOLOX, YOLOX[::-1], [YOLOX[2], YOLOX[0], YOLOX[3], YOLOX[1]]])
def test_the_answers_are_the_same_and_no_slice_is_left(tmp_path, order, constants):
    path = focus(tmp_path / "f.onnx", order, constants=constants)
    changed = without_focus(path)
    assert changed is not None
    onnx.checker.check_model(changed)
    operators = {node.op_type for node in onnx.load_from_string(changed).graph.node}
    assert operators - {"Constant"} == {"Conv", "Relu"}
    np.testing.assert_allclose(answer(changed), answer(path), rtol=1e-4, atol=1e-4)


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
    assert without_focus(focus(tmp_path / "f.onnx", **otherwise)) is None


def test_data_beside_the_file_stay_where_they_are_found(tmp_path):
    path = focus(tmp_path / "f.onnx")
    onnx.save(onnx.load(path), path, save_as_external_data=True, location="beside.bin", size_threshold=0)
    assert without_focus(path) is None


@given(at=st.integers(0, 2000), byte=st.integers(0, 255))
def test_a_damaged_file_is_never_more_than_left_alone(tmp_path_factory, at, byte):
    path = tmp_path_factory.mktemp("damaged") / "f.onnx"
    data = bytearray(focus(path).read_bytes())
    data[at % len(data)] = byte
    path.write_bytes(data)
    changed = without_focus(path)
    assert changed is None or isinstance(changed, bytes)
