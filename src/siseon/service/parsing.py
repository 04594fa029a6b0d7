"""JSON of strangers: counted before it is parsed, and parsed beside the event loop where it is long.

A parser makes an object of three bytes (``"",``): 16 MB of them were 3 GB. What bodies may hold is therefore bounded
in values, by counting the bytes that begin one: a count that a parser never exceeds, at the speed of memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from pydantic import TypeAdapter, ValidationError

from siseon.contracts import InputError
from siseon.contracts.words import words_of

P = ParamSpec("P")
T = TypeVar("T")

OFF_LOOP = 64 << 10
"""Bytes from which on parsing would keep the event loop from others; below, a thread costs more than it gives."""
VALUES = 20_000
"""Commas and brackets of a body that carries no tensors, those in its texts included."""
TENSOR_VALUES = 1_000_000
"""Of one with tensors in JSON; more of them come as bytes."""


async def beside(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do work on ``size`` bytes, in a thread where they are many."""
    return await asyncio.to_thread(work, *args, **kwargs) if size > OFF_LOOP else work(*args, **kwargs)


def parse_json(body: bytes, adapter: TypeAdapter[T], values: int = VALUES) -> T:
    """Validate a JSON body of at most so many values.

    Raises:
        InputError: no JSON, too many values, nested too deeply, or not of the type.
    """
    count = body.count(b",") + body.count(b"[") + body.count(b"{")
    if count > values:
        raise InputError(
            f"the JSON has about {count} values, the limit is {values}",
            hint="send less in one request; tensors as bytes, after the JSON",
        )
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{where[:200] or 'body'}: {words_of(first)}",
            hint="see /docs for what the request takes",
        ) from None
