"""Maxima over growing squares of one tensor, each taken from the one before.

YOLO's spatial pyramid takes the maximum over 5, 9 and 13 pixels around each. Over 9 it is the maximum over 5 of the
maxima over 5: to the last bit, a third of the comparisons.
Source: He et al., "Spatial Pyramid Pooling in Deep Convolutional Networks", arXiv 1406.4729.
"""

from __future__ import annotations

from siseon.models.rewrite.graph import Graph
from siseon.models.rewrite.node import Node, made, numbers

USUAL = {"strides": [1, 1], "dilations": [1, 1], "ceil_mode": [0], "storage_order": [0]}


def with_shared_maxima(graph: Graph) -> None:
    """Take larger maxima from smaller ones of the same tensor that are made before."""
    smaller: dict[str, tuple[Node, int]] = {}
    """By tensor the largest so far, and over how many pixels."""
    others: dict[Node, list[Node]] = {}
    for node in graph.nodes:
        side = _side(node)
        if side is None:
            continue
        before = smaller.get(node.inputs[0])
        if before is not None and before[1] >= side:
            continue
        smaller[node.inputs[0]] = node, side
        if before is not None:
            left = side - before[1] + 1
            attributes = numbers("kernel_shape", [left, left]) | numbers("pads", [left // 2] * 4)
            others[node] = [made("MaxPool", before[0].outputs, node.outputs, attributes)]
    if others:
        graph.replace(others)


def _side(node: Node) -> int | None:
    """Pixels of the side of an odd square around each pixel, of which it takes the maximum; None for anything else."""
    kernel = node.numbers("kernel_shape")
    if (
        node.operator != "MaxPool"
        or len(node.outputs) != 1
        or len(kernel) != 2
        or "auto_pad" in node.attributes
    ):
        return None
    side = kernel[0]
    square = kernel[1] == side and side % 2 and node.numbers("pads") == [side // 2] * 4
    return side if square and node.says(USUAL) else None
