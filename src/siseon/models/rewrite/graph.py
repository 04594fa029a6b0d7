"""A network as it is changed in memory: its nodes and constants, read from the wire format and written to it again.

Only what the changes need is read, and what they do not touch is written as it was; ``onnx`` is not needed to serve.
A network is left alone whose answers could hang on something that is not looked at: graphs inside its graph, functions
of its own, data in other files, weights that callers may replace.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from siseon.models.rewrite.node import MOST_OF_ONE, TENSOR_EXTERNAL, Node, node_at, text_at
from siseon.models.rewrite.port import open_port
from siseon.models.wire_format import Buffer, Span, bytes_field, field_head, fields, number_field, spans

# Numbers of the fields in onnx.proto.
MODEL_VERSION, MODEL_GRAPH, MODEL_FUNCTION = 1, 7, 25
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_BETWEEN, GRAPH_SPARSE = 1, 5, 11, 12, 13, 15
TENSOR_DIMS, TENSOR_TYPE, TENSOR_NAME, TENSOR_RAW = 1, 2, 8, 9
PORT_NAME, PORT_TYPE, TYPE_TENSOR, TENSOR_SHAPE, SHAPE_SIZE, SIZE_VALUE = 1, 2, 1, 2, 1, 1
BATCH, CHANNELS = 0, 1
"""Axes that an input keeps as they are."""
FLOAT, INT64 = 1, 7
"""Types of tensors."""
LEAST_VERSION = 4
"""Of the format; before, weights were inputs too."""
MOST_NODES = 4_000
"""Of a network that is looked at: YOLOX has hundreds."""
MOST_ADDED, SPARE_BYTES = 4, 1 << 20
"""Times the bytes of a network that changes add to it, and some more: each weight is written anew about once."""
MARK = "siseon:"
"""Begins the names of all tensors that changes add."""

Floats = NDArray[np.float32]
Head = tuple[int, list[int], Span]
"""Of a tensor: its type, its dimensions, and where its raw data is."""


@dataclass
class Graph:
    """What is looked at of a network, and changed."""

    data: Buffer
    span: Span
    nodes: list[Node] = field(default_factory=list)
    inputs: dict[str, list[int]] = field(default_factory=dict)
    """By name their sizes; 0 for those that are open."""
    outputs: set[str] = field(default_factory=set)
    changed: bool = False
    _open: bool = False
    _fixed: set[str] = field(default_factory=set)
    """Inputs that are none any more."""
    _tensors: dict[str, Span] = field(default_factory=dict)
    _heads: dict[str, Head] = field(default_factory=dict)
    """Of those that were looked at: many nodes may share one whose fields take long to go through."""
    _added: dict[str, Floats] = field(default_factory=dict)
    _added_bytes: int = 0

    def users(self) -> dict[str, list[Node]]:
        """The nodes that read each tensor."""
        users: dict[str, list[Node]] = {}
        for node in self.nodes:
            for name in dict.fromkeys(node.inputs):
                users.setdefault(name, []).append(node)
        return users

    def makers(self) -> dict[str, Node]:
        """The node that makes each tensor."""
        return {name: node for node in self.nodes for name in node.outputs}

    def integers(self, name: str) -> list[int]:
        """A constant of whole numbers; empty where it is none."""
        return self._integers(self._head(name))

    def within(self, node: Node) -> list[int]:
        """The same of the tensor among its attributes."""
        return [] if node.constant is None else self._integers(_head(self.data, node.constant))

    def floats(self, name: str) -> Floats | None:
        """A constant of numbers; None where it is none.

        Raises:
            ValueError: it is not written as such exports write it.
        """
        if name in self._added:
            return self._added[name]
        kind, shape, (start, end) = self._head(name)
        if kind != FLOAT:
            return None
        if end - start != 4 * math.prod(shape):
            raise ValueError(f"{name} is not of its shape")
        return np.frombuffer(self.data[start:end], "<f4").reshape(shape)

    def shape(self, name: str) -> tuple[int, ...]:
        """Dimensions of a constant; empty where it is none."""
        if name in self._added:
            return self._added[name].shape
        return tuple(self._head(name)[1])

    def add(self, name: str, values: Floats) -> str:
        """A constant of its own, made of that of a name; what it is called.

        Raises:
            ValueError: all that was added is far more than the network, as where many nodes share weights.
        """
        self._added_bytes += values.nbytes
        if self._added_bytes > MOST_ADDED * len(self.data) + SPARE_BYTES:
            raise ValueError("more weights than there were")
        name = f"{MARK}{name}/{len(self._added)}"
        self._added[name] = np.ascontiguousarray(values, "<f4")
        return name

    def replace(self, others: Mapping[Node, Sequence[Node]]) -> None:
        """Put nodes in the place of others: what they read must be made before.

        Raises:
            ValueError: it has too many then.
        """
        self.nodes = [one for node in self.nodes for one in others.get(node, (node,))]
        self.changed = True
        if len(self.nodes) > MOST_NODES:
            raise ValueError("more nodes than are looked at")

    def open_sides(self) -> None:
        """Let inputs have any size but for batch and channels. What outputs are said to be is of the sides they had."""
        self._open = self.changed = True

    def fix_weights(self) -> None:
        """Let no caller replace a weight: those that are inputs too are none any more."""
        self._fixed = self.inputs.keys() & self._tensors.keys()
        self.inputs = {name: sizes for name, sizes in self.inputs.items() if name not in self._fixed}
        self.changed = self.changed or bool(self._fixed)

    def written(self) -> bytes | None:
        """The model; None where a name of what was added is taken."""
        made = [name for node in self.nodes for name in node.outputs if name]
        new = self._added.keys() | {name for name in made if name.startswith(MARK)}
        if len({*made}) < len(made) or new & {*self._tensors, *self.inputs} or self._added.keys() & {*made}:
            return None
        parts = [bytes_field(GRAPH_NODE, node.message) for node in self.nodes]
        parts += [bytes_field(GRAPH_INITIALIZER, _written(*one)) for one in self._added.items()]
        for number, span in spans(self.data, self.span):
            if number == GRAPH_INPUT and _port_name(self.data, span) in self._fixed:
                continue
            if number != GRAPH_NODE and not (self._open and number == GRAPH_BETWEEN):
                field = self._field(number, span)
                parts += field_head(number, len(field)), field
        return b"".join(_with_graph(self.data, parts))

    def _integers(self, head: Head) -> list[int]:
        kind, _, (start, end) = head
        if kind != INT64 or end - start > 8 * MOST_OF_ONE:
            return []
        return [int(one) for one in np.frombuffer(self.data[start:end], "<i8")]

    def _head(self, name: str) -> Head:
        if name not in self._heads:
            span = self._tensors.get(name)
            self._heads[name] = (0, [], (0, 0)) if span is None else _head(self.data, span)
        return self._heads[name]

    def _field(self, number: int, span: Span) -> bytes:
        """As it was; of inputs that are open the sizes that stay."""
        if not self._open or number != GRAPH_INPUT:
            return self.data[slice(*span)]
        return open_port(self.data, span, (BATCH, CHANNELS), MARK)


def read(data: Buffer) -> Graph | None:
    """The graph of a network; None where it is to be left alone.

    Raises:
        LookupError, ValueError: it is not as exports are written.
    """
    whole: Span | None = None
    version = 0
    for number, value in fields(data, (0, len(data))):
        if isinstance(value, int):
            version = value if number == MODEL_VERSION else version
        elif number == MODEL_FUNCTION or (number == MODEL_GRAPH and whole is not None):
            return None
        elif number == MODEL_GRAPH:
            whole = value
    if whole is None or version < LEAST_VERSION:
        return None
    graph = Graph(data, whole)
    for number, span in spans(data, whole):
        if number == GRAPH_NODE:
            node = node_at(data, span)
            if len(graph.nodes) == MOST_NODES or not node.plain:
                return None
            graph.nodes.append(node)
            if node.constant is not None and node.operator == "Constant":
                graph._tensors[node.outputs[0]] = node.constant
        elif number == GRAPH_INITIALIZER:
            parts = dict(spans(data, span))
            if TENSOR_EXTERNAL in parts:
                return None
            graph._tensors[text_at(data, parts[TENSOR_NAME])] = span
        elif number == GRAPH_INPUT:
            graph.inputs[_port_name(data, span)] = _sizes(data, dict(spans(data, span))[PORT_TYPE])
        elif number == GRAPH_OUTPUT:
            graph.outputs.add(_port_name(data, span))
        elif number == GRAPH_SPARSE:
            return None
    return graph


def _port_name(data: Buffer, span: Span) -> str:
    return text_at(data, dict(spans(data, span))[PORT_NAME])


def _sizes(data: Buffer, span: Span) -> list[int]:
    """Of an input of this type; none where it is no tensor with a shape."""
    for number in (TYPE_TENSOR, TENSOR_SHAPE):
        inside = dict(spans(data, span))
        if number not in inside:
            return []
        span = inside[number]
    sizes = [dict(fields(data, one)) for number, one in spans(data, span) if number == SHAPE_SIZE]
    return [size if isinstance(size := one.get(SIZE_VALUE, 0), int) else 0 for one in sizes]


def _head(data: Buffer, span: Span) -> Head:
    kind, raw = 0, (0, 0)
    dims: list[int] = []
    for number, value in fields(data, span):
        if isinstance(value, int):
            kind = value if number == TENSOR_TYPE else kind
            dims = [*dims, value][:MOST_OF_ONE] if number == TENSOR_DIMS else dims
        elif number == TENSOR_RAW:
            raw = value
    return kind, dims, raw


def _written(name: str, values: Floats) -> bytes:
    return b"".join(
        [
            *(number_field(TENSOR_DIMS, size) for size in values.shape),
            number_field(TENSOR_TYPE, FLOAT),
            bytes_field(TENSOR_NAME, name.encode()),
            bytes_field(TENSOR_RAW, values.tobytes()),
        ]
    )


def _with_graph(data: Buffer, graph: Sequence[bytes]) -> Iterator[bytes]:
    """The model's fields, with another graph: in pieces, since weights are copied often enough."""
    for number, value in fields(data, (0, len(data))):
        if isinstance(value, int):
            yield number_field(number, value)
        elif number == MODEL_GRAPH:
            yield field_head(number, sum(map(len, graph)))
            yield from graph
        else:
            yield bytes_field(number, data[slice(*value)])
