"""Replay one seed with its log, or run many in several processes.

::

    PYTHONPATH=src:tests python -m engine.simulation --seed 4711
    PYTHONPATH=src:tests python -m engine.simulation --from 0 --seeds 1000000 --processes 8 --minutes 60
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from engine.simulation.episode import play

CHUNK = 250
"""Seeds that a process is given at once."""


def failures_of(seeds: range, until: float = float("inf")) -> tuple[int, list[tuple[int, list[str]]]]:
    """How many of the seeds were run before ``until`` (``time.time()``), and what was wrong with which."""
    failures = []
    ran = 0
    for seed in seeds:
        if time.time() > until:
            break
        ran += 1
        wrongs = play(seed)
        if wrongs:
            failures.append((seed, wrongs))
    return ran, failures


def _chunks(first: int, count: int) -> Iterator[range]:
    for start in range(first, first + count, CHUNK):
        yield range(start, min(start + CHUNK, first + count))


def _many(first: int, count: int, processes: int, minutes: float) -> int:
    began = time.time()
    ran = failed = 0
    work = partial(failures_of, until=began + 60 * minutes)
    with ProcessPoolExecutor(processes) as pool:
        for part, failures in pool.map(work, _chunks(first, count)):
            ran += part
            for seed, wrongs in failures:
                failed += 1
                print(f"seed {seed}: {wrongs[0]}", flush=True)
    took = time.time() - began
    print(f"{ran:,} seeds from {first} in {took:.0f} s by {processes} processes: {failed} failed")
    return 1 if failed else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m engine.simulation", description=__doc__.split("\n")[0])  # type: ignore[union-attr]
    parser.add_argument("--seed", type=int, help="replay this one and print its log")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first of many seeds")
    parser.add_argument("--seeds", type=int, default=5000, help="how many")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=60.0, help="at most")
    options = parser.parse_args()
    if options.seed is None:
        return _many(options.first, options.seeds, options.processes, options.minutes)
    wrongs = play(options.seed, verbose=True)
    print(f"seed {options.seed}: {len(wrongs)} wrong")
    return 1 if wrongs else 0


if __name__ == "__main__":
    raise SystemExit(main())
