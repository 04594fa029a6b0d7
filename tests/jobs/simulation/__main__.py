"""Replay one seed and print its faults, or run many.

::

    PYTHONPATH=src:tests python -m jobs.simulation --seed 4711
    PYTHONPATH=src:tests python -m jobs.simulation --from 0 --seeds 100000
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from jobs.simulation.episode import Stage, play

Wrong = tuple[int, str, list[str]]


def failures_of(url: str, seeds: range) -> list[Wrong]:
    """(seed, what was wrong, its faults) of those that failed, on an empty database."""
    found: list[Wrong] = []
    with Stage(url).opened() as stage:
        for seed in seeds:
            wrongs, log = play(stage, seed)
            if wrongs:
                found.append((seed, wrongs[0], log))
    return found


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m jobs.simulation")
    parser.add_argument("--seed", type=int, help="replay this one")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first of many seeds")
    parser.add_argument("--seeds", type=int, default=2000, help="how many")
    parser.add_argument("--database", help="URL of an empty one; a new SQLite file when left out")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        url = options.database or f"sqlite:///{Path(folder) / 'jobs.db'}"
        if options.seed is not None:
            with Stage(url).opened() as stage:
                wrongs, log = play(stage, options.seed)
            print(*log, *(wrongs or ["all right"]), sep="\n")
            return bool(wrongs)
        found = failures_of(url, range(options.first, options.first + options.seeds))
    for seed, wrong, log in found:
        print(f"seed {seed}: {wrong} after {log}")
    print(f"{options.seeds} seeds in {time.monotonic() - began:.0f} s: {len(found)} failed")
    return bool(found)


if __name__ == "__main__":
    raise SystemExit(main())
