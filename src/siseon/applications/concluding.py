"""What an application makes of all pictures of a run together, once each has its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from siseon.applications.application import AnyApplication
from siseon.applications.guarded import failures_named
from siseon.applications.options import Choices
from siseon.applications.steps import Step, Tell, untold
from siseon.contracts import ContractViolation, Encoded, Failure, MadeFile
from siseon.media.film.parts import VideoPart

Data = TypeVar("Data", bound=BaseModel)

CONCLUSION = "conclusion"
"""The folder of what is made, beside the pictures."""


@dataclass(frozen=True, slots=True)
class Answered(Generic[Data]):
    """A picture that has its result."""

    name: str
    data: Data
    """As it went over the wire: what a result keeps beside that is gone."""
    read: Callable[[], Encoded | VideoPart]
    """The picture once more, or where its part of a video is. Blocks; raises a ``SiseonError`` where it cannot be had
    any more."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A picture that has none."""

    name: str
    failure: Failure
    """Why."""


def concluded(
    name: str,
    application: AnyApplication,
    options: Choices,
    answered: Iterable[Answered[BaseModel]],
    unanswered: Iterable[Unanswered] = (),
    tell: Tell = untold,
) -> Iterator[Encoded | MadeFile]:
    """The files that the application makes of them, one at a time; of one without a conclusion there are none. One on
    the disk is whole, and has to be moved away before the next one is asked for.

    Blocks. ``tell`` hears how far it is. Both are read once at most, so that they may be longer than memory.

    Raises:
        SiseonError: the application's own, ``stage_failed`` for what else it raises.
    """
    if application.conclude is None:
        return
    with failures_named(f"conclude of {name!r}"):
        for file in application.conclude(options, answered, unanswered):
            if isinstance(file, Step):
                tell(file)
                continue
            if not isinstance(file, Encoded | MadeFile):
                raise ContractViolation(
                    f"conclude of {name!r} made a {type(file).__name__}, not an Encoded or a MadeFile",
                    hint="repair the package that brings it",
                )
            yield file


def data_of(application: AnyApplication, result: bytes | str | dict[str, object]) -> BaseModel:
    """What is in an envelope of results, as the application's own type.

    Raises:
        ContractViolation: it is not one of this application, or of another version of it.
    """
    try:
        envelope = orjson.loads(result) if isinstance(result, bytes | str) else result
        found: BaseModel = application.result.model_validate(envelope["data"])
    except (ValidationError, orjson.JSONDecodeError, KeyError, TypeError):
        raise ContractViolation(
            "a result that was kept cannot be read by this version of its application",
            hint="run the pictures again",
        ) from None
    return found
