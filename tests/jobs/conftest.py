"""Databases for tests: each test has tables of its own, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from jobs.servers import RabbitMQ, Redis, postgres, rabbitmq, redis
from siseon.jobs.database import Database


class Clock:
    """Seconds since 1970 that pass when a test says so."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[Callable[[], str]]:
    """Makes a new, empty database on a server that all tests of this process share."""
    counter = itertools.count()
    # Not below pytest's folder, which each run of pytest closes to the user that the server runs as.
    with TemporaryDirectory(prefix="siseon-") as folder, postgres(Path(folder), durable=False) as server:
        from sqlalchemy import create_engine

        admin = create_engine(
            server.url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
        )

        def new() -> str:
            name = f"test_{next(counter)}"
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            return server.url.replace("/postgres", f"/{name}")

        yield new
        admin.dispose()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'jobs.db'}"
    return request.getfixturevalue("postgres_url")()


@pytest.fixture
def database(url: str, clock: Clock) -> Iterator[Database]:
    with Database(url, clock=clock) as opened:
        yield opened
