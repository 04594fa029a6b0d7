"""What the log says of a run: who ran it, over which files, with which options and consents, and what it has made."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import JsonValue

from siseon.applications.accounts import Account
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.privacy.audit import append
from siseon.media.files import name_text


def account(options: PeopleOptions, told: Account) -> None:
    """Add what is told to the log of its folder. Blocks: files are read whole.

    Raises:
        InputError: ``storage_failed``.
    """
    about: dict[str, JsonValue] = {
        "run": told.run,
        "retention_days": options.retention,
        "results": str(told.results),
    }
    if told.made is None:
        append(told.folder, "begun", told.by, about | _asked(options, told))
        return
    if told.job:
        about |= {"job": told.job, **_asked(options, told)}
    files = {
        name_text(path): digest for path in told.made if (digest := _digest(told.folder / path)) is not None
    }
    about["files"] = dict(files)
    append(told.folder, "fetched" if told.job else "made", told.by, about)


def _asked(options: PeopleOptions, told: Account) -> dict[str, JsonValue]:
    """Names of people stay out of it: they are to be gone when the results are."""
    return {
        "inputs": [{"name": name_text(path.name), "sha256": _digest(path)} for path in told.inputs],
        "options": options.model_dump(mode="json", exclude={"keep"}),
        "heads_hidden": options.hide,
        "people_kept_visible": len(options.keep),
        "expressions": options.expressions is not None,
        "consent": _reference(options.consent),
        "corrections": _reference(options.corrections),
    }


def _reference(path: str | None) -> JsonValue:
    return None if path is None else {"path": name_text(path), "sha256": _digest(Path(path))}


def _digest(path: Path) -> str | None:
    """SHA-256, hexadecimal; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
