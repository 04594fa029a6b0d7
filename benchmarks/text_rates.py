"""How fast ``text`` reads against rapidocr at its best: same weights and least score, each with the detection size and
the other settings that it is shipped with; what both read, and how many errors it has, tells ``text_vs_rapidocr.py``.

- ``siseon``: the pipeline as shipped, 16 pictures in flight, one process.
- ``rapidocr``: as its documentation shows, one process, all cores for each call, one picture after another.
- ``rapidocr, processes``: a process a core, each with one thread and with ONNX Runtime's arena: its better way.
- ``rapidocr, processes, flushed``: the same, given the session option that takes denormal numbers for zero
  (``denormals.py``), which it does not set: what is left is not the option's.

With ``--alone`` one picture at a time: ``siseon`` with all cores for each call, as ``siseon run`` with one picture has,
``rapidocr`` as documented, and with the arena.

Each run is a process of its own; every round runs all of them, in turn forwards and backwards; ratios are of the same
round. Memory: the peaks of all processes together.
Run: ``python benchmarks/text_rates.py TEXT_FOLDER PHOTO_FOLDER [--alone]``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import median

import onnxruntime
from machine import machine
from rapidocr import RapidOCR
from spread import spread
from text_vs_rapidocr import IN_FLIGHT, THEIR_MIN_SCORE, WARM_UP, pictures_of

from siseon.applications.text import Text, TextOptions
from siseon.contracts import Encoded
from siseon.engine.machine import cores
from siseon.media.decode import decode
from siseon.models import ModelManager
from siseon.models.denormals import OPTION

OURS, DOCUMENTED, ARENA = "siseon", "rapidocr", "rapidocr, arena"
PROCESSES, FLUSHED = "rapidocr, processes", "rapidocr, processes, flushed"
BUSY, ALONE = (OURS, DOCUMENTED, PROCESSES, FLUSHED), (OURS, DOCUMENTED, ARENA)
Figures = dict[str, float]


def main() -> None:
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pictures", type=int, help="so many of them, evenly; without it all")
    parser.add_argument("--alone", action="store_true", help="one picture at a time: seconds a picture")
    parser.add_argument("--variant", choices={*BUSY, *ALONE}, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.variant:
        pictures = pictures_of(options.folders, options.pictures)
        print(json.dumps(measure(options.variant, pictures, options.alone)))
        return
    print(machine())
    variants = ALONE if options.alone else BUSY
    rounds: dict[str, list[Figures]] = {variant: [] for variant in variants}
    for number in range(options.rounds):
        for variant in variants if number % 2 == 0 else reversed(variants):
            command = [sys.executable, __file__, *options.folders, "--variant", variant]
            command += ["--alone"] if options.alone else []
            command += ["--pictures", str(options.pictures)] if options.pictures else []
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            rounds[variant].append(json.loads(done.stdout.splitlines()[-1]))
    show(rounds)


def show(rounds: dict[str, list[Figures]]) -> None:
    print("| reader | pictures/s: median (range) | siseon against it | peak memory, MB |")
    print("|---|---|---|---|")
    ours = [run["rate"] for run in rounds[OURS]]
    for name, runs in rounds.items():
        rates = [run["rate"] for run in runs]
        ratios = [one / other for one, other in zip(ours, rates, strict=True)]
        tie = ", a tie" if name != OURS and min(ratios) <= 1 <= max(ratios) else ""
        peak = median(run["peak_mb"] for run in runs)
        print(f"| {name} | {spread(rates)} | {spread(ratios, unit=' ×')}{tie} | {peak:.0f} |")


def measure(variant: str, pictures: Sequence[Encoded], alone: bool) -> Figures:
    if variant == OURS:
        seconds = asyncio.run(run_siseon(pictures, 1 if alone else IN_FLIGHT))
        return {"rate": len(pictures) / seconds, "peak_mb": peak(resource.RUSAGE_SELF)}
    if variant in (DOCUMENTED, ARENA):
        seconds = run_rapidocr(pictures, None if variant == DOCUMENTED else 0)
        return {"rate": len(pictures) / seconds, "peak_mb": peak(resource.RUSAGE_SELF)}
    return run_processes(pictures, flushed=variant == FLUSHED)


def peak(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


async def run_siseon(pictures: Sequence[Encoded], in_flight: int) -> float:
    gate = asyncio.Semaphore(in_flight)

    async def one(picture: Encoded) -> None:
        async with gate:
            await text(picture)

    options = TextOptions(min_score=THEIR_MIN_SCORE, other_scripts=("none",))
    async with Text(ModelManager(threads=cores() if in_flight == 1 else 1), options) as text:
        await asyncio.gather(*map(one, pictures[:WARM_UP]))
        start = time.perf_counter()
        await asyncio.gather(*map(one, pictures))
        return time.perf_counter() - start


def reader(threads: int | None, *, flushed: bool = False) -> RapidOCR:
    """As documented, or with so many threads (0: all) and the arena."""
    params: dict[str, object] = {"Global.use_cls": False}
    if threads is not None:
        params["EngineConfig.onnxruntime.enable_cpu_mem_arena"] = True
        params["EngineConfig.onnxruntime.intra_op_num_threads"] = threads or -1
    if flushed:
        with_option = onnxruntime.SessionOptions()
        with_option.add_session_config_entry(*OPTION)
        with_option.intra_op_num_threads = threads or 0
        # The option of the process's first session holds for the thread that makes it, which is the one that reads.
        onnxruntime.InferenceSession(smallest_network(), with_option, providers=["CPUExecutionProvider"])
    return RapidOCR(params=params)


def smallest_network() -> bytes:
    from onnx import TensorProto, helper

    one = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    other = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "smallest", [one], [other])
    opset = helper.make_opsetid("", 17)
    return bytes(helper.make_model(graph, opset_imports=[opset], ir_version=8).SerializeToString())


def run_rapidocr(pictures: Sequence[Encoded], threads: int | None) -> float:
    read = reader(threads)
    for picture in pictures[:WARM_UP]:
        read(decode(picture.data).pixels[:, :, ::-1].copy())
    start = time.perf_counter()
    for picture in pictures:
        read(decode(picture.data).pixels[:, :, ::-1].copy())
    return time.perf_counter() - start


def run_processes(pictures: Sequence[Encoded], *, flushed: bool) -> Figures:
    cores = len(os.sched_getaffinity(0))
    spawn = multiprocessing.get_context("spawn")
    ready, begin, queue, told = spawn.Semaphore(0), spawn.Event(), spawn.Queue(), spawn.Queue()
    for picture in [*pictures, *[None] * cores]:
        queue.put(None if picture is None else picture.data)
    warm = [picture.data for picture in pictures[:WARM_UP]]
    workers = [
        spawn.Process(target=work, args=(ready, begin, queue, told, warm, flushed)) for _ in range(cores)
    ]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire()
    start = time.perf_counter()
    begin.set()
    peaks = [told.get() for _ in workers]
    seconds = time.perf_counter() - start
    for worker in workers:
        worker.join()
    return {"rate": len(pictures) / seconds, "peak_mb": sum(peaks)}


def work(ready, begin, queue, told, warm, flushed) -> None:
    logging.disable(logging.WARNING)
    read = reader(1, flushed=flushed)
    for data in warm:
        read(decode(data).pixels[:, :, ::-1].copy())
    ready.release()
    begin.wait()
    while (data := queue.get()) is not None:
        read(decode(data).pixels[:, :, ::-1].copy())
    told.put(peak(resource.RUSAGE_SELF))


if __name__ == "__main__":
    main()
