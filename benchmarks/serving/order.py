"""Who is answered when: the engine's order of work in slow motion, against one request after the other.

Stages wait as long as two cores would compute, shared by all that compute at that moment: the order shows, and neither
the machine nor what else runs on it. What it does not show is what Python costs. Requests are the photos of
``coco-dev`` with their objects to classify, in that order; one may not begin before its caller has the last answer.
Run: ``python benchmarks/serving/order.py``; five minutes of waiting, next to no processor time
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Condition, Event, Thread

from cells import percentile

from siseon.engine import Pipeline, Stage, lines

sys.path.append(str(Path(__file__).resolve().parents[1]))
from machine import machine

CORES = 2
DECODE_S, DETECT_S, CLASSIFY_S = 0.0033, 0.0158, 0.0093
"""A photo's, and each object's: medians by ``by_hand.py``, Intel Xeon."""
OBJECTS = (
    *(4, 3, 7, 1, 1, 12, 12, 8, 0, 6, 2, 2, 4, 3, 4, 1, 3, 4, 2, 3, 2, 2, 2, 1, 6),
    *(3, 10, 6, 2, 0, 1, 3, 0, 4, 0, 7, 1, 2, 0, 3, 4, 13, 2, 4, 0, 1, 3, 3),
)


class Cores:
    """Work is done when its share of the cores has done it."""

    def __init__(self, slower: float) -> None:
        self._slower = slower
        self._left: dict[Event, float] = {}
        self._changed = Condition()
        self._at = time.monotonic()
        Thread(target=self._tick, daemon=True).start()

    def compute(self, seconds: float) -> None:
        done = Event()
        with self._changed:
            self._go_on()
            self._left[done] = seconds
            self._changed.notify()
        done.wait()

    def _speed(self) -> float:
        return min(1.0, CORES / len(self._left)) / self._slower

    def _go_on(self) -> None:
        now = time.monotonic()
        if self._left:
            worked = (now - self._at) * self._speed()
            self._left = {done: left - worked for done, left in self._left.items()}
        self._at = now

    def _tick(self) -> None:
        with self._changed:
            while True:
                self._go_on()
                for done in [done for done, left in self._left.items() if left <= 0]:
                    del self._left[done]
                    done.set()
                self._changed.wait(min(self._left.values()) / self._speed() if self._left else None)


class Step(Stage[int, int]):
    """One that takes so long for each item."""

    replicas = CORES

    def __init__(self, cores: Cores, seconds: float, batch: int = 1) -> None:
        self._cores, self._seconds, self.max_batch = cores, seconds, batch

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self._cores.compute(self._seconds * sum(batch))
        return batch


class Steps(Pipeline[int, int]):
    """As an inspection does it."""

    def __init__(self, cores: Cores) -> None:
        self.decode, self.detect = Step(cores, DECODE_S), Step(cores, DETECT_S, 2)
        self.classify = Step(cores, CLASSIFY_S, 2)

    async def run(self, item: int) -> int:
        await self.decode(1)
        await self.detect(1)
        return len(await self.classify.map([1] * item))


class Whole(Pipeline[int, int]):
    """A photo after the other on each core, as a worker that does all of a request."""

    def __init__(self, cores: Cores) -> None:
        self.whole = Step(cores, 1.0)

    async def run(self, item: int) -> int:
        await self.whole(DECODE_S + DETECT_S + CLASSIFY_S * item)  # type: ignore[arg-type]
        return item


async def latencies(pipeline: Pipeline[int, int], callers: int, requests: int) -> tuple[list[float], float]:
    """Of each request, and how long all took."""
    took: list[float] = []
    photos = iter(OBJECTS[number % len(OBJECTS)] for number in range(requests))

    async def caller() -> None:
        for photo in photos:
            began = time.monotonic()
            await pipeline(photo)
            took.append(time.monotonic() - began)

    async with pipeline:
        began = time.monotonic()
        await asyncio.gather(*(caller() for _ in range(callers)))
        return took, time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--slower", type=float, default=8.0, help="times: what the machine adds becomes small"
    )
    parser.add_argument("--requests", type=int, default=240)
    options = parser.parse_args()
    cores = Cores(options.slower)
    print(machine() + "\n\n| callers | order | answers/s | p50, ms | p95 | p99 |\n|---|---|---|---|---|---|")
    for callers in (8, 32):
        for what, kind, turn in (
            ("a request after the other", Whole, lines.TURN),
            ("turns of one item", Steps, 1),
            (f"turns of {lines.TURN} items, as shipped", Steps, lines.TURN),
        ):
            shipped, lines.TURN = lines.TURN, turn
            took, seconds = asyncio.run(latencies(kind(cores), callers, options.requests))
            lines.TURN = shipped
            figures = " | ".join(f"{percentile(took, p) / options.slower:.0f}" for p in (50, 95, 99))
            print(
                f"| {callers} | {what} | {options.requests * options.slower / seconds:.1f} | {figures} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
