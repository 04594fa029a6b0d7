"""From words on the command line to a pipeline: the manager, the application and its parameters."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from siseon.contracts import FailureCode, InputError
from siseon.engine import Pipeline
from siseon.models import ModelManager
from siseon.settings import Settings


def manager(settings: Settings | None = None) -> ModelManager:
    """The models that the settings name."""
    settings = settings or Settings()
    return ModelManager(
        search_path=settings.model_path, cache_dir=settings.cache_dir / "models", threads=settings.threads
    )


def application(name: str) -> type[Pipeline[Any, Any]]:
    """The application of that name.

    Raises:
        InputError: ``pipeline_not_found``, with the names there are.
    """
    from siseon.pipelines import applications

    known = applications()
    if name not in known:
        raise InputError(
            f"there is no pipeline called {name!r}",
            code=FailureCode.pipeline_not_found,
            hint=f"pipelines: {', '.join(sorted(known))}",
        )
    return known[name]


def pipeline(
    name: str, settings: Sequence[str] = (), models: ModelManager | None = None
) -> Pipeline[Any, Any]:
    """An application with its parameters; ``settings`` are ``name=value`` words.

    Raises:
        InputError: an unknown parameter, or a value of the wrong type.
    """
    kind = application(name)
    return kind(models or manager(), **_parameters(kind, settings))  # type: ignore[call-arg]


def _parameters(kind: type[Pipeline[Any, Any]], settings: Sequence[str]) -> dict[str, object]:
    accepted = _accepted(kind)
    values: dict[str, object] = {}
    for word in settings:
        key, equals, text = word.partition("=")
        key = key.replace("-", "_")
        if not equals or key not in accepted:
            known = ", ".join(sorted(accepted))
            raise InputError(f"--set {word!r} sets nothing", hint=f"use name=value with one of: {known}")
        try:
            absent = text == "none" and type(None) in typing.get_args(accepted[key])
            values[key] = None if absent else TypeAdapter(accepted[key]).validate_strings(text)
        except ValidationError as error:
            reason = error.errors(include_url=False)[0]["msg"]
            raise InputError(f"--set {word!r}: {reason}") from None
    return values


def _accepted(kind: type[Pipeline[Any, Any]]) -> dict[str, Any]:
    """Keyword parameters that a person can type: texts, words of a choice, numbers and switches."""
    hints = typing.get_type_hints(kind.__init__)
    names = [p.name for p in inspect.signature(kind).parameters.values() if p.kind is p.KEYWORD_ONLY]
    return {name: hints[name] for name in names if _plain(hints[name])}


def _plain(hint: Any) -> bool:
    if isinstance(hint, types.UnionType):
        return all(_plain(part) for part in hint.__args__)
    if typing.get_origin(hint) is typing.Literal:
        return all(isinstance(word, str) for word in hint.__args__)
    return hint in (str, int, float, bool, type(None))
