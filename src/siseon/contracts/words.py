"""What pydantic finds wrong with a value, in words for whoever wrote the value."""

from __future__ import annotations

from pydantic_core import ErrorDetails


def words_of(error: ErrorDetails) -> str:
    """Without the name of an exception, and of a field that is not known, that it is none."""
    if error["type"] == "extra_forbidden":
        return "there is no such field"
    return error["msg"].removeprefix("Value error, ")
