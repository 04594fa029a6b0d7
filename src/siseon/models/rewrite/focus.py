"""The first layer of YOLOX and of the first YOLOv5, written as the one convolution that it is.

Its export takes every second row and column of the picture in four ways, puts the four side by side, and convolves
them: seven nodes that copy the picture twice. A convolution with a kernel of twice the size that steps by two pixels
over the picture itself computes the same sums.
Source of the layer: Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv 2107.08430 (``Focus`` in its code).
"""

from __future__ import annotations

import numpy as np

from siseon.models.rewrite.graph import Floats, Graph
from siseon.models.rewrite.node import PLAIN_CONVOLUTION, Node, made, numbers

FAR = (1 << 31) - 1
"""An end of a slice beyond every picture; exports write the largest number of 32 or of 64 bits."""
ROWS, COLUMNS = 2, 3
"""Axes of (batch, channels, height, width)."""

Offset = tuple[int, int]
"""First row and first column of a slice that takes every second."""


def without_focus(graph: Graph) -> None:
    """Put one convolution in the place of that layer, where the network begins with it."""
    found = _find(graph)
    if found is None:
        return
    gone, convolution, offsets, source = found
    weights = graph.floats(convolution.inputs[1])
    pads, kernel = convolution.numbers("pads"), convolution.numbers("kernel_shape")
    if weights is None or weights.ndim != 4 or weights.shape[1] % len(offsets):
        return
    if [*weights.shape[2:]] != kernel or len(pads) != 4 or max(pads) >= FAR:
        return
    unfolded = _unfolded(weights, offsets)
    attributes = (
        numbers("kernel_shape", unfolded.shape[2:])
        | numbers("pads", [2 * pad for pad in pads])
        | numbers("strides", [2, 2])
    )
    inputs = [source, graph.add(convolution.inputs[1], unfolded), *convolution.inputs[2:]]
    graph.replace(
        dict.fromkeys(gone, ()) | {convolution: (made("Conv", inputs, convolution.outputs, attributes),)}
    )


def _find(graph: Graph) -> tuple[list[Node], Node, list[Offset], str] | None:
    """The nodes that go, the convolution, how its input is sliced, and of what."""
    first = next((node for node in graph.nodes if node.operator in ("Concat", "Conv")), None)
    if first is None or first.numbers("axis") != [1] or len(first.inputs) != 4:
        return None
    makers, readers = graph.makers(), graph.users()
    gone, offsets, sources = [first], [], set()
    for name in first.inputs:
        begins: dict[int, int] = {}
        while (node := makers.get(name)) is not None and node.operator == "Slice":
            starts, ends, axes, steps = (graph.integers(one) for one in node.inputs[1:5])
            if [len(starts), len(axes), steps] != [1, 1, [2]] or ends[0] < FAR or starts[0] not in (0, 1):
                return None
            if axes[0] in begins:  # every fourth, or slices in a circle
                return None
            begins[axes[0]] = starts[0]
            gone.append(node)
            name = node.inputs[0]
        if sorted(begins) != [ROWS, COLUMNS]:
            return None
        offsets.append((begins[ROWS], begins[COLUMNS]))
        sources.add(name)
    users = readers.get(first.outputs[0], [])
    inner = {name for node in gone for name in node.outputs}
    outside = [node for name in inner for node in readers.get(name, []) if node not in gone]
    if len({*offsets}) < len(offsets):  # sizes that are odd would do
        return None
    if len(sources) != 1 or len(users) != 1 or outside != users or inner & graph.outputs:
        return None
    (convolution,) = users
    if convolution.operator != "Conv" or not convolution.says(PLAIN_CONVOLUTION):
        return None
    if convolution.inputs[0] != first.outputs[0] or "auto_pad" in convolution.attributes:
        return None
    return gone, convolution, offsets, sources.pop()


def _unfolded(weights: Floats, offsets: list[Offset]) -> Floats:
    """(outputs, channels, 2 × height, 2 × width) of (outputs, 4 × channels, height, width)."""
    outputs, channels, height, width = weights.shape
    channels //= len(offsets)
    unfolded = np.zeros((outputs, channels, 2 * height, 2 * width), "<f4")
    with np.errstate(invalid="ignore", over="ignore"):  # weights of a damaged file stay what they are
        for place, (row, column) in enumerate(offsets):
            unfolded[:, :, row::2, column::2] += weights[:, place * channels : (place + 1) * channels]
    return unfolded
