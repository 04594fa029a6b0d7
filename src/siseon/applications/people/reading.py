"""Files in which somebody says something: TOML or JSON of a known form, bounded before they are read."""

from __future__ import annotations

import tomllib
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from siseon.contracts import InputError

MOST_BYTES = 1_000_000
Said = TypeVar("Said", bound=BaseModel)


def written_as(path: str) -> Literal["toml", "json"]:
    """By the ending of its name."""
    return "json" if path.lower().endswith(".json") else "toml"


def read(form: type[Said], data: bytes, written: Literal["toml", "json"]) -> Said:
    """What a file's bytes say.

    Raises:
        InputError: they are too many, not of that form, or say something else.
    """
    name = form.__name__.lower()
    if len(data) > MOST_BYTES:
        raise InputError(f"{name} of {len(data)} bytes", hint=f"{MOST_BYTES} are the most")
    try:
        if written == "json":
            return form.model_validate_json(data)
        return form.model_validate(tomllib.loads(data.decode()))
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"{name} cannot be read: {str(error)[:500]}", hint="see the README of people for its form"
        ) from None
