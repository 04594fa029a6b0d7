"""What the owner of a service alone may state: paths of its disk. Whoever has the token may change models and numbers
of a pipeline, and must not have it read a file of his choice."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from siseon.applications.application import AnyApplication
from siseon.contracts import FailureCode, InputError

WEB = ("http://", "https://")


def refuse_paths(application: AnyApplication, changes: Mapping[str, JsonValue]) -> None:
    """Refuse changes of options that name a file or folder. What a request may choose names none.

    Raises:
        InputError: ``forbidden``.
    """
    for name, value in changes.items():
        if name in application.choices.model_fields:
            continue
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and ("/" in text or "\\" in text) and not text.startswith(WEB):
                raise InputError(
                    f"option {name[:80]!r} would be a path of the service's disk",
                    code=FailureCode.forbidden,
                    hint="its owner states it in siseon.toml; a job brings its own files as uploads",
                )
