"""Files in which somebody says something: TOML or JSON of a known form, bounded before they are read."""

from __future__ import annotations

import tomllib
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from siseon.contracts import InputError
from siseon.contracts.words import words_of

MOST_BYTES = 1_000_000
MOST_DOTS = 200
"""In a line of TOML: the work for a name with so many parts grows with the square of them."""
HINT = "see the README of people for its form"
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
        text = data.decode("utf-8-sig")  # Notepad begins files with a mark
        if written == "json":
            return form.model_validate_json(text)
        if any(line.count(".") > MOST_DOTS for line in text.splitlines()):
            raise InputError(f"{name} with a line of more than {MOST_DOTS} dots", hint=HINT)
        return form.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise InputError(f"{name} cannot be read: {_first(error)}", hint=HINT) from None
    except (ValueError, RecursionError) as error:  # TOML's own, of UTF-8, of numbers with thousands of digits
        raise InputError(f"{name} cannot be read: {str(error)[:300]}", hint=HINT) from None


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, and how many more there are."""
    first, *others = error.errors(include_url=False, include_input=False, include_context=False)
    where = ".".join(str(one) for one in first["loc"])
    more = f", and {len(others)} more" if others else ""
    return f"{where}: {words_of(first)}{more}"[:300] if where else f"{words_of(first)}{more}"[:300]
