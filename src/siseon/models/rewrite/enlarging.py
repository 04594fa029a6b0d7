"""Two transposed convolutions in a row that each make four pixels of one, written as convolutions of a single pixel.

The four pixels do not overlap: each is a product of the same one. The sixteen that come of a pixel in the end are
computed as its channels, and put in their places at last, where there is least to move. PP-OCR's text detector ends so;
the runtime's transposed convolution takes four times as long.
Source of the placing: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel
Convolutional Neural Network", arXiv 1609.05158.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from siseon.models.rewrite.convolution import biased
from siseon.models.rewrite.graph import MARK, Floats, Graph
from siseon.models.rewrite.node import Node, made, number, numbers

DOUBLE = {"kernel_shape": [2, 2], "strides": [2, 2]}
USUAL = {"group": [1], "dilations": [1, 1], "pads": [0, 0, 0, 0], "output_padding": [0, 0]}
MOST_OUTPUTS = 4
"""Channels in the end: three quarters of the second product are with zeros."""
POINT = numbers("kernel_shape", [1, 1])


class Doubling(NamedTuple):
    """A transposed convolution and what it adds."""

    node: Node
    weights: Floats
    """(inputs, outputs, 2, 2)."""
    bias: Floats
    last: Node


def with_enlarging_last(graph: Graph) -> None:
    """Compute pixels as channels, and put them in their places at last."""
    users = graph.users()
    others: dict[Node, list[Node]] = {}
    for node in graph.nodes:
        first = _doubling(graph, users, node)
        relu = None if first is None else _only(graph, users, first.last)
        if first is None or relu is None or relu.operator != "Relu":
            continue
        after = _only(graph, users, relu)
        second = None if after is None else _doubling(graph, users, after)
        if second is None or second.weights.shape[0] != first.weights.shape[1]:
            continue
        taken = (first.node, first.last, relu, second.node, second.last)
        if second.weights.shape[1] <= MOST_OUTPUTS and others.keys().isdisjoint(taken):
            others |= {one: [] for one in (first.node, first.last, relu, second.node)}
            others[second.last] = _instead(graph, first, second)
    if others:
        graph.replace(others)


def _only(graph: Graph, users: dict[str, list[Node]], node: Node) -> Node | None:
    """The only node that reads what a node makes."""
    readers = users.get(node.outputs[0], [])
    return readers[0] if len(readers) == 1 and node.outputs[0] not in graph.outputs else None


def _doubling(graph: Graph, users: dict[str, list[Node]], node: Node) -> Doubling | None:
    """What a node is; None where it is no such convolution."""
    if node.operator != "ConvTranspose" or not node.says(DOUBLE | USUAL) or "auto_pad" in node.attributes:
        return None
    weights = graph.floats(node.inputs[1])
    if any(not node.numbers(name) for name in DOUBLE) or "output_shape" in node.attributes:
        return None
    if weights is None or weights.ndim != 4 or weights.shape[2:] != (2, 2):
        return None
    outputs = weights.shape[1]
    bias, last = biased(graph, users, node, outputs)
    if bias is None:
        return None if len(node.inputs) == 3 else Doubling(node, weights, np.zeros(outputs, np.float32), last)
    return Doubling(node, weights, bias, last)


def _instead(graph: Graph, first: Doubling, second: Doubling) -> list[Node]:
    inputs, between = first.weights.shape[:2]
    outputs = second.weights.shape[1]
    name = second.last.outputs[0]
    # Channels by row and column within the four pixels, then by what they show.
    widened = first.weights.transpose(2, 3, 1, 0).reshape(4 * between, inputs, 1, 1)
    narrowed = np.zeros((4, 4, outputs, 2, 2, between), np.float32)  # by row and column within the sixteen
    for row in range(2):
        for column in range(2):
            part = second.weights.transpose(2, 3, 1, 0)
            narrowed[2 * row : 2 * row + 2, 2 * column : 2 * column + 2, :, row, column] = part
    constants = {
        "wide": widened,
        "wide bias": np.tile(first.bias, 4),
        "narrow": narrowed.reshape(16 * outputs, 4 * between, 1, 1),
        "narrow bias": np.tile(second.bias, 16),
    }
    wide, wide_bias, narrow, narrow_bias = (
        graph.add(f"{name}/{one}", values) for one, values in constants.items()
    )
    steps = [f"{MARK}{name}/{number}" for number in range(3)]
    return [
        made("Conv", [first.node.inputs[0], wide, wide_bias], steps[:1], POINT),
        made("Relu", steps[:1], steps[1:2], {}),
        made("Conv", [steps[1], narrow, narrow_bias], steps[2:], POINT),
        made("DepthToSpace", steps[2:], [name], number("blocksize", 4)),
    ]
