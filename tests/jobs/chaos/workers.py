"""Worker processes to be killed, stopped and cut off: forked in milliseconds by a server that has imported all.

Each item takes a while, writes a file as its artifact, and is noted in a log that survives its process.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from siseon.jobs import store, wire
from siseon.jobs.carrier import Carried, Polled
from siseon.jobs.carriers import carrier_at
from siseon.jobs.database import Database
from siseon.jobs.store import Claimed, Done, NewJob
from siseon.jobs.wire import EventKind, State
from siseon.jobs.worker import Worker

LEASE_S = 1.5
"""Of workers whose lease is to end while they live; and of carriers, which bring what a row refuses."""
LONG_S = 30.0
"""Longer than any machine stands still, for those that are killed: their leases a test lets end."""
ALLOWED_S = 120.0
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["jobs.chaos.workers"])


@dataclass(frozen=True)
class Site:
    """Where the workers of one test are."""

    folder: Path
    url: str
    carrier: str | None = None
    item_s: float = 0.05
    concurrency: int = 4
    lease_s: float = LEASE_S

    @property
    def log(self) -> Path:
        return self.folder / "ran"

    def artifact(self, item: Claimed) -> Path:
        return self.folder / f"{item.job}-{item.number}-{item.attempt}"

    def start(self, *, stuck: bool = False) -> BaseProcess:
        process = _context.Process(target=_serve, args=(self, stuck), daemon=True)
        process.start()
        return process

    def ran(self) -> list[str]:
        """Attempts that were begun: ``pid number attempt``."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    def wait_for(self, ready, what: str) -> None:
        end = time.monotonic() + ALLOWED_S
        while not ready():
            assert time.monotonic() < end, f"{what}: it did not come to that"
            time.sleep(0.02)

    @contextmanager
    def started(self, count: int) -> Iterator[list[BaseProcess]]:
        """Workers that are stopped in good order at the end."""
        processes = [self.start() for _ in range(count)]
        try:
            yield processes
        finally:
            end_all(processes)


def end_all(processes: list[BaseProcess]) -> None:
    for process in processes:
        if process.is_alive():
            process.terminate()
    for process in processes:
        process.join(20)
        if process.is_alive():
            process.kill()
            process.join()


def submit(database: Database, count: int) -> wire.Job:
    inputs = [str(number) for number in range(count)]
    return store.submit(database, NewJob("text", inputs), queue_items=10**6)


def verify(site: Site, database: Database, job: str) -> Counter[str]:
    """Nothing is lost, nothing was written twice, and each result has its artifact. Returns how often each item ran."""
    seen = store.job(database, job)
    assert (seen.state, seen.done) == (State.done, seen.total)
    items = store.items(database, job, limit=seen.total)
    assert [item.result for item in items] == list(range(seen.total))
    for item in items:
        assert (site.folder / item.artifacts[0]).read_text() == item.input
    events = store.events(database, job, limit=10**6)
    done = [event.number for event in events if event.kind is EventKind.item_done]
    assert sorted(done) == list(range(seen.total))
    assert [event.kind for event in events][-1] is EventKind.result
    return Counter(line.split()[1] for line in site.ran())


def _serve(site: Site, stuck: bool) -> None:
    asyncio.run(_work(site, stuck))


async def _work(site: Site, stuck: bool) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    log = os.open(site.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def run(item: Claimed) -> Done:
        os.write(log, f"{os.getpid()} {item.number} {item.attempt}\n".encode())
        if stuck:
            time.sleep(3600)  # noqa: ASYNC251 - it stands in the way of everything, for ever
        await asyncio.sleep(site.item_s)
        artifact = site.artifact(item)
        artifact.write_text(item.input)
        return Done(item.input, (artifact.name,))

    async def discard(item: Claimed) -> None:
        site.artifact(item).unlink(missing_ok=True)

    with Database(site.url) as database:
        supply: Polled | Carried = Polled(database, ["text"])
        if site.carrier is not None:
            supply = Carried(database, carrier_at(site.carrier, lease_s=LEASE_S), ["text"], ahead=50)
        await Worker(
            database=database,
            supply=supply,
            run=run,
            applications=("text",),
            concurrency=site.concurrency,
            discard=discard,
            lease_s=site.lease_s,
            grace_s=10.0,
        ).work(stop)
