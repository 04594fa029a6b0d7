"""Convolutions of a single pixel over an enlarged map beside another one: computed before it is enlarged.

The necks of detectors enlarge a small map, each pixel to four, put it beside a larger one and convolve both pixel by
pixel. A pixel and its three copies have the same product, so it is computed once: the convolution of the small map is
enlarged, and added to that of the other one. The sums are the same, in another order; the copies of both maps are saved
as well.
Source of the neck: Lin et al., "Feature Pyramid Networks for Object Detection", arXiv 1612.03144.
"""

from __future__ import annotations

from itertools import accumulate, pairwise

from siseon.models.rewrite.convolution import channels_of, side_by_side
from siseon.models.rewrite.graph import Graph
from siseon.models.rewrite.node import PLAIN_CONVOLUTION, Node, made, numbers

POINT = numbers("kernel_shape", [1, 1])


def with_small_convolutions(graph: Graph) -> None:
    """Convolve enlarged maps before they are enlarged, wherever that is less to enlarge."""
    makers, users = graph.makers(), graph.users()
    others: dict[Node, list[Node]] = {}
    for concat, readers in side_by_side(graph, users):
        if not readers:
            continue
        enlarged = [_enlarges(graph, makers.get(name)) for name in concat.inputs]
        counts = [channels_of(graph, makers, name) for name in concat.inputs]
        if sum(enlarged) != 1 or None in counts:
            continue
        small = makers[concat.inputs[enlarged.index(True)]]
        if users[small.outputs[0]] != [concat] or small.outputs[0] in graph.outputs:
            continue
        channels = [count for count in counts if count is not None]
        parts = [_parts(graph, node, concat, small, channels) for node in readers]
        if None in parts or sum(_outputs(graph, node) for node in readers) > channels[enlarged.index(True)]:
            continue
        others |= {concat: [], small: []} | {
            node: made_of for node, made_of in zip(readers, parts, strict=True) if made_of is not None
        }
    if others:
        graph.replace(others)


def _enlarges(graph: Graph, node: Node | None) -> bool:
    """Whether each pixel becomes several equal ones."""
    if node is None or node.operator != "Resize" or len(node.inputs) != 3 or "axes" in node.attributes:
        return False
    texts = {name: one.text for name, one in node.attributes.items()}
    scales = graph.floats(node.inputs[2]) if graph.shape(node.inputs[2]) == (4,) else None
    return (
        texts.get("mode", b"nearest") == b"nearest"
        and texts.get("coordinate_transformation_mode") != b"tf_crop_and_resize"
        and scales is not None
        and scales[:2].tolist() == [1, 1]
        and bool((scales[2:] >= 1).all())
    )


def _parts(graph: Graph, node: Node, concat: Node, small: Node, channels: list[int]) -> list[Node] | None:
    """What is computed in a convolution's place; None where it is another kind of convolution."""
    if node.operator != "Conv" or graph.shape(node.inputs[1])[1:] != (sum(channels), 1, 1):
        return None
    weights = graph.floats(node.inputs[1])
    if weights is None:
        return None
    if node.inputs[0] != concat.outputs[0] or not node.says(PLAIN_CONVOLUTION | {"pads": [0, 0, 0, 0]}):
        return None
    if "auto_pad" in node.attributes:
        return None
    name = "siseon:" + node.outputs[0]
    before, after, large = f"{name}/small", f"{name}/enlarged", f"{name}/large"
    made_of = []
    for source, (begin, end) in zip(concat.inputs, pairwise([0, *accumulate(channels)]), strict=True):
        part = graph.add(f"{node.outputs[0]}/{begin}", weights[:, begin:end])
        if source == small.outputs[0]:
            inputs = [small.inputs[0], part, *node.inputs[2:]]
            made_of += [
                made("Conv", inputs, [before], POINT),
                made("Resize", [before, *small.inputs[1:]], [after], small.attributes),
            ]
        else:
            made_of.append(made("Conv", [source, part], [large], POINT))
    return [*made_of, made("Add", [large, after], node.outputs, {})]


def _outputs(graph: Graph, node: Node) -> int:
    return next(iter(graph.shape(node.inputs[1])), 0)
