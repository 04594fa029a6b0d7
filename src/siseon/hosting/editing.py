"""Answers that a person has changed, made anew, as a stage: beside the event loop, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from siseon.applications.application import AnyApplication
from siseon.applications.guarded import failures_named
from siseon.applications.options import Choices
from siseon.contracts import Encoded, InputError, Result
from siseon.engine import Stage
from siseon.media.bounds import MediaBounds


@dataclass(frozen=True, slots=True)
class Editing:
    """One answer, as it stands and as it is wanted."""

    application: AnyApplication
    options: Choices
    picture: Encoded
    stands: Result[Any]
    wanted: Any


@dataclass(frozen=True, slots=True)
class Edited:
    """What was made."""

    result: bytes
    """The whole answer as JSON."""
    files: tuple[Encoded, ...]
    """As the application keeps them."""


class Edit(Stage[Editing, Edited]):
    """Ask the application. A large picture takes many times its memory, so one is made at a time."""

    name = "edit"
    max_queue = 32

    def __init__(self, bounds: MediaBounds) -> None:
        self.bounds = bounds

    def process(self, batch: Sequence[Editing]) -> Sequence[Edited]:
        """Make each."""
        return [self._made(one) for one in batch]

    def _made(self, one: Editing) -> Edited:
        application = one.application
        with failures_named(f"edit of {type(one.wanted).__name__}"):
            if application.edit is None or application.made is None:
                raise InputError("a result of this application is not changed by hand")
            data = application.edit(one.picture, one.stands.data, one.wanted, one.options, self.bounds)
        result = one.stands.model_copy(update={"data": data})
        return Edited(result.to_json(), application.made(data))
