"""A run that keeps results in a folder, for an application that keeps account of what is done with people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Account:
    """Told twice: before the run begins, and when what it has made is there."""

    folder: Path
    """Where the results are."""
    by: str
    """Who runs it, ``user@host``."""
    run: str
    """By which the lines of results name it; empty where results of a job are fetched."""
    results: Path
    """The file of results, below ``folder``."""
    inputs: Sequence[Path]
    """Files that are looked at."""
    made: Sequence[Path] | None = None
    """Files that are there now, below ``folder``; None: the run begins."""
