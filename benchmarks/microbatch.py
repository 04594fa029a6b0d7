"""What a micro-batcher before the classifier gains at saturation, and what it costs at five requests a second.

Named against: the same pipeline with the classifier called once a crop. The batcher puts the crops that wait, of
all requests, into one call, after a window of 0, 10 or 20 ms in which more may come. Three loads:

- ``5 a second``: single pictures, Poisson arrivals (open loop: latency counts from when a request was due).
- ``5 at once``: five pictures at the same moment, once a second.
- ``saturation``: 16 pictures in flight, no pause.

What other processes take of the processors is measured beside every figure. A measurement that was disturbed is
repeated, in turn with the others; the least disturbed one is shown, and the worst disturbance of any that is shown.
Run: ``python benchmarks/microbatch.py FOLDER`` (weights through ``SISEON_MODEL_PATH``; three minutes at least).
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from machine import machine

from siseon.applications.inspection import Classify, Inspection
from siseon.contracts import Encoded
from siseon.engine import Trace, profile
from siseon.engine.machine import cores
from siseon.media import expand_inputs, read_file
from siseon.models import Model, ModelManager
from siseon.settings import Settings

RATE = 5
IN_FLIGHT = 16
WARM_UP = 8
QUIET = 0.1
"""Share of the processors' time that others may take before a measurement is repeated."""
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


@dataclass(frozen=True, order=True)
class Measured:
    """One variant under one load. Ordered by what disturbed it."""

    disturbance: float
    """Share of the processors' time that other processes took."""
    p50: float
    """Milliseconds a request."""
    p95: float
    rate: float
    """Pictures a second."""
    crops: float
    """Mean crops a call of the classifier."""
    work: float
    """Milliseconds of processor time a picture: what others take changes it little."""


async def measure(batching: Batching, load: Load, pictures: Sequence[Encoded], seconds: int) -> Measured:
    traces: list[Trace] = []
    chain = pipeline(batching)
    async with chain:
        await asyncio.gather(*(chain(picture) for picture in pictures[:WARM_UP]))
        chain.on_trace = traces.append
        before, start = processor_time(), time.perf_counter()
        times = await load(chain, pictures, seconds)
        elapsed = time.perf_counter() - start
        whole, busy, own = (now - then for now, then in zip(processor_time(), before, strict=True))
    p50, p95 = np.percentile(times, (50, 95)) * 1000
    crops = next(row.batch_size for row in profile(traces).stages if row.stage == "classify")
    return Measured(
        max(0.0, busy - own) / whole,
        float(p50),
        float(p95),
        rate=len(times) / elapsed,
        crops=crops,
        work=own / len(times) * 1000,
    )


def processor_time() -> tuple[float, float, float]:
    """Seconds of all cores since the start of Linux, those that were busy, those that this process used."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    whole = sum(ticks) / os.sysconf("SC_CLK_TCK")
    idle = (ticks[3] + ticks[4]) / os.sysconf("SC_CLK_TCK")
    return whole, whole - idle, time.process_time()


async def steady(chain: Inspection, pictures: Sequence[Encoded], seconds: int) -> list[float]:
    """Poisson arrivals, the same ones for every variant."""
    clock = asyncio.get_running_loop().time
    gaps = random.Random(7)
    start = clock()

    async def one(picture: Encoded, due: float) -> float:
        await asyncio.sleep(due - clock())
        await chain(picture)
        return clock() - due

    dues = itertools.accumulate(gaps.expovariate(RATE) for _ in range(RATE * seconds))
    arrivals = zip(itertools.cycle(pictures), dues, strict=False)
    return await asyncio.gather(*(one(picture, start + due) for picture, due in arrivals))


async def bursts(chain: Inspection, pictures: Sequence[Encoded], seconds: int) -> list[float]:
    """Five at once, once a second."""
    times: list[float] = []
    source = itertools.cycle(pictures)
    for _ in range(seconds):
        start = time.perf_counter()
        times += await asyncio.gather(*(timed(chain, next(source)) for _ in range(RATE)))
        await asyncio.sleep(max(0.0, start + 1 - time.perf_counter()))
    return times


async def saturate(chain: Inspection, pictures: Sequence[Encoded], seconds: int) -> list[float]:
    """As fast as it goes, with ``IN_FLIGHT`` requests open."""
    until = time.perf_counter() + seconds
    times: list[float] = []
    source = itertools.cycle(pictures)

    async def one_after_the_other() -> None:
        while time.perf_counter() < until:
            times.append(await timed(chain, next(source)))

    await asyncio.gather(*(one_after_the_other() for _ in range(IN_FLIGHT)))
    return times


async def timed(chain: Inspection, picture: Encoded) -> float:
    start = time.perf_counter()
    await chain(picture)
    return time.perf_counter() - start


Load = Callable[[Inspection, Sequence[Encoded], int], Awaitable[list[float]]]
LOADS: dict[str, Load] = {"5 a second": steady, "5 at once": bursts, "saturation": saturate}
Best = dict[tuple[Batching, str], Measured]


def show(best: Best) -> None:
    def row(*cells: object) -> None:
        print("| " + " | ".join(map(str, cells)) + " |")

    row("classifier", "5 a second: p50, p95", "added", "5 at once: p50, p95", "added", "crops a call",
        "saturation: pictures/s", "gain", "crops a call", "processor ms a picture", "gain")  # fmt: skip
    print("|---" * 11 + "|")
    for batching in VARIANTS:
        cells: list[str] = []
        for load in ("5 a second", "5 at once"):
            one, base = best[batching, load], best[VARIANTS[0], load]
            cells += [
                f"{one.p50:.1f}, {one.p95:.1f}",
                f"{one.p50 - base.p50:+.1f}, {one.p95 - base.p95:+.1f}",
            ]
        full, base = best[batching, "saturation"], best[VARIANTS[0], "saturation"]
        cells += [f"{best[batching, '5 at once'].crops:.1f}", f"{full.rate:.1f}"]
        cells += [f"{full.rate / base.rate:.2f} ×", f"{full.crops:.1f}"]
        row(batching.name, *cells, f"{full.work:.1f}", f"{base.work / full.work:.2f} ×")
    print(
        "\nMilliseconds; what is added is against a call a crop, to p50 and to p95. Other processes took at"
    )
    print(
        f"most {max(one.disturbance for one in best.values()):.0%} of the processors' time in any of these."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=8, help="of each measurement")
    parser.add_argument("--attempts", type=int, default=5, help="measurements at most, when disturbed")
    options = parser.parse_args()
    pictures = [read_file(path) for path in expand_inputs([str(options.folder)])]
    best: Best = {}
    for _ in range(options.attempts):
        for (name, load), batching in itertools.product(LOADS.items(), VARIANTS):
            known = best.get((batching, name))
            if known is None or known.disturbance > QUIET:
                new = asyncio.run(measure(batching, load, pictures, options.seconds))
                best[batching, name] = min(new, known or new)
    print(machine())
    show(best)


if __name__ == "__main__":
    main()
