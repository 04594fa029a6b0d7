"""Whole pipelines against loops written by hand over the same sessions, on the same photos, in one run.

- ``engine``: the pipeline as shipped, 16 pictures in flight.
- ``by hand, N × 1``: a thread a core, each takes a picture through all steps; one compute thread a call.
- ``by hand, 1 × N``: one picture after the other, every call computed by all cores.
- ``naive``: one picture after the other, one compute thread: the handler that calls the steps in turn.

Each variant runs in a process of its own (so that its peak memory is its own), in turn, over several rounds;
the figure is the best round. Run: ``python benchmarks/throughput.py inspection FOLDER`` (or ``text``).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from machine import machine

from siseon.contracts import Encoded
from siseon.engine import Pipeline
from siseon.media import expand_inputs, read_file
from siseon.media.decode import decode
from siseon.models import ModelManager
from siseon.pipelines.inspection import Inspection
from siseon.pipelines.text import Text
from siseon.pipelines.text.crops import crop_line
from siseon.pipelines.text.order import reading_order
from siseon.settings import Settings

IN_FLIGHT = 16
WARM_UP = 4
VARIANTS = ("engine", "by hand, N x 1", "by hand, 1 x N", "naive")
Step = Callable[[Encoded], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pipeline", choices=["inspection", "text"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passes", type=int, default=1, help="times over the folder in a round")
    parser.add_argument("--variant", choices=VARIANTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.variant:
        print(json.dumps(measure(options.pipeline, options.folder, options.variant, options.passes)))
        return
    print(machine())
    best: dict[str, dict[str, float]] = {}
    for _ in range(options.rounds):
        for variant in VARIANTS:
            command = [sys.executable, __file__, *sys.argv[1:], "--variant", variant]
            figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            old = best.setdefault(variant, figures)
            old["rate"] = max(old["rate"], figures["rate"])
            old["peak_mb"] = min(old["peak_mb"], figures["peak_mb"])
    show(options.pipeline, best)


def show(pipeline: str, best: dict[str, dict[str, float]]) -> None:
    engine = best["engine"]
    hand = max((best[name] for name in VARIANTS if name.startswith("by hand")), key=lambda f: f["rate"])
    print(f"| {pipeline} | pictures/s | engine against it | peak memory, MB |")
    print("|---|---|---|---|")
    for name, figures in best.items():
        ratio = engine["rate"] / figures["rate"]
        print(f"| {name} | {figures['rate']:.1f} | {ratio:.2f} × | {figures['peak_mb']:.0f} |")
    print(f"\nagainst the best loop by hand: {engine['rate'] / hand['rate']:.2f} × its throughput, ", end="")
    print(f"{engine['peak_mb'] / hand['peak_mb']:.2f} × its peak memory")


def measure(pipeline: str, folder: Path, variant: str, passes: int) -> dict[str, float]:
    pictures = [read_file(path) for path in expand_inputs([str(folder)])]
    cores = len(os.sched_getaffinity(0))
    threads = cores if variant == "by hand, 1 x N" else 1
    models = ModelManager(search_path=Settings().model_path, threads=threads)
    chain = Inspection(models) if pipeline == "inspection" else Text(models)
    if variant == "engine":
        seconds = asyncio.run(run_engine(chain, pictures, passes))
    else:
        for stage in chain.stages().values():
            stage.setup()
        step = inspect_by_hand(chain) if isinstance(chain, Inspection) else read_by_hand(chain)
        seconds = run_by_hand(step, pictures, passes, cores if variant == "by hand, N x 1" else 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rate": len(pictures) * passes / seconds, "peak_mb": peak}


async def run_engine(chain: Pipeline, pictures: Sequence[Encoded], passes: int) -> float:
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def one(picture: Encoded) -> None:
        async with gate:
            await chain(picture)

    async with chain:
        await asyncio.gather(*map(one, pictures[:WARM_UP]))
        start = time.perf_counter()
        await asyncio.gather(*(one(picture) for _ in range(passes) for picture in pictures))
        return time.perf_counter() - start


def run_by_hand(step: Step, pictures: Sequence[Encoded], passes: int, threads: int) -> float:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(step, pictures[:WARM_UP]))
        start = time.perf_counter()
        list(pool.map(step, [*pictures] * passes))
        return time.perf_counter() - start


def inspect_by_hand(chain: Inspection) -> Step:
    def step(picture: Encoded) -> object:
        image = decode(picture.data)
        (objects,) = chain.detect.process([image])
        crops = objects.crops(image, min_side=chain.min_side)
        return objects, [chain.classify.process([crop]) for crop in crops]

    return step


def read_by_hand(chain: Text) -> Step:
    def step(picture: Encoded) -> object:
        image = decode(picture.data)
        (polygons,) = chain.detect_text.process([image])
        crops = [crop for polygon in polygons if (crop := crop_line(image, polygon)) is not None]
        return reading_order(polygons), [chain.recognize_text.process([crop]) for crop in crops]

    return step


if __name__ == "__main__":
    main()
