"""The database and the artifacts that the settings name, open together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from siseon.jobs.artifacts import Artifacts
from siseon.jobs.database import Database
from siseon.jobs.videos import Videos
from siseon.settings import Settings


@dataclass(frozen=True, slots=True)
class Opened:
    """Both of them."""

    database: Database
    artifacts: Artifacts


def videos_of(jobs: Opened, settings: Settings) -> Videos:
    """Those that came with jobs, as files of this machine."""
    return Videos(jobs.artifacts, settings.cache_dir / "videos")


@contextmanager
def opened(settings: Settings) -> Iterator[Opened]:
    """Open them, and bring the tables up to date.

    Raises:
        InputError: a setting that cannot be used.
        StoreError: the database cannot be opened.
        DependencyMissing: a library is not installed.
    """
    with Database(settings.jobs_database_url) as database:
        yield Opened(database, Artifacts.at(settings.jobs_artifacts_place))
