"""What ``siseon plan`` predicts against what the pipeline then does, at some shares of its saturation.

The pipeline is recorded, its latency predicted by simulation, then measured: the same process, requests at
random times (Poisson, open loop: late answers do not hold back new requests), pictures drawn at random.
``error`` is predicted over measured p95, less one. Run: ``python benchmarks/plan.py inspection FOLDER``
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from machine import machine

from siseon.cli.build import pipeline as build
from siseon.contracts import Encoded
from siseon.engine import Pipeline
from siseon.engine.record import OtherPrograms, record
from siseon.engine.simulate import poisson
from siseon.engine.workload import Workload
from siseon.media import expand_inputs, read_file

SHARES = (0.3, 0.6, 0.8)
WARM_UP = 8
SIMULATED = 5_000
SEED = 7


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pipeline", choices=["inspection", "text"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=48, help="recorded, and drawn from while measuring")
    parser.add_argument("--requests", type=int, default=400, help="measured at each rate")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    print(machine())
    pictures = [read_file(path) for path in expand_inputs([str(options.folder)])][: options.pictures]
    print(
        "| share of saturation | requests/s | p50, ms: predicted | measured | p95: predicted | measured | error "
        "| other programs, cores |"
    )
    print("|---|---|---|---|---|---|---|---|")
    errors = []
    async with build(options.pipeline) as chain:
        for picture in pictures[:WARM_UP]:
            await chain(picture)
        for number in range(options.rounds):
            recording = await record(options.pipeline, chain, pictures)
            workload = Workload(recording)
            for share in SHARES:
                rate = share * recording.loaded_per_s
                predicted = workload.run(
                    workload.recorded, recording.cores, rate, requests=SIMULATED, seed=SEED
                ).latency
                others = OtherPrograms()
                measured = await measure(chain, pictures, rate, options.requests, SEED + number)
                (p50, p95), (m50, m95) = (np.percentile(x, (50, 95)) * 1000 for x in (predicted, measured))
                errors.append(p95 / m95 - 1)
                print(
                    f"| {share:.0%} | {rate:.1f} | {p50:.0f} | {m50:.0f} | {p95:.0f} | {m95:.0f} "
                    f"| {errors[-1]:+.0%} | {others.cores() or 0:.2f} |",
                    flush=True,
                )
    print(
        f"\nerror of the predicted p95: median {np.median(np.abs(errors)):.0%}, largest {np.abs(errors).max():.0%}; ",
        end="",
    )
    print(
        f"{recording.cores} cores do the work of {workload.machine(recording.cores).capacity:.2f} bare ones"
    )


async def measure(
    chain: Pipeline, pictures: Sequence[Encoded], rate: float, count: int, seed: int
) -> np.ndarray:
    """Seconds of each request, from the time at which it was due."""
    chosen = np.random.default_rng(seed).integers(0, len(pictures), count)
    start = time.monotonic()

    async def one(index: int, due: float) -> float:
        await asyncio.sleep(max(0.0, start + due - time.monotonic()))
        await chain(pictures[index])
        return time.monotonic() - start - due

    arrivals = poisson(rate, count, seed + 100)
    return np.array(await asyncio.gather(*map(one, chosen.tolist(), arrivals.tolist())))


if __name__ == "__main__":
    asyncio.run(main())
