"""An input of a network, written again with sizes left open."""

from __future__ import annotations

from collections.abc import Collection

from siseon.models.wire_format import Buffer, Span, bytes_field, fields, number_field, spans

# Numbers of the fields in onnx.proto.
PORT_NAME, PORT_TYPE = 1, 2
TYPE_TENSOR = 1
TENSOR_KIND, TENSOR_SHAPE = 1, 2
SHAPE_SIZE = 1
SIZE_NAME = 2


def open_port(data: Buffer, span: Span, kept: Collection[int], mark: str) -> bytes:
    """Its name and type, and its sizes on the axes that are kept; the others have names that begin with a mark.

    Raises:
        LookupError, ValueError: it is no tensor, or says nothing of its shape.
    """
    parts = dict(spans(data, span))
    name = data[slice(*parts[PORT_NAME])]
    tensor = dict(spans(data, parts[PORT_TYPE]))[TYPE_TENSOR]
    kind, *_ = [
        value for number, value in fields(data, tensor) if number == TENSOR_KIND and isinstance(value, int)
    ]
    shape = dict(spans(data, tensor))[TENSOR_SHAPE]
    sizes = [data[slice(*size)] for number, size in spans(data, shape) if number == SHAPE_SIZE]
    written = b"".join(
        bytes_field(
            SHAPE_SIZE, size if axis in kept else bytes_field(SIZE_NAME, f"{mark}{axis} of ".encode() + name)
        )
        for axis, size in enumerate(sizes)
    )
    typed = number_field(TENSOR_KIND, kind) + bytes_field(TENSOR_SHAPE, written)
    return bytes_field(PORT_NAME, name) + bytes_field(PORT_TYPE, bytes_field(TYPE_TENSOR, typed))
