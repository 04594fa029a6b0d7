"""What the log says of a run or a job: who ran it, over which files, with which options and consents, what it made."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import JsonValue

from siseon.applications.accounts import Account
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.privacy.audit import append
from siseon.media.files import name_text


def account(options: PeopleOptions, told: Account) -> None:
    """Add what is told to its log. Blocks.

    Raises:
        InputError: ``storage_failed``.
    """
    about: dict[str, JsonValue] = {
        name: value
        for name, value in (("run", told.run), ("results", told.results), ("job", told.job))
        if value
    }
    if told.what != "removed":
        about["retention_days"] = options.retention
    if told.what in ("begun", "fetched", "concluded"):
        about |= _asked(options, told)
    if told.what in ("made", "fetched"):
        about["files"] = dict(told.made)
    elif told.made:
        about["artifacts"] = dict(told.made)
    append(told.log, told.what, told.by, about)


def _asked(options: PeopleOptions, told: Account) -> dict[str, JsonValue]:
    """Names of people stay out of it: they are to be gone when the results are."""
    return {
        "inputs": [{"name": name, "sha256": sha256} for name, sha256 in told.inputs.items()],
        "options": options.model_dump(mode="json", exclude={"keep"}),
        "heads_hidden": options.hide,
        "people_kept_visible": len(options.keep),
        "expressions": options.expressions is not None,
        "consent": _reference(options.consent),
        "corrections": _reference(options.corrections),
    }


def _reference(path: str | None) -> JsonValue:
    """A file of an option: such as are small."""
    if path is None:
        return None
    try:
        digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        digest = None
    return {"path": name_text(path), "sha256": digest}
