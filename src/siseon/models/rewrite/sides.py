"""Sides of the input that an export fixed, though no node asks for them: left open, a picture that is not square need
not be padded to a square. Of YOLOX-Nano, at 416 × 256 in place of 416 × 416, a run takes 0.6 of the time.

Only for cards that say so: that a network takes other sides does not mean that it was trained for them.
"""

from __future__ import annotations

from siseon.models.rewrite.graph import Graph
from siseon.models.rewrite.node import Node

FREE = frozenset({"Concat", "Conv", "MaxPool", "Sigmoid", "Transpose"})
"""Operators that take whatever size comes."""
OF_TWO = frozenset({"Add", "Mul"})
"""Those that do, unless one side is a constant, which may be a grid of one size."""


def with_open_sides(graph: Graph) -> None:
    """Let the inputs say nothing but batch and channels, where no node hangs on more."""
    if all(_takes_any(graph, node) for node in graph.nodes):
        graph.open_sides()


def _takes_any(graph: Graph, node: Node) -> bool:
    match node.operator:
        case "Reshape":  # positions become one axis, however many there are
            kept, _, rest = [*graph.integers(node.inputs[1]), 1, 1, 1][:3]
            return (kept, rest) == (0, -1)
        case "Resize":  # by a factor, not to a size
            return len(node.inputs) == 3 and graph.floats(node.inputs[2]) is not None
        case one if one in OF_TWO:
            return all(graph.floats(name) is None for name in node.inputs)
        case one:
            return one in FREE
