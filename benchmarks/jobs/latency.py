"""How long people wait: to submit, list and watch while 100,000 items are at work; for an event; for a cancellation.

Beside it what a lease costs. Goals: submit, list and watch below 100 ms; an event at its watcher within 300 ms (p95);
running work cancelled within 1 s; a beat is one row, whatever the worker holds.
Run: ``python benchmarks/jobs/latency.py``
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

from sqlalchemy import event
from stores import APPLICATION, Way, machine, spread, submit, ways, workers

from siseon.jobs import store
from siseon.jobs.database import Database
from siseon.jobs.watch import Watch

WATCHERS = 20
CANCELS = 20
HELD = (1, 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000, help="of the job that is at work meanwhile")
    parser.add_argument("--looks", type=int, default=200, help="calls of each kind")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, ways(Path(folder)) as measured:
        chosen = [way for way in measured if way.carrier is None]
        print("| ms, p50 / p95 / most | " + " | ".join(way.name for way in chosen) + " |")
        print("|---" * (len(chosen) + 1) + "|")
        columns = [
            _column(way, Path(folder) / f"told-{way.name}", options.items, options.looks) for way in chosen
        ]
    for row in columns[0]:
        print(f"| {row} | " + " | ".join(column[row] for column in columns) + " |")


def _column(way: Way, told: Path, count: int, looks: int) -> dict[str, str]:
    with Database(way.url) as database:
        found = {
            f"submit {count:,} items": spread([_timed(lambda: submit(database, count)) for _ in range(5)])
        }
        for job in store.jobs(database)[:-1]:
            store.cancel(database, job.id)
        job = store.jobs(database)[-1]
        calls: dict[str, Callable[[], object]] = {
            "submit 10 items": lambda: store.cancel(database, submit(database, 10).id),
            "list jobs": lambda: store.jobs(database, limit=100),
            "one job": lambda: store.job(database, job.id),
            "a page of items": lambda: store.items(database, job.id, after=count // 2),
            "a page of events": lambda: store.events(database, job.id, after=100, limit=100),
            "dead letters": lambda: store.dead(database),
        }
        with workers(way, 1, 256, 0.02):  # more than it can do: the database is never idle
            while not store.job(database, job.id).done:
                time.sleep(0.1)
            for name, call in calls.items():
                found[f"{name}, at work"] = spread([_timed(call) for _ in range(looks)])
            assert not store.job(database, job.id).state.ended
        for each in store.jobs(database, limit=1000):
            store.cancel(database, each.id)
        found["an event at its watcher"] = spread(asyncio.run(_events(way, database)))
        found["running work cancelled"] = spread(_cancels(way, database, told))
        found |= _beats(database)
    return found


async def _events(way: Way, database: Database) -> list[float]:
    """Seconds from the time that an event bears to its arrival at each of the watchers, in another process."""
    delays: list[float] = []
    with workers(way, 1, 1, 0.05):
        job = await asyncio.to_thread(submit, database, 100)
        async with Watch(database) as watch, asyncio.TaskGroup() as group:

            async def follow() -> None:
                async with aclosing(watch.follow(job.id, after=2)) as events:
                    delays.extend([time.time() - told.at.timestamp() async for told in events])

            for _ in range(WATCHERS):
                group.create_task(follow())
    return delays


def _cancels(way: Way, database: Database, told: Path) -> list[float]:
    """Seconds from the call to the moment when the item is stopped."""
    delays = []
    with workers(way, 1, 4, 3600.0, told):
        for at in range(CANCELS):
            job = submit(database, 1)
            while not store.job(database, job.id).started_at:
                time.sleep(0.01)
            time.sleep(0.05 * (at % 10))  # wherever the lease is in its round
            began = time.time()
            store.cancel(database, job.id)
            while not told.exists() or len(told.read_text().splitlines()) <= at:
                time.sleep(0.01)
            delays.append(float(told.read_text().splitlines()[at]) - began)
    return delays


def _beats(database: Database) -> dict[str, str]:
    rows: list[int] = []
    event.listen(database.engine, "after_cursor_execute", lambda *told: rows.append(told[1].rowcount))
    submit(database, sum(HELD))
    found = {}
    for count in HELD:
        worker = f"holds-{count}"
        store.register(database, worker, [APPLICATION], 600.0)
        assert len(store.claim(database, worker, [APPLICATION], count)) == count
        rows.clear()
        store.beat(database, worker, 600.0)
        written = sum(each for each in rows if each > 0) - (
            not database.sqlite
        )  # PostgreSQL is asked for the time
        times = [_timed(lambda name=worker: store.beat(database, name, 600.0)) for _ in range(50)]
        found[f"a beat of a worker that holds {count:,}: {written} row"] = spread(times)
    return found


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
