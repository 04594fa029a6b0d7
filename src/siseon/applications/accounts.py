"""A run that keeps results in a folder, for an application that keeps account of what is done with people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Account:
    """Told twice of a run: before it begins, and when what it has made is there. Of a job once its results are
    fetched."""

    folder: Path
    """Where the results are."""
    by: str
    """Who runs it, ``user@host``."""
    run: str
    """By which the lines of results name it; those of a job do not."""
    results: Path
    """The file of results, below ``folder``."""
    inputs: Sequence[Path]
    """Files that are looked at."""
    made: Sequence[Path] | None = None
    """Files that are there now, below ``folder``; None: the run begins."""
    job: str = ""
    """Whose results are fetched."""
