"""Values of a tensor in JSON: taken as they are, or refused by name.

A library that makes arrays of lists converts without a word: null becomes NaN, 3.7 becomes 3, true becomes 1 and 300
becomes 44. The network then answers a question that nobody has asked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import InputError

Array = NDArray[Any]

SHOWN = 40
"""Characters of a value that are told back."""


def array_of(values: object, name: str, datatype: str, kind: np.dtype[Any], shape: Sequence[int]) -> Array:
    """The values of input ``name``, flat or nested as its ``shape`` is; texts as bytes.

    Returns:
        (n,) of ``kind``, object for BYTES, in the order of the JSON; its length is the caller's to check.

    Raises:
        InputError: no array, one that is nested otherwise than ``shape``, or a value that is not of ``datatype``.
    """
    if not isinstance(values, list):
        raise InputError(f"input {name!r}: data is {_told(values)}, expected an array")
    made = np.array(values, dtype=object)
    flat = made.ravel().tolist()
    if any(isinstance(value, list) for value in flat) or (made.ndim > 1 and made.shape != tuple(shape)):
        raise InputError(
            f"input {name!r}: its arrays are nested otherwise than the shape {list(shape)}",
            hint="nest the values as the shape says, or send them as one flat array",
        )
    if kind.hasobject:
        return _texts(flat, name)
    takes, expected = _expected(kind)
    _check(flat, name, datatype, takes, expected)
    if kind.kind in "iu":
        limits = np.iinfo(kind)
        for value in (min(flat), max(flat)) if flat else ():
            if not limits.min <= value <= limits.max:
                raise _refused(name, datatype, value, expected)
    try:
        with np.errstate(over="ignore"):
            array = np.array(flat, dtype=kind)
    except OverflowError:  # a whole number beyond every float
        raise _refused(name, datatype, max(flat, key=abs), expected) from None
    if kind.kind == "f" and not np.isfinite(array).all():
        for value, had in zip(flat, np.isfinite(array), strict=True):
            if not had and math.isfinite(value):
                raise _refused(name, datatype, value, expected)
    return array


def _expected(kind: np.dtype[Any]) -> tuple[set[type], str]:
    """Python's types of what a datatype takes, and the words for it."""
    if kind.kind == "b":
        return {bool}, "true or false"
    if kind.kind in "iu":
        limits = np.iinfo(kind)
        return {int}, f"whole numbers from {limits.min} to {limits.max}"
    return {int, float}, f"numbers up to {float(np.finfo(kind).max):.5g}"


def _texts(flat: Sequence[Any], name: str) -> Array:
    _check(flat, name, "BYTES", {str}, "strings")
    array = np.empty(len(flat), dtype=object)
    array[:] = [value.encode() for value in flat]
    return array


def _check(flat: Sequence[Any], name: str, datatype: str, takes: set[type], expected: str) -> None:
    if not set(map(type, flat)) <= takes:
        raise _refused(name, datatype, next(value for value in flat if type(value) not in takes), expected)


def _refused(name: str, datatype: str, value: object, expected: str) -> InputError:
    return InputError(f"input {name!r}: {_told(value)} is not a value of {datatype}, expected {expected}")


def _told(value: object) -> str:
    """A value as JSON has it, cut."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list() | dict():
            return "an array" if isinstance(value, list) else "an object"
        case int() if value.bit_length() > SHOWN:
            return "a number of many digits"
        case _:
            return repr(value)[:SHOWN]
