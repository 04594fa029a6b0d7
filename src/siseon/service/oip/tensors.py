"""Tensors as they come over the wire: JSON, or JSON followed by the raw bytes of the tensors.

Sources: "Open Inference Protocol", KServe; "Binary Tensor Data Extension", Triton Inference Server.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from siseon.contracts import FailureCode, InputError
from siseon.models.ports import Port
from siseon.service.oip.values import array_of
from siseon.service.parsing import TENSOR_VALUES, parse_json

Array = NDArray[Any]

HEADER_LENGTH = "Inference-Header-Content-Length"
DATATYPES: dict[str, type[np.generic]] = {
    "BOOL": np.bool_,
    "UINT8": np.uint8,
    "UINT16": np.uint16,
    "UINT32": np.uint32,
    "UINT64": np.uint64,
    "INT8": np.int8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "FP16": np.float16,
    "FP32": np.float32,
    "FP64": np.float64,
    "BYTES": np.object_,
}
NAMES = {np.dtype(kind): name for name, kind in DATATYPES.items()}
ONNX_NAMES = {
    "tensor(bool)": "BOOL",
    "tensor(float)": "FP32",
    "tensor(float16)": "FP16",
    "tensor(double)": "FP64",
    "tensor(string)": "BYTES",
    **{
        f"tensor({sign}int{bits})": f"{sign.upper()}INT{bits}"
        for sign in ("", "u")
        for bits in (8, 16, 32, 64)
    },
}
MAX_AXES = 16
LONGEST = 1 << 40
"""No length, size or number of microseconds in a request is larger."""
MAX_STRINGS = 100_000
"""Strings of one input."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InputParameters(_Part):
    """What may be said of an input."""

    binary_data_size: int | None = Field(default=None, ge=0, le=LONGEST)


class OutputParameters(_Part):
    """What may be asked of an output."""

    binary_data: bool | None = None


class RequestParameters(_Part):
    """What may be asked of a request; sequences, priorities and classification are not offered, so they are refused."""

    binary_data_output: bool = False
    timeout: int | None = Field(default=None, ge=1, le=LONGEST)
    """Microseconds."""


class InputTensor(_Part):
    """One input; its values stand in ``data`` or behind the JSON."""

    name: str
    shape: tuple[Annotated[int, Field(ge=0, le=LONGEST)], ...] = Field(max_length=MAX_AXES)
    datatype: str
    parameters: InputParameters = InputParameters()
    data: Any = None


class WantedOutput(_Part):
    """One output that the client wants."""

    name: str
    parameters: OutputParameters = OutputParameters()


class InferRequest(_Part):
    """The JSON of a request."""

    id: str | None = None
    parameters: RequestParameters = RequestParameters()
    inputs: tuple[InputTensor, ...] = Field(min_length=1, max_length=64)
    outputs: tuple[WantedOutput, ...] = ()


_REQUEST: TypeAdapter[InferRequest] = TypeAdapter(InferRequest)


def read_request(body: bytes, header_length: str | None) -> tuple[InferRequest, dict[str, Array]]:
    """The request and its input arrays by name.

    Raises:
        InputError: no valid request, or tensors whose bytes, shapes and datatypes do not agree.
    """
    length = len(body) if header_length is None else _length(header_length, len(body))
    request = parse_json(body[:length], _REQUEST, TENSOR_VALUES)
    arrays: dict[str, Array] = {}
    at = length
    for tensor in request.inputs:
        if tensor.name in arrays:
            raise InputError(f"input {tensor.name!r} is there twice")
        size = tensor.parameters.binary_data_size
        if size is None:
            arrays[tensor.name] = _from_json(tensor)
        else:
            arrays[tensor.name] = _from_bytes(tensor, memoryview(body)[at : at + size], size)
            at += size
    if at != len(body):
        raise InputError(f"{len(body) - at} bytes stand behind the last tensor", hint="see binary_data_size")
    return request, arrays


def _length(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))) or int(text) > most:
        raise InputError(f"{HEADER_LENGTH}: {text[:20]!r} is not a length within the body of {most} bytes")
    return int(text)


def _from_json(tensor: InputTensor) -> Array:
    kind = np.dtype(_kind(tensor))
    if "data" not in tensor.model_fields_set:
        raise InputError(f"input {tensor.name!r} has no data")
    return _shaped(tensor, array_of(tensor.data, tensor.name, tensor.datatype, kind, tensor.shape))


def _from_bytes(tensor: InputTensor, data: memoryview, size: int) -> Array:
    kind = _kind(tensor)
    if len(data) != size:
        raise InputError(f"input {tensor.name!r} has {len(data)} of its {size} bytes")
    if kind is np.object_:
        return _shaped(tensor, _strings(tensor, data))
    if size % np.dtype(kind).itemsize:
        raise InputError(f"input {tensor.name!r}: {size} bytes are no whole number of {tensor.datatype}")
    array = np.frombuffer(data, dtype=kind)
    if kind is np.bool_ and array.size and array.view(np.uint8).max() > 1:
        raise InputError(f"input {tensor.name!r}: bytes of BOOL are 0 or 1")
    return _shaped(tensor, array)


def _strings(tensor: InputTensor, data: memoryview) -> Array:
    """Strings, each behind its length as four little-endian bytes; no more than the shape has."""
    most = min(_count(tensor), MAX_STRINGS)
    values: list[bytes] = []
    at = 0
    while at < len(data):
        if len(values) == most:
            raise InputError(f"input {tensor.name!r} has more than {most} strings")
        length = int.from_bytes(data[at : at + 4], "little")
        values.append(bytes(data[at + 4 : at + 4 + length]))
        at += 4 + length
    if at != len(data):
        raise InputError(f"input {tensor.name!r}: the last string ends beyond the tensor")
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _count(tensor: InputTensor) -> int:
    """Values of its shape; 0 where an axis is empty, however long the others claim to be."""
    return math.prod(tensor.shape)


def _shaped(tensor: InputTensor, values: Array) -> Array:
    if _count(tensor) != values.size:
        raise InputError(
            f"input {tensor.name!r} has {values.size} values, its shape {list(tensor.shape)} does not"
        )
    try:
        return values.reshape(tensor.shape)
    except (ValueError, OverflowError):  # no values, and an axis beyond any array's
        raise InputError(f"input {tensor.name!r} has a shape that no tensor has") from None


def _kind(tensor: InputTensor) -> type[np.generic]:
    if tensor.datatype not in DATATYPES:
        raise InputError(
            f"input {tensor.name!r}: datatype {tensor.datatype[:20]!r} is not offered",
            code=FailureCode.invalid_input,
            hint=f"there are: {', '.join(DATATYPES)}",
        )
    return DATATYPES[tensor.datatype]


def from_wire(feeds: Mapping[str, Array]) -> dict[str, Array]:
    """Inputs as a network takes them: strings are text there, and bytes on the wire.

    Raises:
        InputError: bytes that are no UTF-8.
    """
    try:
        return {
            name: _each(array, bytes.decode) if array.dtype == object else array
            for name, array in feeds.items()
        }
    except UnicodeDecodeError as error:
        raise InputError(f"a network's strings are UTF-8: {error}") from None


def to_wire(outputs: Mapping[str, Array]) -> dict[str, Array]:
    """Outputs as the wire has them."""
    return {
        name: _each(array, _as_bytes) if array.dtype == object else array for name, array in outputs.items()
    }


def _each(array: Array, change: Callable[[Any], object]) -> Array:
    changed = np.empty(array.shape, dtype=object)
    changed.ravel()[:] = [change(value) for value in array.ravel()]
    return changed


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def shapes(ports: Sequence[Port]) -> list[dict[str, object]]:
    """Inputs or outputs of a network as the protocol describes them; -1 stands for an open dimension."""
    return [
        {
            "name": port.name,
            "datatype": ONNX_NAMES.get(port.dtype, port.dtype),
            "shape": [size if isinstance(size, int) else -1 for size in port.shape],
        }
        for port in ports
    ]
