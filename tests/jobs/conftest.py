"""Databases by a clock of the test's own, and carriers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobs.servers import RabbitMQ, Redis, rabbitmq, redis
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
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as server:
        yield server


@pytest.fixture
def database(url: str, clock: Clock) -> Iterator[Database]:
    with Database(url, clock=clock) as opened:
        yield opened
