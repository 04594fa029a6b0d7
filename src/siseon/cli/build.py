"""From words on the command line to a pipeline: the manager, the application and its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from siseon.applications.choices import Choice, build
from siseon.contracts import FailureCode, InputError
from siseon.engine import Pipeline
from siseon.models import ModelManager
from siseon.settings import Settings, read_settings


def manager(settings: Settings | None = None) -> ModelManager:
    """The models that the settings name."""
    settings = settings or read_settings()
    return ModelManager(
        search_path=settings.model_path, cache_dir=settings.cache_dir / "models", threads=settings.threads
    )


def application(name: str) -> type[Pipeline[Any, Any]]:
    """The application of that name.

    Raises:
        InputError: ``pipeline_not_found``, with the names there are.
    """
    from siseon.applications import applications

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
    return build(application(name), models or manager(), choices(settings))


def choices(settings: Sequence[str]) -> dict[str, Choice]:
    """``name=value`` words by name.

    Raises:
        InputError: a word without an equals sign.
    """
    values: dict[str, Choice] = {}
    for word in settings:
        name, equals, text = word.partition("=")
        if not equals:
            raise InputError(f"--set {word!r} sets nothing", hint="use name=value")
        values[name.replace("-", "_")] = text
    return values
