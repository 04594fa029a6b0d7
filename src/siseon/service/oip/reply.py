"""An answer's tensors on the wire: those that were asked for, as bytes or as JSON, within a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import orjson

from siseon.contracts import FailureCode, InputError, ModelError
from siseon.service.oip.tensors import NAMES, Array, InferRequest, WantedOutput

JSON_BYTES = 22
"""Of a number in JSON: 17 digits, a sign, a point, an exponent; most are shorter."""


def wanted_of(
    request: InferRequest, outputs: Mapping[str, Array], limit: int
) -> list[tuple[Array, WantedOutput]]:
    """The outputs that are asked for, all where none is named, if their answer is no longer than ``limit`` bytes.

    Raises:
        InputError: an output is wanted that there is not, or twice.
        ModelError: ``network_failed``: the answer would be longer.
    """
    wanted = request.outputs or tuple(WantedOutput(name=name) for name in outputs)
    if len({want.name for want in wanted}) < len(wanted):
        raise InputError("an output is wanted twice", hint="name each once")
    length = 0
    for want in wanted:
        if want.name not in outputs:
            raise InputError(
                f"there is no output {want.name[:80]!r}", hint=f"there are: {', '.join(outputs)}"
            )
        length += _length_of(outputs[want.name], as_bytes=_as_bytes_wanted(want, request))
    if length > limit:
        raise ModelError(
            f"the answer would have about {length} bytes, the limit is {limit}",
            code=FailureCode.network_failed,
            hint="ask for fewer outputs, as bytes, of fewer inputs; four times max_upload_bytes is the limit",
        )
    return [(outputs[want.name], want) for want in wanted]


def write_response(
    head: Mapping[str, object], wanted: Sequence[tuple[Array, WantedOutput]], request: InferRequest
) -> tuple[bytes, int | None]:
    """The body of an answer, and the length of its JSON where raw bytes follow.

    Raises:
        InputError: an output is wanted in JSON, which cannot say its values.
    """
    described: list[dict[str, object]] = []
    raw: list[bytes] = []
    for array, want in wanted:
        entry: dict[str, object] = {
            "name": want.name,
            "datatype": NAMES[array.dtype],
            "shape": list(array.shape),
        }
        if _as_bytes_wanted(want, request):
            raw.append(_to_bytes(array))
            entry["parameters"] = {"binary_data_size": len(raw[-1])}
        else:
            entry["data"] = _to_json(want.name, array)
        described.append(entry)
    echoed = {"id": request.id} if request.id is not None else {}
    header = orjson.dumps({**head, **echoed, "outputs": described}, option=orjson.OPT_SERIALIZE_NUMPY)
    return (b"".join([header, *raw]), len(header)) if raw else (header, None)


def _as_bytes_wanted(want: WantedOutput, request: InferRequest) -> bool:
    binary = want.parameters.binary_data
    return request.parameters.binary_data_output if binary is None else binary


def _length_of(array: Array, *, as_bytes: bool) -> int:
    """Bytes of an output in the answer; in JSON at most, about."""
    if array.dtype == object:
        return sum(4 + len(value) for value in array.ravel())
    return array.nbytes if as_bytes else array.size * JSON_BYTES


def _to_bytes(array: Array) -> bytes:
    if array.dtype != object:
        return np.ascontiguousarray(array).tobytes()
    return b"".join(len(value).to_bytes(4, "little") + value for value in array.ravel())


def _to_json(name: str, array: Array) -> object:
    if array.dtype == object:
        return [value.decode() for value in array.ravel()]
    if (
        array.dtype.kind == "f" and not np.isfinite(array).all()
    ):  # the writer would put null, which is read as NaN
        raise InputError(
            f"output {name!r} has NaN or infinity among its values, which JSON cannot say",
            hint='ask for its bytes: "parameters": {"binary_data_output": true}',
        )
    if array.dtype == np.float16:
        return array.ravel().astype(np.float32)
    return np.ascontiguousarray(array).ravel()
