"""What may be set of an application: one pydantic model for the file, the command line, HTTP and their help texts.

What a single request may choose is a base of that model, so that both have the same names::

    class GreetingChoices(Choices):
        loud: bool = Field(default=False, description="Whether to shout.")

    class GreetingOptions(GreetingChoices):
        model: str = Field(default="greeter", description="Name of the card of the network.")

The description, or a docstring under the field, is its help. A value may always be stated as text, since a command
line has nothing else.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from siseon.contracts import InputError
from siseon.contracts.described import Described
from siseon.contracts.words import words_of

M = TypeVar("M", bound=BaseModel)

OrNone = BeforeValidator(lambda value: None if value == "none" else value)
"""For a field that may be None: in a text, ``none`` says so."""


@dataclass(frozen=True, slots=True)
class _Brought:
    """Marks an option that is the path of a file."""


BroughtFile = Annotated[str | None, OrNone, _Brought()]
"""Path of a file that is read when all pictures of a run are concluded. Over HTTP it comes with the job, as the file's
bytes: nobody there can name a path."""

MOST_OF_A_NAME = 64
"""Characters of a name that are compared, and told: longer ones are nobody's."""

Share = Annotated[float, Field(ge=0, le=1)]
Words = Annotated[
    tuple[str, ...],
    BeforeValidator(
        lambda value: [word for word in value.split(",") if word] if isinstance(value, str) else value
    ),
]
"""Several words; in a text they are separated by commas, and an empty text is none."""


class Choices(Described):
    """What one request may choose; without fields: nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def chosen(self, request: Choices | None) -> Self:
        """These options with what a request states in their place; its values have been checked already."""
        if request is None:
            return self
        return self.model_copy(update={name: getattr(request, name) for name in request.model_fields_set})

    def with_files(self, paths: Mapping[str, str]) -> Self:
        """These options with the files that a job has brought, by name.

        Raises:
            InputError: ``forbidden``: these options do not allow one of them.
        """
        return self.model_copy(update=dict(paths))


def brought_files(model: type[BaseModel]) -> list[str]:
    """Names of the options that are such files."""
    return [
        name
        for name, field in model.model_fields.items()
        if any(isinstance(mark, _Brought) for mark in field.metadata)
    ]


def stated(model: type[M], values: Mapping[str, object]) -> M:
    """The model with these values; the others have their defaults.

    Raises:
        InputError: an unknown name, with those there are, or a value that cannot be used, with the reason.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name, value = ".".join(map(str, first["loc"])), first["input"]
        if first["type"] == "extra_forbidden":
            raise no_parameter(name, model) from None
        raise InputError(f"parameter {name}={value!r}: {words_of(first)}") from None


def no_parameter(name: str, model: type[BaseModel]) -> InputError:
    """Of a name that is none of the model's, with the one that was likely meant and those there are."""
    asked = name[:MOST_OF_A_NAME]
    near = difflib.get_close_matches(asked, model.model_fields, n=1)
    there = ", ".join(sorted(model.model_fields)) or "none"
    return InputError(
        f"there is no parameter {asked!r}",
        hint=f"{f'did you mean {near[0]}? ' if near else ''}There are: {there}",
    )
