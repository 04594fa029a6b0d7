"""What the at-work limit does for those who wait: latency and memory with 64 and 512 requests in flight.

Against: the same pipeline with no such limit (``max_at_work`` so large that all compute at once), on the same photos.
That many callers send one picture after the other. Each run is a process of its own, so that its peak memory is its
own; the order turns from round to round. Medians and ranges over the rounds.
Run: ``python benchmarks/at_work.py inspection FOLDER`` (or ``text``), with the weights found through SISEON_MODEL_PATH
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles

from machine import machine
from spread import spread

from siseon.applications.inspection import Inspection
from siseon.applications.text import Text
from siseon.contracts import Encoded
from siseon.engine import Pipeline
from siseon.media import expand_inputs, read_file
from siseon.models import ModelManager
from siseon.settings import Settings

IN_FLIGHT = (64, 512)
MEASURED = 192
"""Requests that are measured at least, one or more for each caller; the first of each, when all come at once,
is not among them."""
WARM_UP = 8
NO_LIMIT = 1_000_000
LIMITS = ("as shipped", "against")
COLUMNS = {"p50_s": "p50, s", "p95_s": "p95, s", "rate": "pictures/s", "peak_mb": "peak memory, MB"}
Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pipeline", choices=["inspection", "text"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, nargs="+", default=IN_FLIGHT)
    parser.add_argument("--against", type=int, default=NO_LIMIT, help="requests at work in the second row")
    parser.add_argument("--limit", choices=LIMITS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.limit:
        at_work = None if options.limit == "as shipped" else options.against
        figures = asyncio.run(measure(options.pipeline, options.folder, options.in_flight[0], at_work))
        print(json.dumps(figures))
        return
    print(machine())
    print(
        f"| {options.pipeline}, in flight | at work | {' | '.join(COLUMNS.values())} |\n|---|---|---|---|---|---|"
    )
    for in_flight in options.in_flight:
        runs: dict[str, list[Figures]] = {limit: [] for limit in LIMITS}
        for number in range(options.rounds):
            for limit in LIMITS if number % 2 == 0 else reversed(LIMITS):
                runs[limit].append(run(options.pipeline, options.folder, in_flight, limit, options.against))
        for limit, rounds in runs.items():
            cells = " | ".join(cell([figures[column] for figures in rounds]) for column in COLUMNS)
            other = "no limit" if options.against == NO_LIMIT else "against it"
            name = limit if limit == "as shipped" else other
            print(f"| {in_flight} | {name} ({rounds[0]['at_work']:.0f}) | {cells} |", flush=True)


def run(pipeline: str, folder: Path, in_flight: int, limit: str, against: int) -> Figures:
    """One run in a process of its own."""
    command = [
        sys.executable,
        __file__,
        pipeline,
        str(folder),
        "--in-flight",
        str(in_flight),
        "--limit",
        limit,
        "--against",
        str(against),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: Figures = json.loads(done.stdout)
    return figures


async def measure(pipeline: str, folder: Path, in_flight: int, limit: int | None) -> Figures:
    pictures = [read_file(path) for path in expand_inputs([str(folder)])]
    models = ModelManager(search_path=Settings().model_path)
    chain: Pipeline[Encoded, object] = Inspection(models) if pipeline == "inspection" else Text(models)
    chain.max_at_work = limit
    chain.max_in_flight = max(chain.max_in_flight, in_flight)
    seconds: list[float] = []
    turns = 1 + max(1, MEASURED // in_flight)

    async def caller(number: int) -> None:
        for turn in range(turns):
            start = time.perf_counter()
            await chain(pictures[(number + turn * in_flight) % len(pictures)])
            if turn:
                seconds.append(time.perf_counter() - start)

    async with chain:
        await asyncio.gather(*map(chain, pictures[:WARM_UP]))
        start = time.perf_counter()
        await asyncio.gather(*map(caller, range(in_flight)))
        rate = in_flight * turns / (time.perf_counter() - start)
        at_work = min(chain.at_work_limit, in_flight)
    cuts = quantiles(seconds, n=20)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"p50_s": cuts[9], "p95_s": cuts[18], "rate": rate, "peak_mb": peak_mb, "at_work": at_work}


def cell(figures: Sequence[float]) -> str:
    return spread(figures, "{:.0f}" if min(figures) >= 100 else "{:.2f}")


if __name__ == "__main__":
    main()
