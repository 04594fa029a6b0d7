"""Put a network that somebody brings where models are looked for: a folder of its own with the file and its card."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from siseon.contracts import FailureCode, InputError
from siseon.models.card import NOT_STATED, ModelCard, is_model_name
from siseon.models.card_toml import card_toml
from siseon.models.propose import propose_card

MAX_LABELS_BYTES = 1_000_000
"""Bytes of a file with class names."""


def add_model(
    file: Path,
    like: ModelCard,
    *,
    name: str | None,
    folder: Path | None,
    labels: Sequence[str] = (),
    licence: str = NOT_STATED,
) -> Path:
    """Copy ``file`` to ``folder`` / its name and write the proposed card beside it; the card's path.

    Nothing is replaced: a model of that name in the folder is a failure.

    Raises:
        InputError: no folder, a name that no model may have or that is taken, or see ``propose_card``.
        ModelError: the file cannot be loaded.
    """
    name = name or file.stem.lower().replace("_", "-").replace(" ", "-")
    if not is_model_name(name):
        raise InputError(
            f"{name!r} is not a model's name: small letters, digits, dots and hyphens",
            hint="give one with --name",
        )
    if folder is None:
        raise InputError(
            "there is no folder for the model", hint="give one with --to, or set SISEON_MODEL_PATH"
        )
    if not file.is_file():
        raise InputError(f"{file} is not a file", code=FailureCode.file_unreadable)
    card = propose_card(file, like, name=name, licence=licence, labels=labels)
    home = folder / name
    try:
        home.mkdir(parents=True)
    except FileExistsError:
        raise InputError(f"{home} is there already", hint="give another name with --name") from None
    except OSError as error:
        raise InputError(f"{home} cannot be made: {error.strerror}", hint="give a folder with --to") from None
    try:
        shutil.copyfile(file, home / file.name)
        path = home / "card.toml"
        path.write_text(card_toml(card), encoding="utf-8")
    except OSError as error:
        shutil.rmtree(home, ignore_errors=True)  # half a model would stop every start
        raise InputError(f"{home} cannot be written: {os.strerror(error.errno or 0)}") from None
    return path


def names_from(file: Path) -> tuple[str, ...]:
    """The class names in a text file, one a line; empty lines are none.

    Raises:
        InputError: ``file_unreadable``: not there, too long, or not UTF-8.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_LABELS_BYTES + 1)
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}", code=FailureCode.file_unreadable) from None
    if len(content) > MAX_LABELS_BYTES:
        raise InputError(f"{file} has more than {MAX_LABELS_BYTES} bytes", code=FailureCode.file_unreadable)
    # Not splitlines: a name may hold a separator of Unicode, and every number after it would be one off.
    return tuple(line.strip() for line in text.split("\n") if line.strip())
