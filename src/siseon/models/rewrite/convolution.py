"""What a convolution adds to each channel, how many channels a tensor has, and where two are put together: what several
changes ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from siseon.models.rewrite.graph import Floats, Graph
from siseon.models.rewrite.node import Node

KEEPS_CHANNELS = (
    "Sigmoid",
    "Relu",
    "LeakyRelu",
    "Tanh",
    "Clip",
    "HardSigmoid",
    "HardSwish",
    "MaxPool",
)
FURTHEST = 20
"""Nodes from a tensor to the convolution that says how many channels it has."""


def biased(
    graph: Graph, users: Mapping[str, list[Node]], node: Node, channels: int
) -> tuple[Floats | None, Node]:
    """What a convolution adds to so many channels, None for nothing, and the node that has done so: it, or one after
    it that adds a constant and is the only one to read it."""
    if len(node.inputs) == 3:
        return graph.floats(node.inputs[2]), node
    readers = users.get(node.outputs[0], [])
    if len(readers) == 1 and readers[0].operator == "Add" and node.outputs[0] not in graph.outputs:
        for name in readers[0].inputs:
            if graph.shape(name) == (1, channels, 1, 1) and (values := graph.floats(name)) is not None:
                return values.reshape(-1), readers[0]
    return None, node


def channels_of(
    graph: Graph, makers: Mapping[str, Node], name: str, furthest: int = FURTHEST, *, straight: bool = False
) -> int | None:
    """Channels of a tensor, as the convolution before it says; None where that is not known.

    ``straight``: of one that comes from a single convolution, with nothing but constants added on its way.
    """
    node = makers.get(name)
    if node is None or not furthest:
        return None
    if node.operator == "Conv":
        return next(iter(graph.shape(node.inputs[1])), None)
    if node.operator in KEEPS_CHANNELS or (node.operator == "Resize" and _resizes_sides(graph, node)):
        return channels_of(graph, makers, node.inputs[0], furthest - 1, straight=straight)
    if node.operator not in ("Mul", "Add") or len(node.inputs) != 2:
        return None
    constants = [graph.shape(one) for one in node.inputs if graph.shape(one)]
    found = {
        channels_of(graph, makers, one, furthest // 2, straight=straight)
        for one in node.inputs
        if not graph.shape(one)
    }
    if len(found) != 1 or (straight and not constants):
        return None
    (channels,) = found
    return channels if all(shape == (1, channels, 1, 1) for shape in constants) else None


def _resizes_sides(graph: Graph, node: Node) -> bool:
    """Whether it leaves pictures and channels as many as they were."""
    if len(node.inputs) != 3 or "axes" in node.attributes or graph.shape(node.inputs[2]) != (4,):
        return False
    scales = graph.floats(node.inputs[2])
    return scales is not None and scales[:2].tolist() == [1, 1]


def side_by_side(graph: Graph, users: dict[str, list[Node]]) -> Iterator[tuple[Node, list[Node]]]:
    """Where the channels of two maps are put together, and what reads them."""
    for node in graph.nodes:
        pair = node.operator == "Concat" and node.numbers("axis") == [1] and len(node.inputs) == 2
        if pair and node.outputs[0] not in graph.outputs:
            yield node, users.get(node.outputs[0], [])
