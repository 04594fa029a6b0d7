"""Workers killed with SIGKILL again and again during one job: what is lost, what is there twice, what runs again.

Two workers, four items at once in each, 50 ms an item, lease 1.5 s; after every one to six attempts that begin, one is
killed and another one started. The checks are those of ``tests/jobs/chaos``: it ends with an error when a result is
missing, or is there twice. Goal: nothing lost, no result twice.
Run: ``python benchmarks/jobs/kills.py``
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from stores import Way, machine, ways

from jobs.chaos.workers import Site, end_all, submit, verify
from siseon.jobs import store
from siseon.jobs.database import Database
from siseon.jobs.wire import EventKind


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    options = parser.parse_args()
    print(machine())
    print(f"{options.items} items, {options.kills} kills\n")
    print(
        "| store | results | lost | twice | attempts begun | most of one item | s |\n|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, ways(Path(folder)) as measured:
        for at, way in enumerate(measured):
            place = Path(folder) / str(at)
            place.mkdir()
            print(_row(way, Site(place, way.url, way.carrier), options.items, options.kills), flush=True)


def _row(way: Way, site: Site, items: int, kills: int) -> str:
    chance = random.Random(1)
    began = time.monotonic()
    with Database(site.url) as database:
        job = submit(database, items).id
        processes = [site.start(), site.start()]
        try:
            for _ in range(kills):
                enough = len(site.ran()) + chance.randint(1, 6)
                while len(site.ran()) < enough and not store.job(database, job).state.ended:
                    time.sleep(0.01)
                processes[0].kill()
                processes.pop(0).join()
                processes.append(site.start())
            while not store.job(database, job).state.ended:
                time.sleep(0.05)
        finally:
            end_all(processes)
        took = time.monotonic() - began
        ran = verify(site, database, job)
        done = store.job(database, job).done
        told = store.events(database, job, limit=100 * items)
        twice = sum(each.kind is EventKind.item_done for each in told) - done
    return f"| {way.name} | {done} | {items - done} | {twice} | {ran.total()} | {max(ran.values())} | {took:.0f} |"


if __name__ == "__main__":
    main()
