"""Files and folders as words of a command."""

from __future__ import annotations

from pathlib import Path

import typer


def named(text: str) -> Path:
    """A parser of arguments and options.

    Raises:
        BadParameter: it is empty, which ``Path`` takes for the current folder.
    """
    if not text:
        raise typer.BadParameter(
            "it is empty: a shell variable may not be set; the current folder is called ."
        )
    return Path(text)
