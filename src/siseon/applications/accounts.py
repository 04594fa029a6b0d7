"""What an application that keeps account of what is done with people is told: of a run that keeps its results in a
folder, of a job, and of the end of both."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One thing that was done."""

    log: Path
    """Folder of the log: that of the results, or one for all jobs of a machine."""
    what: Literal["begun", "made", "fetched", "concluded", "removed"]
    """A run, before it looks at anything, and when its files are there; results of a job, into a folder, as made by a
    worker, and when they were removed."""
    by: str
    """``user@host`` of the process."""
    inputs: Mapping[str, str | None] = field(default_factory=dict)
    """Files that are looked at, by name, each with its SHA-256; None where that is not known."""
    made: Mapping[str, str] = field(default_factory=dict)
    """Files that are there now, by path below the folder, or by name, each with its SHA-256."""
    run: str = ""
    """By which the lines of results name a run."""
    results: str = ""
    """The file of results, below the folder."""
    job: str = ""


def who() -> str:
    """Who runs this process, and where."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # of a container, that has no name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"
