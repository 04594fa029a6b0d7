"""What PP-OCR's text detector is made of: maps side by side, maps added to themselves, and enlarging at the end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from siseon.models.rewrite import rewritten

PICTURE = np.random.default_rng(3).standard_normal((2, 3, 12, 20)).astype(np.float32)


class Network:
    """Nodes in a row, their weights and the tensors that they give out."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.outputs: list[str] = []
        self._rng = np.random.default_rng(7)

    def add(self, operator: str, *inputs: str, **said: object) -> str:
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **said))
        return name

    def constant(self, *shape: int, value: float | None = None) -> str:
        array = self._rng.standard_normal(shape) if value is None else np.full(shape, value)
        self.weights.append(numpy_helper.from_array(array.astype(np.float32), f"w{len(self.weights)}"))
        return self.weights[-1].name

    def convolve(self, source: str, *shape: int, operator: str = "Conv", **said: object) -> str:
        """As converters from Paddle leave it: what is added stands by itself, and names lead nowhere."""
        said = {"kernel_shape": shape[2:]} | said
        outputs = shape[1] if operator == "ConvTranspose" else shape[0]
        made = self.add(operator, source, self.constant(*shape), **said)
        return self.add("Identity", self.add("Add", made, self.constant(1, outputs, 1, 1)))

    def write(self, path: Path, *outputs: str) -> Path:
        graph = helper.make_graph(
            self.nodes,
            "g",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, "h", "w"])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * 4) for name in outputs],
            self.weights,
        )
        network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=9)
        path.write_bytes(network.SerializeToString())
        return path


def beside(path: Path, *, channels=(24, 12), group=1, also_read=False, axis=1, added=False) -> Path:
    net = Network()
    one = net.add("Relu", net.convolve("x", channels[0], 3, 3, 3, pads=[1] * 4))
    other = net.convolve(one, channels[1], channels[0], 2, 2, auto_pad="SAME_UPPER")
    if added:
        other = net.add("Add", other, net.convolve("x", channels[1], 3, 1, 1))
    both = net.add(
        "Concat", net.add("MaxPool", one, kernel_shape=[2, 2], auto_pad="SAME_UPPER"), other, axis=axis
    )
    last = net.convolve(both, 16, sum(channels) // group, 3, 3, strides=[2, 2], pads=[1] * 4, group=group)
    return net.write(path, net.add("Relu", last), *([net.add("Neg", both)] if also_read else []))


def excited(path: Path, *, gate="HardSigmoid", of_itself=True, times=None, also_read=False) -> Path:
    net = Network()
    whole = net.convolve("x", 8, 3, 3, 3)
    mean = net.add("GlobalAveragePool", whole if of_itself else net.convolve("x", 8, 3, 1, 1))
    worth = net.add(gate, net.convolve(net.add("Relu", net.convolve(mean, 4, 8, 1, 1)), 8, 4, 1, 1))
    product = net.add("Identity", net.add("Mul", whole, worth))
    added = net.add("Add", product if times == "left" else whole, whole if times == "left" else product)
    return net.write(path, net.add("Relu", added), *([net.add("Neg", product)] if also_read else []))


def enlarging(path: Path, *, strides=(2, 2), outputs=1, between="Relu", also_read=False, group=1) -> Path:
    net = Network()
    first = net.convolve("x", 3, 6, 2, 2, operator="ConvTranspose", strides=list(strides))
    middle = net.add(between, first)
    said = {"operator": "ConvTranspose", "strides": [2, 2], "group": group}
    last = net.convolve(middle, 6, outputs, 2, 2, **said)
    return net.write(path, net.add("Sigmoid", last), *([net.add("Neg", middle)] if also_read else []))


def answers(network: bytes) -> list[np.ndarray]:
    return ort.InferenceSession(network, providers=["CPUExecutionProvider"]).run(None, {"x": PICTURE})


@pytest.mark.parametrize(
    ("make", "how", "without", "kinds"),
    [
        (beside, {}, "Concat", {"Conv": 4}),
        (beside, {"channels": (16, 40)}, "Concat", {"Conv": 4}),
        (excited, {}, "", {"Mul": 1}),
        (excited, {"gate": "Sigmoid", "times": "left"}, "", {"Mul": 1}),
        (enlarging, {}, "ConvTranspose", {"Conv": 2, "DepthToSpace": 1}),
        (enlarging, {"outputs": 3}, "ConvTranspose", {"Conv": 2, "DepthToSpace": 1}),
    ],
)
def test_the_answers_are_the_same(tmp_path, make, how, without, kinds):
    path = make(tmp_path / "n.onnx", **how)
    network = rewritten(path)
    assert network is not None
    onnx.checker.check_model(network)
    found = Counter(node.op_type for node in onnx.load_from_string(network).graph.node)
    assert without not in found
    assert "Identity" not in found
    assert {kind: found[kind] for kind in kinds} == kinds
    for one, other in zip(answers(network), answers(path.read_bytes()), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6 * float(np.abs(other).max()))


@pytest.mark.parametrize(
    ("make", "otherwise"),
    [
        (beside, {"channels": (32, 16)}),
        (beside, {"group": 2}),
        (beside, {"also_read": True}),
        (beside, {"added": True}),
        (excited, {"gate": "Tanh"}),
        (excited, {"of_itself": False}),
        (excited, {"also_read": True}),
        (enlarging, {"strides": (3, 3)}),
        (enlarging, {"outputs": 5}),
        (enlarging, {"between": "Sigmoid"}),
        (enlarging, {"also_read": True}),
        (enlarging, {"group": 2}),
    ],
)
def test_what_is_not_quite_that_stays_as_it_is(tmp_path, make, otherwise):
    assert rewritten(make(tmp_path / "n.onnx", **otherwise)) is None


def test_what_ends_one_pair_does_not_begin_another(tmp_path):
    net = Network()
    last = net.convolve("x", 3, 4, 2, 2, operator="ConvTranspose", strides=[2, 2])
    for inputs in (4, 2):
        last = net.convolve(net.add("Relu", last), inputs, 2, 2, 2, operator="ConvTranspose", strides=[2, 2])
    path = net.write(tmp_path / "n.onnx", last)
    network = rewritten(path)
    assert network is not None
    for one, other in zip(answers(network), answers(path.read_bytes()), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def test_maps_of_which_channels_are_made_more_are_left_alone(tmp_path):
    """Four channels become eight, and eight four: as many together as the convolutions say."""
    net = Network()
    both = []
    for channels, factor in ((4, 2.0), (8, 0.5)):
        made = net.convolve("x", channels, 3, 3, 3)
        net.weights.append(numpy_helper.from_array(np.array([1, factor, 1, 1], np.float32), f"s{channels}"))
        both.append(net.add("Resize", made, net.constant(0), f"s{channels}"))
    path = net.write(tmp_path / "n.onnx", net.convolve(net.add("Concat", *both, axis=1), 5, 12, 3, 3))
    assert len(answers(path.read_bytes())) == 1
    assert rewritten(path) is None
