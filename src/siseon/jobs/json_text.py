"""JSON as text in a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
from pydantic import JsonValue

from siseon.contracts import InputError


def to_text(value: JsonValue | Mapping[str, JsonValue] | Sequence[str]) -> str:
    """Compact, keys sorted, so that equal values are equal texts.

    Raises:
        InputError: the value has no form in JSON (a lone surrogate, an integer of more than 64 bits), or NUL, which
            PostgreSQL cannot keep.
    """
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError as error:
        raise InputError(
            f"not JSON: {error}", hint="text is Unicode, whole numbers have at most 64 bits"
        ) from error
    return text


def from_text(text: str | None) -> JsonValue:
    """What was written; None for no text."""
    if text is None:
        return None
    value: JsonValue = orjson.loads(text)
    return value
