"""Whole pipelines against lean loops that share no code with siseon, on the same photos, in one run.

- ``engine``: the pipeline as shipped, 16 pictures in flight.
- ``lean, threads``: ``benchmarks/lean``, a thread a core, each takes a picture through all steps.
- ``lean, processes``: the same loop, a process a core.
- ``lean, rewritten``: the loop with threads, with the networks as siseon rewrites them when it loads them (the engine
  runs those, the other loops run the files as they came); of ``inspection`` only.
- ``naive``: siseon's own stages called in turn, one picture after the other: the handler that batches nothing.

Each run is a process of its own (so that its peak memory is its own), in large pages where the system has them; every
round runs all of them, in turn forwards and backwards. Figures are medians and ranges over the rounds, ratios those of
the same round. A ratio whose range holds 1 is a tie.
Run: ``python benchmarks/throughput.py inspection FOLDER`` (or ``text``).
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
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from machine import machine
from spread import spread

from siseon.applications.inspection import Inspection
from siseon.applications.inspection.naming import crops_to_name
from siseon.applications.inspection.options import DEFAULTS
from siseon.applications.text import Text, TextOptions
from siseon.applications.text.crops import crop_line
from siseon.applications.text.order import reading_order
from siseon.cli.large_pages import ASK, TUNABLES
from siseon.contracts import Encoded
from siseon.engine import Pipeline
from siseon.media import expand_inputs, read_file
from siseon.media.decode import decode
from siseon.models import ModelManager
from siseon.models.find import locate
from siseon.models.rewrite import rewritten
from siseon.settings import Settings

IN_FLIGHT = 16
WARM_UP = 8
LEAN = Path(__file__).parent / "lean"
ENGINE, THREADS, PROCESSES, NAIVE = "engine", "lean, threads", "lean, processes", "naive"
REWRITTEN = "lean, rewritten"
VARIANTS = (ENGINE, THREADS, PROCESSES, REWRITTEN, NAIVE)
ONE_SCRIPT = TextOptions(other_scripts=("none",))
"""Tesseract's packs, where they are installed, read again what the recogniser cannot: the loops have none."""
GOAL = 0.97
"""Of the better lean loop's throughput."""
Step = Callable[[Encoded], object]
Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pipeline", choices=["inspection", "text"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--passes", type=int, default=1, help="times over the folder in a round")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=VARIANTS)
    parser.add_argument("--variant", choices=VARIANTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.variant:
        print(json.dumps(measure(options.pipeline, options.folder, options.variant, options.passes)))
        return
    print(machine())
    variants = [one for one in options.variants if one != REWRITTEN or options.pipeline == "inspection"]
    rounds: dict[str, list[Figures]] = {variant: [] for variant in variants}
    with TemporaryDirectory() as folder:
        rewritten = Path(folder)
        if REWRITTEN in variants:
            rewrite(rewritten)
        for number in range(options.rounds):
            for variant in variants if number % 2 == 0 else reversed(variants):
                figures = run(options.pipeline, options.folder, variant, options.passes, rewritten)
                rounds[variant].append(figures)
    show(options.pipeline, rounds)


def rewrite(folder: Path) -> None:
    """Put the networks of ``inspection`` into the folder as siseon runs them on a CPU."""
    models = ModelManager(search_path=Settings().model_path)
    for name in (DEFAULTS.detector, DEFAULTS.classifier):
        (file,) = locate(models.cards[name], models.search_path, models.cache_dir)
        (folder / file.path.name).write_bytes(rewritten(file.path) or file.path.read_bytes())


def run(pipeline: str, folder: Path, variant: str, passes: int, rewritten: Path) -> Figures:
    """One variant in a process of its own; ``rewritten``: folder of the networks that one of them runs."""
    if variant in (THREADS, PROCESSES, REWRITTEN):
        command = [str(LEAN / f"{pipeline}.py"), str(folder)]
        command += ["--processes"] if variant == PROCESSES else []
        command += ["--models", str(rewritten)] if variant == REWRITTEN else []
    else:
        command = [__file__, pipeline, str(folder), "--variant", variant]
    command = [sys.executable, *command, "--passes", str(passes)]
    # As a service has it; the lean loops have large pages too.
    had = os.environ | {"OPENCV_FOR_THREADS_NUM": "1", TUNABLES: ASK}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=had)
    figures: Figures = json.loads(done.stdout)
    return figures


def show(pipeline: str, rounds: dict[str, list[Figures]]) -> None:
    print(f"| {pipeline} | pictures/s: median (range) | engine against it | peak memory, MB |")
    print("|---|---|---|---|")
    for name, runs in rounds.items():
        rates, peak = [run["rate"] for run in runs], median(run["peak_mb"] for run in runs)
        print(f"| {name} | {spread(rates, '{:.1f}')} | {against(rounds[ENGINE], runs)} | {peak:.0f} |")
    print(f"\n{len(rounds[ENGINE])} rounds; goal: {GOAL} × the better lean loop")


def against(engine: Sequence[Figures], other: Sequence[Figures]) -> str:
    """The median ratio of the engine's rate to the other's in the same round, with its range."""
    ratios = [one["rate"] / two["rate"] for one, two in zip(engine, other, strict=True)]
    tie = ", a tie" if engine is not other and min(ratios) <= 1 <= max(ratios) else ""
    return spread(ratios, unit=" ×") + tie


def measure(pipeline: str, folder: Path, variant: str, passes: int) -> Figures:
    pictures = [read_file(path) for path in expand_inputs([str(folder)])]
    models = ModelManager(search_path=Settings().model_path, one_arena=True)  # as `siseon run` has them
    chain = Inspection(models) if pipeline == "inspection" else Text(models, ONE_SCRIPT)
    if variant == ENGINE:
        seconds, cpu = asyncio.run(run_engine(chain, pictures, passes))
    else:
        for stage in chain.stages().values():
            stage.setup()
        step = inspect_in_turn(chain) if isinstance(chain, Inspection) else read_in_turn(chain)
        seconds, cpu = run_in_turn(step, pictures, passes)
    count = len(pictures) * passes
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rate": count / seconds, "peak_mb": peak, "cpu_ms": cpu * 1000 / count}


async def run_engine(chain: Pipeline, pictures: Sequence[Encoded], passes: int) -> tuple[float, float]:
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def one(picture: Encoded) -> None:
        async with gate:
            await chain(picture)

    async with chain:
        await asyncio.gather(*map(one, pictures[:WARM_UP]))
        start, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(one(picture) for _ in range(passes) for picture in pictures))
        return time.perf_counter() - start, time.process_time() - cpu


def run_in_turn(step: Step, pictures: Sequence[Encoded], passes: int) -> tuple[float, float]:
    for picture in pictures[:WARM_UP]:
        step(picture)
    start, cpu = time.perf_counter(), time.process_time()
    for picture in [*pictures] * passes:
        step(picture)
    return time.perf_counter() - start, time.process_time() - cpu


def inspect_in_turn(chain: Inspection) -> Step:
    def step(picture: Encoded) -> object:
        image = decode(picture.data)
        (objects,) = chain.detect.process([image])
        crops = crops_to_name(image, objects, chain.options)
        return objects, [chain.classify.process([crop]) for crop in crops]

    return step


def read_in_turn(chain: Text) -> Step:
    def step(picture: Encoded) -> object:
        image = decode(picture.data)
        (polygons,) = chain.detect_text.process([image])
        crops = [crop for polygon in polygons if (crop := crop_line(image, polygon)) is not None]
        return reading_order(polygons), [chain.recognize_text.process([crop]) for crop in crops]

    return step


if __name__ == "__main__":
    main()
