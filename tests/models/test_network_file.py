"""Networks of strangers are looked through before the runtime follows what they say."""

from __future__ import annotations

import contextlib
import tracemalloc
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from siseon.contracts import FailureCode, ModelError
from siseon.models import network_file
from siseon.models.network_file import MODEL_FUNCTION, MODEL_GRAPH, check_network
from siseon.models.wire_format import bytes_field

GRAPH_NODE, GRAPH_TENSOR, NODE_ATTRIBUTE, ATTRIBUTE_GRAPH = 1, 5, 5, 6
"""Numbers of fields in onnx.proto."""
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
X = helper.make_tensor_value_info("x", TensorProto.FLOAT, ("n", 3))
Y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)


def save(path: Path, nodes, *, tensors=(), functions=()) -> Path:
    graph = helper.make_graph(nodes, "g", [X], [Y], list(tensors))
    network = helper.make_model(graph, opset_imports=OPSETS, ir_version=9, functions=list(functions))
    path.write_bytes(network.SerializeToString())
    return path


def outside(location: str) -> onnx.TensorProto:
    tensor = TensorProto(name="c", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    for key, value in (("offset", "0"), ("location", location), ("length", "16")):
        tensor.external_data.add(key=key, value=value)
    return tensor


def function(name: str, calls: list[str]) -> onnx.FunctionProto:
    values = ["a", *(f"t{n}" for n in range(len(calls) - 1)), "b"]
    nodes = [
        helper.make_node(op, [values[n]], [values[n + 1]], domain="" if op == "Relu" else "own")
        for n, op in enumerate(calls)
    ]
    return helper.make_function("own", name, ["a"], ["b"], nodes, OPSETS)


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as error:
        check_network(path)
    assert error.value.code is FailureCode.model_load_failed
    return error.value.message


@pytest.mark.parametrize("way", ["initializer", "constant", "branch"])
@pytest.mark.parametrize(
    "location",
    ["../../secret", "/etc/passwd", "a/../../b", "..\\secret", "C:\\secret", "*/_ORT_MEM_ADDR_/*"],
)
def test_a_tensor_takes_its_data_from_the_networks_folder_only(tmp_path, way, location):
    constant = helper.make_node("Constant", [], ["z"], value=outside(location))
    if way == "initializer":
        path = save(
            tmp_path / "n.onnx", [helper.make_node("Identity", ["c"], ["y"])], tensors=[outside(location)]
        )
    elif way == "constant":
        path = save(tmp_path / "n.onnx", [constant, helper.make_node("Identity", ["z"], ["y"])])
    else:
        branch = helper.make_graph([constant], "b", [], [helper.make_tensor_value_info("z", 1, (4,))])
        choice = helper.make_node("If", ["t"], ["y"], then_branch=branch, else_branch=branch)
        path = save(tmp_path / "n.onnx", [choice], tensors=[numpy_helper.from_array(np.array(True), "t")])
    assert "outside" in refused(path)


def test_data_in_a_file_beside_the_network_is_allowed(tmp_path):
    node = helper.make_node("Identity", ["c"], ["y"])
    check_network(save(tmp_path / "n.onnx", [node], tensors=[outside("weights/n.data")]))


def test_functions_that_double_forty_times_or_call_themselves_are_refused_at_once(tmp_path):
    node = helper.make_node("F0", ["x"], ["y"], domain="own")
    doubling = [function(f"F{n}", [f"F{n + 1}"] * 2 if n < 40 else ["Relu"]) for n in range(41)]
    assert "1,000,000 nodes" in refused(save(tmp_path / "n.onnx", [node], functions=doubling))
    assert "themselves" in refused(save(tmp_path / "n.onnx", [node], functions=[function("F0", ["F0"])]))
    row = [function(f"F{n}", [f"F{n + 1}"] if n < 5000 else ["Relu"]) for n in range(5001)]
    assert "in a row" in refused(save(tmp_path / "n.onnx", [node], functions=row))
    few = [function(f"F{n}", [f"F{n + 1}"] * 2 if n < 10 else ["Relu"]) for n in range(11)]
    check_network(save(tmp_path / "n.onnx", [node], functions=few))


def test_more_parts_than_a_network_has_are_not_looked_through(tmp_path, monkeypatch):
    monkeypatch.setattr(network_file, "MOST_PARTS", 1000)
    path = tmp_path / "n.onnx"
    for field in (GRAPH_NODE, GRAPH_TENSOR):
        path.write_bytes(bytes_field(MODEL_GRAPH, bytes_field(field, b"") * 1001))
        assert "more than 1,000" in refused(path)
    path.write_bytes(bytes_field(MODEL_FUNCTION, b"") * 1001)
    assert "more than 1,000" in refused(path)
    path.write_bytes(bytes_field(MODEL_GRAPH, bytes_field(GRAPH_NODE, b"") * 900))
    assert check_network(path) == 900


def test_parts_are_looked_through_one_at_a_time(tmp_path):
    """A file of a megabyte holds half a million empty nodes; each of them as a tuple would be 60 times that."""
    path = tmp_path / "n.onnx"
    path.write_bytes(bytes_field(MODEL_GRAPH, bytes_field(GRAPH_NODE, b"") * 30_000))
    tracemalloc.start()
    check_network(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 300_000


def test_parts_that_lie_in_each_other_too_deep_are_refused(tmp_path):
    inner = b""
    for _ in range(200):
        inner = bytes_field(GRAPH_NODE, bytes_field(NODE_ATTRIBUTE, bytes_field(ATTRIBUTE_GRAPH, inner)))
    path = tmp_path / "n.onnx"
    path.write_bytes(bytes_field(MODEL_GRAPH, inner))
    assert "deep" in refused(path)


@given(data=st.binary(max_size=200))
def test_what_is_no_network_is_refused_or_left_to_the_runtime(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("n") / "n.onnx"
    path.write_bytes(data)
    with contextlib.suppress(ModelError):
        check_network(path)
