"""Keeps account of runs that keep their results in a folder, where the application wants that."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from siseon.applications.accounts import Account
from siseon.applications.application import AnyApplication
from siseon.applications.guarded import failures_named
from siseon.applications.options import Choices


def account(
    application: AnyApplication,
    options: Choices,
    folder: Path | None,
    *,
    run: str,
    results: str,
    inputs: Sequence[Path] = (),
    made: Sequence[Path] | None = None,
    job: str = "",
) -> None:
    """Tell the application; without a folder there is nothing to account for. Blocks.

    Args:
        application: that has run, or will.
        options: of it.
        folder: of the results.
        run: mark of the run.
        results: name of the file of results.
        inputs: files that are looked at.
        made: files that are there now, those of a folder with all of its files; None: the run begins.
        job: whose results are fetched.

    Raises:
        SiseonError: it cannot keep account.
    """
    if application.account is None or folder is None:
        return
    files = None if made is None else [one.relative_to(folder) for path in made for one in _files(path)]
    told = Account(folder, who(), run, Path(results), tuple(dict.fromkeys(inputs)), files, job)
    with failures_named("account"):
        application.account(options, told)


def who() -> str:
    """Who runs this process, and where."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # of a container, that has no name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def _files(path: Path) -> list[Path]:
    return sorted(path.iterdir()) if path.is_dir() else [path]
