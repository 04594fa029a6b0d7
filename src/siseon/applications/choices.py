"""The parameters of applications: what a person may set, checked by the types in the code, and built from it."""

from __future__ import annotations

import difflib
import inspect
import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import TypeAdapter, ValidationError

from siseon.contracts import InputError
from siseon.engine import Pipeline
from siseon.models import ModelManager

Kind = type[Pipeline[Any, Any]]
"""An application: its first argument is the ModelManager, its parameters are keywords with defaults."""
Choice = str | int | float | bool | None
"""A parameter's value, as a configuration file can state it."""


def build(kind: Kind, models: ModelManager, choices: Mapping[str, Choice]) -> Pipeline[Any, Any]:
    """The application with these parameters, not started. Texts are read as the parameter's type, ``none`` as None.

    Raises:
        InputError: an unknown parameter, or a value of the wrong type.
        ModelError: ``model_not_found``.
    """
    hints = accepted(kind)
    return kind(models, **{name: _checked(name, value, hints) for name, value in choices.items()})


def accepted(kind: Kind) -> dict[str, Any]:
    """Keyword parameters that a person can state, with their types: texts, numbers, switches and choices."""
    hints = typing.get_type_hints(kind.__init__, include_extras=True)
    names = [p.name for p in inspect.signature(kind).parameters.values() if p.kind is p.KEYWORD_ONLY]
    return {name: hints[name] for name in names if _plain(hints[name])}


def _checked(name: str, value: Choice, hints: Mapping[str, Any]) -> object:
    if name not in hints:
        near = difflib.get_close_matches(name, hints, n=1)
        raise InputError(
            f"there is no parameter {name!r}",
            hint=(f"did you mean {near[0]}? " if near else "") + f"There are: {', '.join(sorted(hints))}",
        )
    if value == "none" and type(None) in typing.get_args(hints[name]):
        return None
    adapter: TypeAdapter[object] = TypeAdapter(hints[name])
    try:
        return adapter.validate_strings(value) if isinstance(value, str) else adapter.validate_python(value)
    except ValidationError as error:
        reason = error.errors(include_url=False)[0]["msg"]
        raise InputError(f"parameter {name}={value!r}: {reason}") from None


def _plain(hint: Any) -> bool:
    if typing.get_origin(hint) is Annotated:
        return _plain(hint.__origin__)
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return all(_plain(part) for part in typing.get_args(hint))
    return hint in (str, int, float, bool, type(None)) or typing.get_origin(hint) is Literal
