"""A node of a network: what it reads, makes and says, as the wire format has it; and new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from siseon.models.wire_format import Buffer, Span, bytes_field, fields, number_field, spans

# Numbers of the fields in onnx.proto.
NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR, NODE_ATTRIBUTE, NODE_DOMAIN = 1, 2, 4, 5, 7
ATTRIBUTE_NAME, ATTRIBUTE_INT, ATTRIBUTE_TEXT = 1, 3, 4
ATTRIBUTE_TENSOR, ATTRIBUTE_INTS, ATTRIBUTE_TYPE = 5, 8, 20
ATTRIBUTE_INSIDE = {6, 10, 11, 22, 23}
"""Graphs, which read tensors of the one around them, and lists and kinds of tensors that no such export has."""
TENSOR_EXTERNAL = 13
TYPE_INT, TYPE_INTS = 2, 7
"""Of attributes."""
MOST_OF_ONE = 100
"""Names, and whole numbers, of a node that are looked at: YOLOX has five."""
PLAIN_CONVOLUTION = {"group": [1], "dilations": [1, 1], "strides": [1, 1]}
"""What a convolution says, or leaves out, that neither skips nor parts anything."""


class Attribute(NamedTuple):
    """What a node says by a name."""

    numbers: list[int]
    """Where it is whole numbers."""
    text: bytes
    """Where it is a text."""
    message: bytes
    """As it is written."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A node of the graph. Compared by identity."""

    operator: str
    """Its name, after that of its domain where that is not ONNX."""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    message: bytes
    """As it is written."""
    constant: Span | None = None
    """The tensor among its attributes."""
    plain: bool = True
    """Whether nothing lies inside it that is not looked at."""

    def numbers(self, name: str) -> list[int]:
        """An attribute of whole numbers; empty where it is absent."""
        return self.attributes[name].numbers if name in self.attributes else []

    def says(self, usual: Mapping[str, list[int]]) -> bool:
        """Whether its attributes of these names have these values, or are absent."""
        return all(self.numbers(name) in ([], value) for name, value in usual.items())


def made(
    operator: str, inputs: Sequence[str], outputs: Sequence[str], attributes: Mapping[str, Attribute]
) -> Node:
    """A new node."""
    message = b"".join(
        [
            *(bytes_field(NODE_INPUT, one.encode()) for one in inputs),
            *(bytes_field(NODE_OUTPUT, one.encode()) for one in outputs),
            bytes_field(NODE_OPERATOR, operator.encode()),
            *(bytes_field(NODE_ATTRIBUTE, one.message) for one in attributes.values()),
        ]
    )
    return Node(operator, tuple(inputs), tuple(outputs), attributes, message)


def number(name: str, value: int) -> dict[str, Attribute]:
    """An attribute that is one whole number of at least 0."""
    said = [number_field(ATTRIBUTE_TYPE, TYPE_INT), number_field(ATTRIBUTE_INT, value)]
    message = b"".join([bytes_field(ATTRIBUTE_NAME, name.encode()), *said])
    return {name: Attribute([value], b"", message)}


def numbers(name: str, values: Sequence[int]) -> dict[str, Attribute]:
    """An attribute that is a list of whole numbers of at least 0."""
    said = [number_field(ATTRIBUTE_INTS, value) for value in values]
    message = [bytes_field(ATTRIBUTE_NAME, name.encode()), number_field(ATTRIBUTE_TYPE, TYPE_INTS), *said]
    return {name: Attribute([*values], b"", b"".join(message))}


def node_at(data: Buffer, span: Span) -> Node:
    """The node that is written there.

    Raises:
        LookupError, ValueError: it is not as exports are written.
    """
    texts: dict[int, list[str]] = {NODE_INPUT: [], NODE_OUTPUT: [], NODE_OPERATOR: [""], NODE_DOMAIN: [""]}
    attributes: dict[str, Attribute] = {}
    constant, plain = None, True
    for number, part in spans(data, span):
        if number in texts:
            texts[number].append(text_at(data, part))
            if len(texts[number]) > MOST_OF_ONE:
                raise ValueError("more inputs or outputs than a node of such an export has")
        elif number == NODE_ATTRIBUTE:
            name, text = "", b""
            ints: list[int] = []
            for what, value in fields(data, part):
                plain = plain and what not in ATTRIBUTE_INSIDE
                if isinstance(value, int):
                    ints = [*ints, value][:MOST_OF_ONE] if what in (ATTRIBUTE_INT, ATTRIBUTE_INTS) else ints
                elif what == ATTRIBUTE_NAME:
                    name = text_at(data, value)
                elif what == ATTRIBUTE_INTS:  # packed, as no such export writes them
                    plain = False
                elif what == ATTRIBUTE_TEXT:
                    text = data[slice(*value)]
                elif what == ATTRIBUTE_TENSOR:
                    constant = value
                    plain = plain and TENSOR_EXTERNAL not in dict(spans(data, value))
            plain = plain and name not in attributes
            attributes[name] = Attribute(ints, text, data[slice(*part)])
    operator, domain = texts[NODE_OPERATOR][-1], texts[NODE_DOMAIN][-1]
    if domain not in ("", "ai.onnx"):
        operator = f"{domain}.{operator}"
    names = tuple(texts[NODE_INPUT]), tuple(texts[NODE_OUTPUT])
    return Node(operator, *names, attributes, data[slice(*span)], constant, plain)


def text_at(data: Buffer, span: Span) -> str:
    """The text that is written there."""
    return data[slice(*span)].decode()
