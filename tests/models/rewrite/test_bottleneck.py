"""Wide maps that the cache does not hold are computed some channels at a time, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from siseon.models.rewrite import graph, rewritten

SIDE = 224
rng = np.random.default_rng(3)
PICTURE = rng.standard_normal((2, 3, SIDE, SIDE)).astype(np.float32)


def block(
    path: Path,
    *,
    side: object = SIDE,
    wide: int = 80,
    activation: str = "Clip",
    bias: bool = True,
    kernel: int = 1,
    also_read: str | None = None,
    around: tuple[int, ...] = (0, 0, 1, 1, 0, 0, 1, 1),
) -> Path:
    weights = [
        numpy_helper.from_array(np.float32(value), name) for name, value in {"low": 0, "high": 6}.items()
    ]
    weights.append(numpy_helper.from_array(np.array(around, np.int64), "around"))
    nodes = []

    def add(operator: str, *inputs: str, **said: object) -> str:
        name = f"t{len(nodes)}"
        nodes.append(helper.make_node(operator, list(inputs), [name], **said))
        return name

    def convolve(source: str, *shape: int, **said: object) -> str:
        names = [f"w{len(nodes)}", f"b{len(nodes)}"][: 2 if bias else 1]
        for name, size in zip(names, (shape, shape[:1]), strict=False):
            weights.append(numpy_helper.from_array(rng.standard_normal(size).astype(np.float32) / 4, name))
        return add("Conv", source, *names, kernel_shape=shape[2:], **said)

    def activate(source: str) -> str:
        return add(activation, source, *(["low", "high"] if activation == "Clip" else []))

    first = activate(convolve("x", 16, 3, 3, 3, strides=[2, 2], pads=[1] * 4))
    widened = activate(convolve(first, wide, 16, kernel, kernel, pads=[kernel // 2] * 4))
    single = activate(convolve(add("Pad", widened, "around"), wide, 1, 3, 3, group=wide, strides=[2, 2]))
    last = add("Relu", convolve(single, 24, wide, 1, 1))
    ends = [last]
    if also_read is not None:
        ends.append(add("Neg", {"widened": widened, "single": single}[also_read]))
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, side, side])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * 4) for name in ends],
        weights,
    )
    network = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(network.SerializeToString())
    return path


def answer(network: bytes) -> np.ndarray:
    return ort.InferenceSession(network, providers=["CPUExecutionProvider"]).run(None, {"x": PICTURE})[0]


@pytest.mark.parametrize("activation", ["Clip", "Relu"])
@pytest.mark.parametrize(("wide", "parts"), [(80, 5), (64, 4)])
def test_the_answers_are_the_same_and_no_map_is_that_large(tmp_path, activation, wide, parts):
    path = block(tmp_path / "b.onnx", activation=activation, wide=wide)
    network = rewritten(path)
    assert network is not None
    onnx.checker.check_model(network)
    sizes = [
        tensor.dims[0]
        for tensor in onnx.load_from_string(network).graph.initializer
        if tensor.name.startswith("siseon:") and list(tensor.dims[1:]) == [1, 3, 3]
    ]
    assert sum(sizes) == wide
    assert len(sizes) == parts
    np.testing.assert_allclose(answer(network), answer(path.read_bytes()), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"side": 64},  # the cache holds it
        {"side": "s"},  # nobody knows
        {"wide": 72},  # not by sixteen
        {"activation": "Sigmoid"},
        {"bias": False},
        {"kernel": 3},
        {"also_read": "widened"},
        {"also_read": "single"},
        {"around": (0, 1, 1, 1, 0, -1, 1, 1)},  # a channel further
    ],
)
def test_what_is_not_such_a_block_stays_as_it_is(tmp_path, otherwise):
    assert rewritten(block(tmp_path / "b.onnx", **otherwise)) is None


def chain(*wide: int, shared: bool = False) -> onnx.ModelProto:
    """MobileNet's first: what narrows one block widens the next; ``shared``: one bias for all."""
    weights, nodes, last, before = [], [], "x", 3

    def convolve(name: str, *shape: int, **said: object) -> str:
        bias = "b" if shared else f"b{name}"
        for one, size in ((f"w{name}", shape), (bias, shape[:1])):
            if one not in {tensor.name for tensor in weights}:
                weights.append(numpy_helper.from_array(rng.standard_normal(size).astype(np.float32) / 4, one))
        nodes.append(
            helper.make_node("Conv", [last, f"w{name}", bias], [name], kernel_shape=shape[2:], **said)
        )
        nodes.append(helper.make_node("Relu", [name], [f"r{name}"]))
        return f"r{name}"

    for number, count in enumerate(wide):
        last = convolve(f"p{number}", count, before, 1, 1)
        if number < len(wide) - 1:
            last = convolve(f"s{number}", count, 1, 3, 3, group=count, pads=[1] * 4)
        before = count
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, [None] * 4)],
        weights,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


@pytest.mark.parametrize("wide", [(32, 32, 32), (32, 48, 32, 16)])
def test_blocks_that_share_a_convolution_are_not_both_taken_apart(tmp_path, wide):
    path = tmp_path / "c.onnx"
    path.write_bytes(chain(*wide).SerializeToString())
    network = rewritten(path)
    assert network is not None
    np.testing.assert_allclose(answer(network), answer(path.read_bytes()), rtol=1e-4, atol=1e-5)


def test_constants_that_several_convolutions_share_are_parted_for_each(tmp_path):
    path = tmp_path / "c.onnx"
    path.write_bytes(chain(32, 32, 32, 32, shared=True).SerializeToString())
    changed = rewritten(path)
    assert changed is not None
    np.testing.assert_allclose(answer(changed), answer(path.read_bytes()), rtol=1e-4, atol=1e-5)


def test_no_more_weights_are_made_than_there_were(tmp_path, monkeypatch):
    monkeypatch.setattr(graph, "SPARE_BYTES", 0)
    network = chain(32, 32)
    for number in range(16):
        for node in chain(32, 32).graph.node:
            names = {name: f"{name}/{number}" for name in ("x", *node.output, *node.input) if "w" not in name}
            names |= {"x": "x"} | {one.name: one.name for one in network.graph.initializer}
            node.input[:] = [names.get(name, name) for name in node.input]
            node.output[:] = [names.get(name, name) for name in node.output]
            network.graph.node.append(node)
    path = tmp_path / "c.onnx"
    path.write_bytes(network.SerializeToString())
    ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert rewritten(path) is None


@pytest.mark.parametrize("dims", [(1 << 40, 3, 1, 1), (-16, 3, 1, 1)])
def test_weights_that_claim_to_be_endless_are_left_to_the_runtime(tmp_path, dims):
    network = chain(32, 32)
    for one in network.graph.initializer:
        size = dims if one.name == "wp0" else tuple(dims[0] if size == 32 else size for size in one.dims)
        del one.dims[:]
        one.dims.extend(size)
    path = tmp_path / "c.onnx"
    path.write_bytes(network.SerializeToString())
    assert rewritten(path) is None


def test_a_node_that_reads_itself_ends_the_search(tmp_path):
    network = chain(32, 32)
    network.graph.node[1].output[0] = network.graph.node[1].input[0]
    path = tmp_path / "c.onnx"
    path.write_bytes(network.SerializeToString())
    assert rewritten(path) is None
