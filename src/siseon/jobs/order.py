"""What a job is ordered with beside its inputs: the part of its row that only those read who submit and run it."""

from __future__ import annotations

from pathlib import PurePath

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from siseon.applications import build
from siseon.applications.options import Choices, brought_files, stated
from siseon.applications.registry import find
from siseon.contracts import ContractViolation, Encoded, InputError
from siseon.settings import Settings

FILE_SUFFIXES = frozenset({".toml", ".json", ".csv"})
MOST_FILE_BYTES = 4 << 20


def check_file_option(application: str, name: str, file: Encoded) -> None:
    """Refuse what is no option of the application that is a file, or no such file.

    Raises:
        InputError: that.
    """
    known = brought_files(find(application).options)
    if name not in known:
        options = f"; options of {application} that are files: {', '.join(known)}" if known else ""
        raise InputError(
            f"there is a file {name[:80]!r}, which {application} does not read",
            hint=f"pictures and videos are called files: curl -F files=@photo.jpg{options}",
        )
    if not 0 < len(file.data) <= MOST_FILE_BYTES:
        raise InputError(
            f"the file of {name} has {len(file.data):,} bytes", hint=f"1 to {MOST_FILE_BYTES:,} bytes"
        )
    if PurePath(file.name).suffix.lower() not in FILE_SUFFIXES:
        raise InputError(
            f"{file.name!r} is not the name of a file of {name}",
            hint=f"its name ends with one of {', '.join(sorted(FILE_SUFFIXES))}",
        )


class Order(BaseModel):
    """How the items of a job are run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    choices: dict[str, JsonValue] = {}
    """Of the application, as stated."""
    pictures: bool = False
    """Whether each result is drawn on its picture too."""
    uploads: str | None = None
    """The folder of what came with the job."""
    files: dict[str, str] = {}
    """Options that are files, by name: the artifact, and what it is called."""

    @classmethod
    def of(cls, options: object) -> Order:
        """The one of a job's row.

        Raises:
            ContractViolation: another program has written it.
        """
        try:
            return cls.model_validate(options)
        except ValidationError as error:
            raise ContractViolation(
                f"the options of the job are not ours: {error.error_count()} faults"
            ) from None

    def chosen(self, application: str) -> Choices:
        """The choices, typed by the application.

        Raises:
            InputError: ``pipeline_not_found``, or a choice that the application does not take.
        """
        found = find(application)
        wanted: type[Choices] = found.choices
        for name in self.choices:
            if name not in wanted.model_fields and name in found.options.model_fields:
                raise InputError(
                    f"{name!r} is an option of the workers of {application}, not of a job",
                    hint=f"siseon worker --set {application}.{name}=VALUE, or state it in their siseon.toml",
                )
        return stated(wanted, self.choices)

    def options(self, application: str, settings: Settings) -> Choices:
        """All options of the application: as the settings say, with the choices in their place.

        Raises:
            InputError: as ``chosen``; ``forbidden``: a choice that those options do not allow.
        """
        whole = build.options(application, find(application), settings, {})
        return whole.chosen(self.chosen(application))
