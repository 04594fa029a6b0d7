"""What ``siseon plan`` predicts against what the pipeline then does, at some shares of its saturation.

The pipeline is recorded, its latency predicted by simulation, then measured: the same process, requests at
random times (Poisson, open loop: late answers do not hold back new requests), pictures drawn at random.
*Same requests* is the simulation of just the requests that were measured, at the times at which they came;
``error`` is its p95 over the measured one, less one. *Long run* is what a plan says, of very many requests: a few
hundred differ from it by luck, the more the fuller the machine. ``sleep`` is a pipeline whose stages only sleep: it
checks the queues and batches of the simulation apart from what cores do to each other. What other programs take is in
no model: a measurement that they disturbed is repeated some times, and the last column tells what is left of them.

Run: ``python benchmarks/plan.py inspection FOLDER``, ``text FOLDER`` or ``sleep``.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from machine import machine

from siseon.cli.chosen import chosen
from siseon.engine import Pipeline, Stage
from siseon.media import expand_inputs, read_file
from siseon.planning.bottleneck import p95
from siseon.planning.measure import OtherPrograms, record
from siseon.planning.workload import Workload

T = TypeVar("T")

SHARES = (0.3, 0.6, 0.8)
WARM_UP = 8
LONG_RUN = 20_000
SEED = 7
QUIET_CORES = 0.1
ATTEMPTS = 4
PATIENCE_S = 40
ENOUGH_CORES = 64
"""For stages that only sleep, and never wait for one."""


class Look(Stage[int, int]):
    """Sleeps 40 ms and a little more for larger pictures."""

    replicas = 3

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        time.sleep(sum(0.04 + 0.002 * items for items in batch))
        return batch


class Name(Stage[int, int]):
    """Sleeps 30 ms a batch and 5 ms an item: what a batch saves is known."""

    replicas = 2
    max_batch = 4

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        time.sleep(0.03 + 0.005 * len(batch))
        return batch


class Sleepy(Pipeline[int, int]):
    """Takes the number of objects of a picture."""

    def __init__(self) -> None:
        self.look = Look()
        self.name = Name()

    async def run(self, item: int) -> int:
        return len(await self.name.map(range(await self.look(item))))


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pipeline", choices=["inspection", "text", "sleep"])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--pictures", type=int, default=48, help="recorded, and drawn from while measuring")
    parser.add_argument("--requests", type=int, default=400, help="measured at each rate")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    print(machine())
    chain, items = subject(options.pipeline, options.folder, options.pictures)
    rows, errors = [], []
    async with chain:
        for item in items[:WARM_UP]:
            await chain(item)
        for number in range(options.rounds):
            recording, _ = await quietly(lambda: record(options.pipeline, chain, items))
            if options.pipeline == "sleep":
                recording = recording.model_copy(update={"cores": ENOUGH_CORES})
            workload = Workload(recording)
            for share in SHARES:
                rate = share * recording.loaded_per_s
                drawn, arrivals = come(len(items), rate, options.requests, SEED + number)
                latencies, others = await quietly(lambda d=drawn, a=arrivals: measure(chain, items, d, a))
                measured = np.percentile(latencies, (50, 95)) * 1000
                same = workload.run(workload.recorded, recording.cores, drawn, arrivals)
                long = workload.run(
                    workload.recorded, recording.cores, *come(len(items), rate, LONG_RUN, SEED)
                )
                replayed = np.percentile(same.latency, (50, 95)) * 1000
                errors.append(replayed[1] / measured[1] - 1)
                rows.append(
                    f"| {share:.0%} | {rate:.1f} | {measured[0]:.0f} | {replayed[0]:.0f} | {measured[1]:.0f} "
                    f"| {replayed[1]:.0f} | {errors[-1]:+.0%} | {p95(long) * 1000:.0f} | {others:.2f} |"
                )
    print(
        f"| {options.pipeline}: share of saturation | requests/s | p50, ms: measured | same requests ", end=""
    )
    print("| p95, ms: measured | same requests | error | long run | other programs, cores |")
    print("|---|---|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    sizes = np.abs(errors)
    print(f"\nError of the predicted p95: median {np.median(sizes):.0%}, largest {sizes.max():.0%}.", end=" ")
    if options.pipeline != "sleep":
        capacity = workload.machine(recording.cores).capacity
        print(f"{recording.cores} cores do the work of {capacity:.2f}; ", end="")
        print(f"while they were recorded other programs used {recording.others_cores or 0:.2f}.")


def subject(name: str, folder: Path | None, count: int) -> tuple[Pipeline, list]:
    """A pipeline and the items to run."""
    if name == "sleep":
        return Sleepy(), np.random.default_rng(SEED).poisson(4, count).tolist()
    return chosen(name).pipeline, [read_file(path) for path in expand_inputs([str(folder)])][:count]


async def quietly(attempt: Callable[[], Awaitable[T]]) -> tuple[T, float]:
    """The quietest of some attempts, each begun in a quiet second, and the cores that others used meanwhile."""
    best: tuple[T, float] | None = None
    for _ in range(ATTEMPTS):
        for _ in range(PATIENCE_S):
            others = OtherPrograms()
            await asyncio.sleep(1)
            if (others.cores() or 0) <= QUIET_CORES:
                break
        others = OtherPrograms()
        result = await attempt()
        used = others.cores() or 0
        if best is None or used < best[1]:
            best = result, used
        if used <= QUIET_CORES:
            break
    assert best is not None
    return best


def come(kinds: int, rate: float, count: int, seed: int) -> tuple[list[int], np.ndarray]:
    """Which items come, and when, in seconds."""
    random = np.random.default_rng(seed)
    return random.integers(0, kinds, count).tolist(), np.cumsum(random.exponential(1 / rate, count))


async def measure(
    chain: Pipeline, items: Sequence, drawn: Sequence[int], arrivals: np.ndarray
) -> list[float]:
    """Seconds of each request, from the time at which it was due."""
    start = time.monotonic()

    async def one(index: int, due: float) -> float:
        await asyncio.sleep(max(0.0, start + due - time.monotonic()))
        await chain(items[index])
        return time.monotonic() - start - due

    return await asyncio.gather(*map(one, drawn, arrivals.tolist()))


if __name__ == "__main__":
    asyncio.run(main())
