"""Threads against worker processes, for stages of native code and of Python: when does each pay?

Three stages, each with two replicas and pictures of two sizes:

- ``OpenCV``: a resize to 640 pixels and a blur; releases the GIL.
- ``ONNX Runtime``: the detector of ``inspection`` (YOLOX-Nano); releases the GIL while it infers.
- ``Python``: eight loops over 16,000 pixels in bytecode, which hold the GIL.

Four callers ask one picture after the other. Rounds of the two placements alternate, both started before; each figure
is the median of the rounds with their range. *Copied* is what a picture costs in copies on its way to a worker and
back; *loop late* is how much later than asked for the event loop wakes (99 of 100 times less), which every other
request pays; *memory* is that of the process and its workers (PSS, so that shared pages count once) while the stage
alone is started.
Run: ``python benchmarks/processes.py``, with weights on ``SISEON_MODEL_PATH``
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import psutil
from machine import machine
from spread import spread

from siseon.applications.inspection.stages import Detect
from siseon.contracts import Image
from siseon.engine import Stage
from siseon.engine.placement.processes import Processes
from siseon.models import ModelManager
from siseon.settings import Settings

SIZES = {"1080p": (1920, 1080), "4K": (3840, 2160)}
CALLERS = 4
REPLICAS = 2
TICK_S = 0.005
PLACEMENTS = ("threads", "processes")


class Native(Stage[Image, Any]):
    """A resize and a blur."""

    replicas = REPLICAS

    def setup(self) -> None:
        cv2.setNumThreads(1)

    def process(self, batch: Sequence[Image]) -> Sequence[Any]:
        return [cv2.GaussianBlur(cv2.resize(one.pixels, (640, 360)), (31, 31), 0) for one in batch]


class Python(Stage[Image, int]):
    """Counts the changes of brightness along 16,000 pixels, eight times."""

    replicas = REPLICAS

    def process(self, batch: Sequence[Image]) -> Sequence[int]:
        return [self._changes(one.pixels) for one in batch]

    @staticmethod
    def _changes(pixels: Any) -> int:
        changes, before = 0, 0
        for _ in range(8):
            for value in pixels[::27, ::4, 1].ravel()[:16_000].tolist():
                if (value > 127) != (before > 127):
                    changes += 1
                before = value
        return changes


@dataclass
class Figures:
    """Of one placement, a value a round."""

    per_s: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p95_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    copied_mb: float = 0.0
    memory_mb: float = 0.0


def detector() -> Stage[Any, Any]:
    settings = Settings()
    return Detect(ModelManager(search_path=settings.model_path)["yolox-nano"])


STAGES: dict[str, Callable[[], Stage[Any, Any]]] = {
    "OpenCV": Native,
    "ONNX Runtime": detector,
    "Python": Python,
}


async def one_round(stage: Stage[Any, Any], pictures: Sequence[Image], seconds: float, told: Figures) -> None:
    """Ask for some seconds and note what came of it."""
    took: list[float] = []
    late: list[float] = []
    begun = time.monotonic()
    end = begun + seconds

    async def ask(number: int) -> None:
        while (now := time.monotonic()) < end:
            await stage(pictures[number % len(pictures)])
            took.append(time.monotonic() - now)
            number += 1

    async def tick() -> None:
        while (now := time.monotonic()) < end:
            await asyncio.sleep(TICK_S)
            late.append(time.monotonic() - now - TICK_S)

    await asyncio.gather(tick(), *map(ask, range(CALLERS)))
    told.per_s.append(len(took) / (time.monotonic() - begun))
    told.p50_ms.append(float(np.percentile(took, 50)) * 1000)
    told.p95_ms.append(float(np.percentile(took, 95)) * 1000)
    told.late_ms.append(float(np.percentile(late, 99)) * 1000)


def memory_mb() -> float:
    """PSS of this process and its workers."""
    here = psutil.Process()
    return sum(one.memory_full_info().pss for one in (here, *here.children())) / 1e6


async def compare(
    make: Callable[[], Stage[Any, Any]], size: str, rounds: int, seconds: float
) -> list[Figures]:
    """Both placements of one stage at one size, in turn."""
    width, height = SIZES[size]
    rng = np.random.default_rng(0)
    pictures = [Image.from_array(rng.integers(0, 256, (height, width, 3), np.uint8)) for _ in range(CALLERS)]
    told = [Figures() for _ in PLACEMENTS]
    stages = [make() for _ in PLACEMENTS]
    stages[1].placement = Processes()
    for stage, figures in zip(stages, told, strict=True):  # one at a time, for its memory
        async with stage:
            await one_round(stage, pictures, seconds / 4, Figures())
            figures.memory_mb = memory_mb()
    async with stages[0], stages[1]:
        for number in range(rounds + 1):  # the first warms up
            for stage, figures in zip(stages, told, strict=True):
                await one_round(stage, pictures, seconds, figures if number else Figures())
        for stage, figures in zip(stages, told, strict=True):
            now = stage.statistics()
            figures.copied_mb = now.bytes_copied / now.items / 1e6
    return told


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=1.5, help="of a round")
    options.add_argument("--stage", choices=list(STAGES), action="append")
    given = options.parse_args()
    print(machine())
    print(
        "| stage | pictures | placement | pictures/s | p50, ms | p95, ms | loop late, ms | copied, MB | memory, MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name in given.stage or STAGES:
        for size in SIZES:
            for placement, told in zip(
                PLACEMENTS, await compare(STAGES[name], size, given.rounds, given.seconds), strict=True
            ):
                cells = (
                    *(spread(one, "{:.1f}") for one in (told.per_s, told.p50_ms, told.p95_ms, told.late_ms)),
                    f"{told.copied_mb:.2f}",
                    f"{told.memory_mb:.0f}",
                )
                print(f"| {name} | {size} | {placement} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
