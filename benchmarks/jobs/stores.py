"""What both measurements need: databases and carriers to measure on, and worker processes."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing.process import BaseProcess
from pathlib import Path
from statistics import quantiles

from siseon.engine.machine import processor
from siseon.jobs import store, wire
from siseon.jobs.carrier import Carried, Polled
from siseon.jobs.carriers import carrier_at
from siseon.jobs.database import Database
from siseon.jobs.store import Claimed, Done, NewJob
from siseon.jobs.worker import Worker

sys.path.append(str(Path(__file__).parents[2] / "tests"))

from jobs.servers import postgres, rabbitmq, redis

APPLICATION = "no-op"
SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Way:
    """Where items lie, and who brings them."""

    name: str
    url: str
    carrier: str | None = None


@contextmanager
def ways(folder: Path) -> Iterator[list[Way]]:
    """All of them, each on an empty database; PostgreSQL waits for its disk, as SQLite does."""
    with (
        postgres(folder / "postgres", durable=True) as sql,
        redis(folder / "redis") as carrier,
        rabbitmq(folder / "rabbitmq") as broker,
    ):
        yield [
            Way("SQLite", f"sqlite:///{folder / 'polled.db'}"),
            Way("SQLite, Redis", f"sqlite:///{folder / 'carried.db'}", carrier.url),
            Way("PostgreSQL", sql.url),
            Way("PostgreSQL, Redis", sql.url, carrier.url),
            Way("SQLite, RabbitMQ", f"sqlite:///{folder / 'brokered.db'}", broker.url),
            Way("PostgreSQL, RabbitMQ", sql.url, broker.url),
        ]


def submit(database: Database, count: int) -> wire.Job:
    """A job of so many items, each named by an address of 40 characters."""
    inputs = [f"url:https://example.org/pictures/{at:07}.jpg" for at in range(count)]
    return store.submit(database, NewJob(APPLICATION, inputs), queue_items=10**7)


@contextmanager
def workers(
    way: Way, count: int, concurrency: int, item_s: float, told: Path | None = None
) -> Iterator[None]:
    """Worker processes whose items take ``item_s`` seconds and do nothing; ``told`` gets the times of cancellations."""
    arguments = (way, concurrency, item_s, told)
    processes: list[BaseProcess] = [SPAWN.Process(target=_work, args=arguments) for _ in range(count)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def _work(way: Way, concurrency: int, item_s: float, told: Path | None) -> None:
    async def run(item: Claimed) -> Done:
        if item_s:
            try:
                await asyncio.sleep(item_s)
            except asyncio.CancelledError:
                if told is not None:
                    with told.open("a", encoding="utf-8") as file:
                        file.write(f"{time.time()}\n")
                raise
        return Done("null")

    with Database(way.url) as database:
        supply: Polled | Carried = Polled(database, [APPLICATION])
        if way.carrier is not None:
            carrier = carrier_at(way.carrier, lease_s=20.0)
            supply = Carried(database, carrier, [APPLICATION], ahead=2000)
        worker = Worker(
            database=database, supply=supply, run=run, applications=(APPLICATION,), concurrency=concurrency
        )
        asyncio.run(worker.work(asyncio.Event()))


def wait_for_end(database: Database, job: str, every_s: float = 0.1) -> wire.Job:
    """The job when it has ended."""
    while not (seen := store.job(database, job)).state.ended:
        time.sleep(every_s)
    return seen


def spread(seconds: list[float]) -> str:
    """Milliseconds: half of them, 95 % of them, all of them take no longer."""
    cuts = quantiles(seconds, n=20, method="inclusive")
    return f"{cuts[9] * 1000:.1f} / {cuts[18] * 1000:.1f} / {max(seconds) * 1000:.1f}"


def machine() -> str:
    """The machine and the versions that count here."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("sqlalchemy", "psycopg", "redis", "pika"))
    return f"{processor()}, {os.cpu_count()} cores, CPython {platform.python_version()}, {packages}\n"
