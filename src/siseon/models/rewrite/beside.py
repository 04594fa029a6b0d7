"""Convolutions of two maps side by side, whose channels are no multiples of sixteen: each convolved by itself.

The runtime computes sixteen channels together. Maps of other numbers it cannot put side by side in that order: both
are brought into the usual one, put together and brought back, which takes longer than the channels that are computed
in vain where each map is convolved by itself and the results are added. PP-OCR's networks begin so.
"""

from __future__ import annotations

from siseon.models.rewrite.convolution import biased, channels_of, side_by_side
from siseon.models.rewrite.graph import MARK, Graph
from siseon.models.rewrite.node import Node, made

BLOCK = 16


def with_separate_convolutions(graph: Graph) -> None:
    """Convolve each of such maps by itself."""
    makers, users = graph.makers(), graph.users()
    others: dict[Node, list[Node]] = {}
    for concat, readers in side_by_side(graph, users):
        if len(readers) != 1 or readers[0].operator != "Conv":
            continue
        counts = [channels_of(graph, makers, name, straight=True) for name in concat.inputs]
        channels = [count for count in counts if count is not None]
        if len(channels) == 2 and any(count % BLOCK for count in channels):
            others |= _parts(graph, users, concat, readers[0], channels)
    if others:
        graph.replace(others)


def _parts(
    graph: Graph, users: dict[str, list[Node]], concat: Node, node: Node, channels: list[int]
) -> dict[Node, list[Node]]:
    """What takes the place of what; nothing where it is another kind of convolution."""
    weights = graph.floats(node.inputs[1])
    if weights is None or weights.ndim != 4 or weights.shape[1] != sum(channels):
        return {}
    if node.inputs[0] != concat.outputs[0] or not node.says({"group": [1]}):
        return {}
    bias, last = biased(graph, users, node, weights.shape[0])
    if len(node.inputs) == 3 and bias is None:
        return {}
    name = last.outputs[0]
    inputs = [
        [concat.inputs[0], graph.add(f"{name}/first", weights[:, : channels[0]])],
        [concat.inputs[1], graph.add(f"{name}/second", weights[:, channels[0] :])],
    ]
    if bias is not None:
        inputs[0].append(graph.add(f"{name}/bias", bias))
    parts = [f"{MARK}{name}/{number}" for number in range(2)]
    convolutions = [
        made("Conv", one, [part], node.attributes) for one, part in zip(inputs, parts, strict=True)
    ]
    return {concat: [], node: [], last: [*convolutions, made("Add", [parts[1], parts[0]], [name], {})]}
