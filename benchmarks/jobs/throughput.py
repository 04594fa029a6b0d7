"""Items that do nothing, per second, through the whole worker: claim, run, write down, with events and durable commits.

By database, with and without Redis, with one and two worker processes; rounds in turn, medians and ranges. Goals: 5,000
on SQLite, 1,500 on PostgreSQL, 3,000 with Redis. Run: ``python benchmarks/jobs/throughput.py``
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
from spread import spread
from stores import Way, machine, submit, wait_for_end, ways, workers

from siseon.jobs import store
from siseon.jobs.database import Database

CONCURRENCY = 256
GOALS = {"SQLite": 5000, "PostgreSQL": 1500, "SQLite, Redis": 3000, "PostgreSQL, Redis": 3000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, ways(Path(folder)) as measured:
        rates: dict[tuple[str, int], list[float]] = {}
        for _ in range(options.rounds):
            for way in measured:
                for count in (1, 2):
                    rates.setdefault((way.name, count), []).append(_rate(way, count, options.items))
    print(f"{options.items:,} items, {CONCURRENCY} at once in a worker, {options.rounds} rounds")
    print("items/s, median (range)\n")
    print("| store | 1 worker | 2 workers | goal |\n|---|---|---|---|")
    for way in measured:
        cells = [spread(rates[way.name, count], "{:,.0f}") for count in (1, 2)]
        print(f"| {way.name} | {cells[0]} | {cells[1]} | {_goal(way.name)} |")


def _rate(way: Way, count: int, items: int) -> float:
    """From the first item given out to the last outcome written, by the database's clock."""
    with Database(way.url) as database:
        with workers(way, count, CONCURRENCY, 0.0):
            first = wait_for_end(database, submit(database, items // 10).id)  # all workers have begun
            job = wait_for_end(database, submit(database, items).id)
        assert job.done == items
        for each in (first, job):
            store.remove(database, each.id)
    assert job.started_at is not None
    assert job.finished_at is not None
    return items / (job.finished_at - job.started_at).total_seconds()


def _goal(name: str) -> str:
    return f"{GOALS[name]:,}" if name in GOALS else "–"


if __name__ == "__main__":
    main()
