"""Another build of ONNX Runtime against the one that is installed: ``onnxruntime-openvino``, say, on the same CPU.

    pip install --target bench-out/openvino --no-deps onnxruntime-openvino
    python benchmarks/runtimes.py bench-out/openvino inspection FOLDER        # or text

Each run is a fresh process with the pipeline as shipped, 16 pictures in flight, and the provider that siseon chooses by
itself; rounds take turns, forwards and backwards. Twice over the folder: the first time every size of picture is new,
for which some runtimes compile; the second is what a service does that has seen them. Boxes, or lines of text, are
counted, so that another accuracy is seen. Whether they are as good, ``siseon evaluate`` says under each of both:

    python benchmarks/runtimes.py bench-out/openvino inspection --accuracy --coco instances.json --images FOLDER
    python benchmarks/runtimes.py bench-out/openvino text --accuracy FOLDER
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
from collections.abc import Sequence
from pathlib import Path

import onnxruntime
from machine import machine
from spread import spread
from throughput import IN_FLIGHT, ONE_SCRIPT

from siseon.applications.inspection import Inspection
from siseon.applications.text import Text
from siseon.contracts import Encoded
from siseon.engine import Pipeline
from siseon.media import expand_inputs, read_file
from siseon.models import ModelManager
from siseon.models.providers import choose_providers
from siseon.settings import Settings

Figures = dict[str, float]
ROWS = {
    "first time, pictures/s": "{:.2f}",
    "first time, processor ms a picture": "{:.1f}",
    "second time, pictures/s": "{:.2f}",
    "second time, processor ms a picture": "{:.1f}",
    "peak memory, MB": "{:.0f}",
    "found": "{:.0f}",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path, help="folder of the other build, made by pip --target")
    parser.add_argument("pipeline", choices=["inspection", "text"])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--pictures", type=int, help="the first so many; without it all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--accuracy", action="store_true", help="by siseon evaluate, of which the rest is")
    options, rest = parser.parse_known_args()
    if options.accuracy:
        for build in ("", str(options.other.resolve())):
            print(evaluated(build, options.pipeline, [*filter(None, [options.folder]), *rest]))
        return
    if rest or options.folder is None:
        parser.error(f"not understood: {rest or 'no folder'}")
    if options.measure:
        print(json.dumps(asyncio.run(measure(options.pipeline, options.folder, options.pictures))))
        return
    print(machine())
    told: dict[str, list[tuple[str, Figures]]] = {"": [], str(options.other.resolve()): []}
    for number in range(options.rounds):
        for build in told if number % 2 == 0 else reversed(told):
            told[build].append(run(build))
    show(list(told.values()))


def run(build: str) -> tuple[str, Figures]:
    """One pass in a process that finds the runtime there first; none: the one that is installed."""
    path = os.pathsep.join(filter(None, (build, os.environ.get("PYTHONPATH", ""))))
    done = subprocess.run(
        [sys.executable, *sys.argv, "--measure"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    name, figures = json.loads(done.stdout.splitlines()[-1])
    return name, figures


def evaluated(build: str, pipeline: str, rest: Sequence[object]) -> str:
    """The table of ``siseon evaluate`` in a process that finds the runtime there first."""
    path = os.pathsep.join(filter(None, (build, os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "-m", "siseon", "evaluate", pipeline, *map(str, rest)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path}
    )
    return f"{build or 'the installed build'}\n{done.stdout}"


async def measure(name: str, folder: Path, count: int | None) -> tuple[str, Figures]:
    pictures = [read_file(path) for path in expand_inputs([str(folder)])][:count]
    models = ModelManager(search_path=Settings().model_path)
    chain = Inspection(models) if name == "inspection" else Text(models, ONE_SCRIPT)
    figures: Figures = {}
    async with chain:
        for when in ("first", "second"):
            begun, cpu = time.perf_counter(), time.process_time()
            figures["found"] = await found(chain, pictures)
            seconds, used = time.perf_counter() - begun, time.process_time() - cpu
            figures[f"{when} time, pictures/s"] = len(pictures) / seconds
            figures[f"{when} time, processor ms a picture"] = used * 1000 / len(pictures)
    figures["peak memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{choose_providers()[0].removesuffix('ExecutionProvider')}, {onnxruntime.__version__}", figures


async def found(chain: Pipeline, pictures: Sequence[Encoded]) -> int:
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def one(picture: Encoded) -> int:
        async with gate:
            data = (await chain(picture)).data
        return len(data.detections if hasattr(data, "detections") else data.lines)

    return sum(await asyncio.gather(*map(one, pictures)))


def show(builds: Sequence[Sequence[tuple[str, Figures]]]) -> None:
    ours, other = builds
    print(
        f"| {len(ours)} rounds | {ours[0][0]} | {other[0][0]} | the second of the first |\n|---|---|---|---|"
    )
    for row, how in ROWS.items():
        pair = [[figures[row] for _, figures in build] for build in builds]
        ratios = [there / here for here, there in zip(*pair, strict=True)]
        tie = ", a tie" if min(ratios) <= 1 <= max(ratios) else ""
        cells = [spread(values, how) for values in pair]
        print(f"| {row} | {' | '.join(cells)} | {spread(ratios)} ×{tie} |")


if __name__ == "__main__":
    main()
