"""Keeps account of runs that keep their results in a folder, where the application wants that."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from siseon.applications.accounts import Account, who
from siseon.applications.application import AnyApplication
from siseon.applications.guarded import failures_named
from siseon.applications.options import Choices
from siseon.cli.outputs import RESULTS
from siseon.media.files import name_text


def account(
    application: AnyApplication,
    options: Choices,
    folder: Path | None,
    what: Literal["begun", "made", "fetched"],
    *,
    run: str = "",
    job: str = "",
    inputs: Sequence[Path] = (),
    made: Sequence[Path] = (),
) -> None:
    """Tell the application; without a folder there is nothing to account for. Blocks: files are read whole.

    Args:
        application: that has run, or will.
        options: of it.
        folder: of the results.
        what: was done.
        run: mark of the run.
        job: whose results are fetched.
        inputs: files that are looked at.
        made: files that are there now, those of a folder with all of its files.

    Raises:
        SiseonError: it cannot keep account.
    """
    if application.account is None or folder is None:
        return
    files = [one for path in made for one in _files(path)]
    told = Account(
        log=folder,
        what=what,
        by=who(),
        inputs={name_text(path.name): _digest(path) for path in dict.fromkeys(inputs)},
        made={
            name_text(path.relative_to(folder)): digest
            for path in files
            if (digest := _digest(path)) is not None
        },
        run=run,
        results=RESULTS,
        job=job,
    )
    with failures_named("account"):
        application.account(options, told)


def _files(path: Path) -> list[Path]:
    return sorted(path.iterdir()) if path.is_dir() else [path]


def _digest(path: Path) -> str | None:
    """SHA-256, hexadecimal; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
