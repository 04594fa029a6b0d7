"""Inverted bottlenecks whose wide map is larger than a core's cache, computed some of its channels at a time.

MobileNet and EfficientNet widen a map to many channels, convolve each channel by itself, and narrow it again. The wide
map of the first such block, 5 MB in EfficientNet-Lite0, is written to memory and read again three times. What is
computed of each channel needs no other, and narrowing adds them up: so a part of the channels goes through all steps
before the next one is begun. The same sums, added in another order.
Source of the block: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", arXiv 1801.04381.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from siseon.models.rewrite.graph import INT64, MARK, Graph
from siseon.models.rewrite.node import PLAIN_CONVOLUTION, Attribute, Node, made, number

CACHE_BYTES = 3 << 19
"""Of a wide map that is computed at once: the second cache of a core holds one or two megabytes."""
BLOCK = 16
"""Channels that the runtime computes together."""
FURTHEST = 100
"""Nodes from a map to the network's input."""
LONGEST = 8
"""Nodes between the two convolutions of a pixel: an activation each, a pad, and the one of each channel."""
FURTHEST_PADS = 12
"""Nodes from pads to the constants that they are made of."""
MOST_PARTS = 64
"""Of one block; the largest of EfficientNet-Lite4 takes some twenty."""
ACTIVATIONS = ("Clip", "Relu")
KEEPS_PLACE = (*ACTIVATIONS, "Pad", "Conv", "Add")
"""Operators whose output is as large as their input, but for what a convolution steps over and what is added around."""
STAYS = PLAIN_CONVOLUTION | {"pads": [0, 0, 0, 0]}


class Block(NamedTuple):
    """The nodes of a bottleneck."""

    widen: Node
    between: list[Node]
    """One input each, and constants."""
    narrow: Node


def with_narrow_bottlenecks(graph: Graph) -> None:
    """Compute large bottlenecks in parts."""
    makers, users = graph.makers(), graph.users()
    others: dict[Node, list[Node]] = {}
    for widen in graph.nodes:
        block = _block(graph, makers, users, widen)
        if block is None or not others.keys().isdisjoint({widen, *block.between, block.narrow}):
            continue  # what narrows one block may widen the next
        channels = graph.shape(widen.inputs[1])[0]
        at_once = _at_once(_area(graph, makers, widen.inputs[0]))
        if at_once < channels <= MOST_PARTS * at_once and channels % BLOCK == 0:
            others |= {node: [] for node in (widen, *block.between)}
            others[block.narrow] = _parts(graph, block, channels, at_once)
    if others:
        graph.replace(others)


def _block(
    graph: Graph, makers: Mapping[str, Node], users: Mapping[str, list[Node]], widen: Node
) -> Block | None:
    """The bottleneck that begins with a node; None where it is no such block."""
    wide = graph.shape(widen.inputs[1])[:1] if _is_point(graph, widen) else ()
    if not wide:
        return None
    between: list[Node] = []
    node, seen = widen, False
    while len(between) <= LONGEST:
        readers = users.get(node.outputs[0], [])
        if len(readers) != 1 or node.outputs[0] in graph.outputs or len(node.outputs) != 1:
            return None
        (node,) = readers
        if node.inputs[0] != between[-1].outputs[0] if between else node.inputs[0] != widen.outputs[0]:
            return None
        if seen and _is_point(graph, node) and graph.shape(node.inputs[1])[1:2] == wide:
            return Block(widen, between, node)
        single = _is_single(graph, node, *wide) and not seen
        if not single and node.operator not in ACTIVATIONS and (seen or node.operator != "Pad"):
            return None
        if node.operator == "Pad" and not (
            len(node.inputs) > 1 and _adds_only(graph, makers, node.inputs[1])
        ):
            return None
        seen = seen or single
        between.append(node)
    return None


def _is_point(graph: Graph, node: Node) -> bool:
    """Whether it is a convolution of a pixel, with weights and biases that are constants."""
    weights = graph.shape(node.inputs[1]) if node.operator == "Conv" else ()
    if len(node.inputs) != 3 or weights[2:] != (1, 1) or "auto_pad" in node.attributes:
        return False
    return node.says(STAYS) and graph.shape(node.inputs[2]) == weights[:1]


def _is_single(graph: Graph, node: Node, channels: int) -> bool:
    """Whether it is a convolution of each of so many channels by itself."""
    if node.operator != "Conv" or len(node.inputs) != 3 or node.numbers("group") != [channels]:
        return False
    weights = graph.shape(node.inputs[1])
    return len(weights) == 4 and weights[:2] == (channels, 1) and graph.shape(node.inputs[2]) == (channels,)


def _adds_only(graph: Graph, makers: Mapping[str, Node], name: str, furthest: int = FURTHEST_PADS) -> bool:
    """Whether pads, made of constants as exports of PyTorch make them, cut nothing off. Then they add no channels
    either: the convolution after them takes as many as there were."""
    if values := graph.integers(name):
        return min(values) >= 0
    node = makers.get(name)
    if node is None or not furthest:
        return False
    if node.operator == "ConstantOfShape":
        return min(graph.within(node), default=-1) >= 0
    moves = node.operator in ("Reshape", "Slice", "Transpose") or (
        node.operator == "Cast" and node.numbers("to") == [INT64]
    )
    if moves:
        return _adds_only(graph, makers, node.inputs[0], furthest - 1)
    return (
        node.operator == "Concat"
        and len(node.inputs) == 2
        and all(_adds_only(graph, makers, one, furthest // 2) for one in node.inputs)
    )


def _area(graph: Graph, makers: Mapping[str, Node], name: str) -> int:
    """Pixels of a map, as large as the network's input without what convolutions step over; 0 where nobody knows."""
    area_of_step = 1
    for _ in range(FURTHEST):
        if name in graph.inputs:
            sizes = graph.inputs[name]
            return sizes[2] * sizes[3] // area_of_step if len(sizes) == 4 else 0
        node = makers.get(name)
        if node is None or node.operator not in KEEPS_PLACE:
            return 0
        for step in node.numbers("strides"):
            area_of_step *= max(step, 1)
        name = node.inputs[0]
    return 0


def _at_once(area: int) -> int:
    """Channels of such a map that the cache holds; 0 for any number."""
    return max(BLOCK, CACHE_BYTES // (4 * area) // BLOCK * BLOCK) if area else 0


def _parts(graph: Graph, block: Block, channels: int, at_once: int) -> list[Node]:
    """The block, so many channels at a time."""
    nodes: list[Node] = []
    sums = ""
    for begin, end in pairwise([*range(0, channels, at_once), channels]):
        name = f"{MARK}{block.narrow.outputs[0]}/{begin}"
        last = block.widen.inputs[0]
        for place, node in enumerate((block.widen, *block.between)):
            constants = [*node.inputs[1:]]
            attributes: Mapping[str, Attribute] = node.attributes
            if node.operator == "Conv":
                constants = [_slice(graph, one, begin, end) for one in constants]
                attributes = {**attributes, **(number("group", end - begin) if place else {})}
            nodes.append(made(node.operator, [last, *constants], [f"{name}/{place}"], attributes))
            last = f"{name}/{place}"
        narrow = block.narrow
        weights = _slice(graph, narrow.inputs[1], begin, end, axis=1)
        whole = begin == 0 and end == channels
        part = narrow.outputs[0] if whole else f"{name}/part"
        bias = narrow.inputs[2:] if begin == 0 else ()
        nodes.append(made("Conv", [last, weights, *bias], [part], narrow.attributes))
        if begin:
            total = narrow.outputs[0] if end == channels else f"{name}/sum"
            nodes.append(made("Add", [part, sums], [total], {}))
            part = total
        sums = part
    return nodes


def _slice(graph: Graph, name: str, begin: int, end: int, axis: int = 0) -> str:
    """Some channels of weights.

    Raises:
        ValueError: they are no numbers of the usual kind.
    """
    values = graph.floats(name)
    if values is None:
        raise ValueError(f"{name} is no float32")
    part = values[begin:end] if axis == 0 else values[:, begin:end]
    return graph.add(f"{name}/{begin}", part)
