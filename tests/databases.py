"""Databases for tests, on SQLite and on a real PostgreSQL, which all tests of a process share.

Each test has one of its own. Making the tables takes longer than most tests, so they are made once and copied.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from jobs.servers import postgres
from siseon.jobs.database import Database

EMPTY = "template1"
"""What a new database is a copy of."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[Callable[..., str]]:
    """Makes a new database: an empty one, or a copy of that of a name."""
    counter = itertools.count()
    # Not below pytest's folder, which each run of pytest closes to the user that the server runs as.
    with TemporaryDirectory(prefix="siseon-") as folder, postgres(Path(folder), durable=False) as server:
        from sqlalchemy import create_engine, text

        admin = create_engine(
            server.url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
        )

        def new(like: str = EMPTY) -> str:
            name = f"test_{next(counter)}"
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
            return server.url.replace("/postgres", f"/{name}")

        yield new
        admin.dispose()


@pytest.fixture(scope="session")
def postgres_tables(postgres_url: Callable[..., str]) -> str:
    """The name of a database with tables in which there is nothing."""
    made = postgres_url()
    with Database(made):
        return made.rpartition("/")[2]


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of one."""
    path = tmp_path_factory.mktemp("tables") / "jobs.db"
    with Database(f"sqlite:///{path}"):
        return path


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'jobs.db'}"
    return request.getfixturevalue("postgres_url")()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database with tables in which there is nothing."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_tables"), tmp_path / "jobs.db")
        return f"sqlite:///{tmp_path / 'jobs.db'}"
    return request.getfixturevalue("postgres_url")(request.getfixturevalue("postgres_tables"))
