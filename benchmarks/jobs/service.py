"""How long people wait over HTTP: for an event, for pages of a job of 100,000 items, for the end of it as a watcher.

A service (``siseon serve --jobs-only``) is one process, the worker another one, the clients a third. Goals: an event at
its watcher within 300 ms (p95), pages below 100 ms.
Run: ``python benchmarks/jobs/service.py``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from datetime import datetime
from pathlib import Path

import httpx
from stores import Way, machine, spread, submit, ways, workers

from siseon.jobs import store
from siseon.jobs.database import Database

ITEMS = 100_000
WATCHERS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--looks", type=int, default=100, help="requests of each kind")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, ways(Path(folder)) as measured:
        chosen = [way for way in measured if way.carrier is None]
        print("| ms over HTTP, p50 / p95 / most | " + " | ".join(way.name for way in chosen) + " |")
        print("|---" * (len(chosen) + 1) + "|")
        columns = [asyncio.run(_column(way, Path(folder), options.looks)) for way in chosen]
    for row in columns[0]:
        print(f"| {row} | " + " | ".join(column[row] for column in columns) + " |")


async def _column(way: Way, folder: Path, looks: int) -> dict[str, str]:
    with Database(way.url) as database, _service(way, folder) as address:
        async with httpx.AsyncClient(base_url=address, timeout=300, trust_env=False) as client:
            found = {"an event at its watcher": spread(await _events(way, database, client))}
            job = submit(database, ITEMS).id
            paths = {
                "list of jobs": "/v1/jobs",
                "one job": f"/v1/jobs/{job}",
                "a page of items": f"/v1/jobs/{job}/items?after={ITEMS // 2}",
                "dead letters": f"/v1/jobs/{job}/items?state=failed",
                "figures": "/metrics",
            }
            with workers(way, 1, 256, 0.02):
                watching = asyncio.create_task(_to_the_end(client, job))
                await asyncio.to_thread(_begun, database, job)
                for name, path in paths.items():
                    found[f"{name}, at work and watched"] = spread(
                        [await _timed(client, path) for _ in range(looks)]
                    )
                assert not store.job(database, job).state.ended
                count, lag = await watching
            assert count == store.job(database, job).last_event, "a watcher has missed events"
            found["the last event at a watcher of all 100,000 items"] = f"{lag * 1000:.1f}"
    return found


def _begun(database: Database, job: str) -> None:
    while not store.job(database, job).done:
        time.sleep(0.05)


@contextmanager
def _service(way: Way, folder: Path) -> Iterator[str]:
    environment = {**os.environ, "SISEON_JOBS_DATABASE": way.url, "SISEON_CACHE_DIR": str(folder)}
    command = [
        sys.executable,
        "-m",
        "siseon",
        "serve",
        "--jobs-only",
        "--port",
        "0",
        "--workers",
        "1",
        "--no-console",
    ]
    log = folder / "service.log"
    with log.open("w") as file, subprocess.Popen(command, env=environment, stderr=file) as process:
        try:
            while (ready := re.search(r"ready  jobs at (\S+)", log.read_text())) is None:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
            yield ready[1]
        finally:
            process.terminate()


async def _events(way: Way, database: Database, client: httpx.AsyncClient) -> list[float]:
    """Seconds from the time that an event bears to its arrival at each of the watchers."""
    delays: list[float] = []

    async def follow(job: str) -> None:
        async with aclosing(_followed(client, job, after=2)) as events:
            delays.extend([time.time() - _written(event) async for event in events])

    with workers(way, 1, 1, 0.05):
        job = await asyncio.to_thread(submit, database, 100)
        async with asyncio.TaskGroup() as group:
            for _ in range(WATCHERS):
                group.create_task(follow(job.id))
    return delays


async def _to_the_end(client: httpx.AsyncClient, job: str) -> tuple[int, float]:
    """How many events came, and how long after the last one was written it came."""
    count, last = 0, 0.0
    async with aclosing(_followed(client, job, after=0)) as events:
        async for event in events:
            count, last = count + 1, _written(event)
    return count, time.time() - last


def _written(event: dict[str, object]) -> float:
    return datetime.fromisoformat(str(event["at"])).timestamp()


async def _followed(client: httpx.AsyncClient, job: str, after: int) -> AsyncIterator[dict[str, object]]:
    headers = {"Last-Event-ID": str(after)}
    async with client.stream("GET", f"/v1/jobs/{job}/events", headers=headers) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


async def _timed(client: httpx.AsyncClient, path: str) -> float:
    began = time.perf_counter()
    (await client.get(path)).raise_for_status()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
