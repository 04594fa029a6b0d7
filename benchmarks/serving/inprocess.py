"""Ours without HTTP: the pipeline called in the process that holds it, by as many callers as there would be clients.

Prints its throughput, and its answers for the first photos: what every server must answer, too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from itertools import cycle
from pathlib import Path

import uvloop

from siseon.applications.inspection import Inspection
from siseon.contracts import Encoded
from siseon.models import ModelManager
from siseon.settings import Settings

WARM_UP_S = 1.0


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--answers", type=int, default=0, help="photos whose answers are printed")
    parser.add_argument("photos", nargs="+", type=Path)
    options = parser.parse_args()
    uploads = [Encoded(path.read_bytes(), path.name) for path in options.photos]
    async with Inspection(ModelManager(search_path=Settings().model_path)) as pipeline:
        expected = [(await pipeline(upload)).data.model_dump() for upload in uploads[: options.answers]]
        await closed_loop(pipeline, uploads, options.clients, WARM_UP_S)
        cpu = time.process_time()
        answers, seconds = await closed_loop(pipeline, uploads, options.clients, options.seconds)
        cpu = time.process_time() - cpu
    figures = {"answers": answers, "seconds": seconds, "cpu_seconds": cpu}
    print(json.dumps({"expected": expected, "figures": figures}))


async def closed_loop(
    pipeline: Inspection, uploads: list[Encoded], clients: int, seconds: float
) -> tuple[int, float]:
    """Answers, and seconds from the first call until the last answer: as ``load.py`` counts."""
    turn = cycle(uploads)
    start = time.perf_counter()
    done = 0

    async def client() -> None:
        nonlocal done
        while time.perf_counter() < start + seconds:
            await pipeline(next(turn))
            done += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(client())
    return done, time.perf_counter() - start


if __name__ == "__main__":
    uvloop.run(main())
