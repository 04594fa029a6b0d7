"""Maps that are added to themselves times what each channel is worth: multiplied once instead.

``x + x·s`` is ``x·(s + 1)``, and ``s`` is one number per channel where ``x`` is a map: one walk through it less. The
layer is that of Hu et al., "Squeeze-and-Excitation Networks", arXiv 1709.01507, with the map itself added, as PP-OCR's
text detector has it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from siseon.models.rewrite.graph import MARK, Graph
from siseon.models.rewrite.node import Node, made

GATES = ("HardSigmoid", "Sigmoid")
INSIDE = (*GATES, "Conv", "Relu", "Add")
"""What is between the mean of a map and what its channels are worth."""
FURTHEST = 10
"""Nodes between the two."""


def with_one_product(graph: Graph) -> None:
    """Multiply such maps once."""
    makers, users = graph.makers(), graph.users()
    others: dict[Node, list[Node]] = {}
    for node in graph.nodes:
        if node.operator != "Add" or len(node.inputs) != 2:
            continue
        for whole, times in (node.inputs, node.inputs[::-1]):
            product = makers.get(times)
            if product is None or product.operator != "Mul" or whole not in product.inputs:
                continue
            if users[times] != [node] or times in graph.outputs or len({*product.inputs, *node.inputs}) != 3:
                continue
            (worth,) = {*product.inputs} - {whole}
            if _is_worth(graph, makers, worth, whole):
                more = f"{MARK}{node.outputs[0]}/worth"
                one = graph.add(f"{node.outputs[0]}/one", np.ones((1, 1, 1, 1), np.float32))
                others[product] = [made("Add", [worth, one], [more], {})]
                others[node] = [made("Mul", [whole, more], node.outputs, {})]
                break
    if others:
        graph.replace(others)


def _is_worth(graph: Graph, makers: Mapping[str, Node], name: str, whole: str) -> bool:
    """Whether a tensor is a float32 number for each channel of a map, got from the means of its channels."""
    node = makers.get(name)
    seen = False
    if node is None or node.operator not in GATES:
        return False
    for _ in range(FURTHEST):
        if node.operator == "GlobalAveragePool":
            return seen and node.inputs[0] == whole
        if node.operator not in INSIDE:
            return False
        if node.operator == "Conv":
            seen = graph.shape(node.inputs[1])[2:] == (1, 1) and graph.floats(node.inputs[1]) is not None
        made_by = [makers[one] for one in node.inputs if not graph.shape(one) and one in makers]
        if len(made_by) != 1:
            return False
        (node,) = made_by
    return False
