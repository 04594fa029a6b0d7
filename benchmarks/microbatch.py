"""What a micro-batcher before the classifier gains at saturation, and what it costs at five requests a second.

Named against: the same pipeline with the classifier called once a crop. The batcher puts the crops that wait, of
all requests, into one call, after a window of 0, 10 or 20 ms in which more may come. Three loads:

- ``5 a second``: single pictures, Poisson arrivals (open loop: latency counts from when a request was due).
- ``5 at once``: five pictures at the same moment, once a second.
- ``saturation``: 16 pictures in flight, no pause.

Each variant runs in turn, over several rounds; a figure is that of its best round, since what else the machine does
only adds. Run: ``python benchmarks/microbatch.py FOLDER`` (weights through ``SISEON_MODEL_PATH``; six minutes).
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from machine import machine

from siseon.contracts import Encoded
from siseon.engine import profile
from siseon.media import expand_inputs, read_file
from siseon.models import Model, ModelManager
from siseon.pipelines.decode import cores
from siseon.pipelines.inspection import Classify, Inspection
from siseon.settings import Settings

RATE = 5
IN_FLIGHT = 16
WARM_UP = 8
ALL_CROPS = 64
"""Crops one call may hold: more than wait at any load here."""


@dataclass(frozen=True)
class Batching:
    """How the classifier is called."""

    name: str
    max_batch: int
    linger_ms: float = 0.0
    whole_machine: bool = False
    """One call at a time on all cores, in place of a call a core."""


@dataclass
class Figures:
    """One entry a round."""

    steady: list[tuple[float, float]] = field(default_factory=list)
    """p50 and p95 in ms."""
    burst: list[tuple[float, float]] = field(default_factory=list)
    burst_crops: list[float] = field(default_factory=list)
    """Mean crops a call."""
    rates: list[float] = field(default_factory=list)
    """Pictures a second at saturation."""
    crops: list[float] = field(default_factory=list)


VARIANTS = (
    Batching("once a crop", 1),
    Batching("two crops a call, as shipped", 2),
    *(Batching(f"all crops, window {linger} ms", ALL_CROPS, linger) for linger in (0, 10, 20)),
    *(
        Batching(f"all crops, window {linger} ms, a call on all cores", ALL_CROPS, linger, whole_machine=True)
        for linger in (0, 10)
    ),
)


class BatchedClassify(Classify):
    """The shipped stage; only how its queue makes batches differs."""

    def __init__(self, model: Model, batching: Batching) -> None:
        super().__init__(model)
        self._batching = batching

    def setup(self) -> None:
        super().setup()
        self.max_batch, self.linger_ms = self._batching.max_batch, self._batching.linger_ms
        self.replicas = 1 if self._batching.whole_machine else cores()


def pipeline(batching: Batching) -> Inspection:
    path = Settings().model_path
    chain = Inspection(ModelManager(search_path=path, threads=1))
    model = ModelManager(search_path=path, threads=cores() if batching.whole_machine else 1)
    chain.classify = BatchedClassify(model["efficientnet-lite0"], batching)
    return chain


async def measure(batching: Batching, pictures: Sequence[Encoded], seconds: int, figures: Figures) -> None:
    traces = []
    chain = pipeline(batching)
    async with chain:
        await asyncio.gather(*(chain(picture) for picture in pictures[:WARM_UP]))
        figures.steady.append(quantiles(await steady(chain, pictures, seconds)))
        chain.on_trace = traces.append
        figures.burst.append(quantiles(await bursts(chain, pictures, seconds)))
        figures.burst_crops.append(crops_a_call(traces))
        traces.clear()
        figures.rates.append(await saturate(chain, pictures))
        figures.crops.append(crops_a_call(traces))


def quantiles(seconds: list[float]) -> tuple[float, float]:
    """p50 and p95 in ms."""
    p50, p95 = np.percentile(seconds, (50, 95)) * 1000
    return float(p50), float(p95)


def crops_a_call(traces: Sequence[object]) -> float:
    return next(row.batch_size for row in profile(traces).stages if row.stage == "classify")


async def steady(chain: Inspection, pictures: Sequence[Encoded], seconds: int) -> list[float]:
    """Poisson arrivals, the same ones for every variant."""
    gaps = random.Random(7)
    start = asyncio.get_running_loop().time() + 0.1

    async def one(picture: Encoded, due: float) -> float:
        await asyncio.sleep(due - asyncio.get_running_loop().time())
        await chain(picture)
        return asyncio.get_running_loop().time() - due

    dues = itertools.accumulate(gaps.expovariate(RATE) for _ in range(RATE * seconds))
    return await asyncio.gather(
        *(one(p, start + due) for p, due in zip(itertools.cycle(pictures), dues, strict=False))
    )


async def bursts(chain: Inspection, pictures: Sequence[Encoded], seconds: int) -> list[float]:
    """Five at once, once a second, the pictures of all bursts one after the other."""
    times: list[float] = []
    source = itertools.cycle(pictures)

    async def one(picture: Encoded, due: float) -> float:
        await chain(picture)
        return time.perf_counter() - due

    for _ in range(seconds):
        now = time.perf_counter()
        times += await asyncio.gather(*(one(next(source), now) for _ in range(RATE)))
        await asyncio.sleep(max(0.0, now + 1 - time.perf_counter()))
    return times


async def saturate(chain: Inspection, pictures: Sequence[Encoded]) -> float:
    """Pictures a second over two passes."""
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def one(picture: Encoded) -> None:
        async with gate:
            await chain(picture)

    start = time.perf_counter()
    await asyncio.gather(*(one(picture) for picture in [*pictures, *pictures]))
    return 2 * len(pictures) / (time.perf_counter() - start)


def show(results: dict[Batching, Figures]) -> None:
    def row(*cells: object) -> None:
        print("| " + " | ".join(map(str, cells)) + " |")

    single = results[VARIANTS[0]]
    row("classifier", "5 a second: p50, p95", "added", "5 at once: p50, p95", "added", "crops a call",
        "saturation: pictures/s", "gain", "crops a call")  # fmt: skip
    print("|---" * 9 + "|")
    for batching, figures in results.items():
        cells: list[str] = []
        for rounds, base in ((figures.steady, min(single.steady)), (figures.burst, min(single.burst))):
            p50, p95 = min(rounds)
            cells += [f"{p50:.1f}, {p95:.1f}", f"{p50 - base[0]:+.1f}, {p95 - base[1]:+.1f}"]
        rate = max(figures.rates)
        cells += [f"{np.mean(figures.burst_crops):.1f}", f"{rate:.1f}", f"{rate / max(single.rates):.2f} ×"]
        row(batching.name, *cells, f"{np.mean(figures.crops):.1f}")
    print("\nMilliseconds; what is added is against a call a crop, to p50 and to p95.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=8, help="of each load, in each round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pictures = [read_file(path) for path in expand_inputs([str(options.folder)])]
    results = {batching: Figures() for batching in VARIANTS}
    for _ in range(options.rounds):  # in turn, so that a disturbance of the machine does not meet one variant
        for batching, figures in results.items():
            asyncio.run(measure(batching, pictures, options.seconds, figures))
    print(machine())
    show(results)


if __name__ == "__main__":
    main()
