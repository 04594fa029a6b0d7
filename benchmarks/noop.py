"""What the engine itself costs: a stage that does nothing, called in sequence and by 32 callers at once.

Named against: ``asyncio.to_thread`` of the same function, the plain way to leave the event loop.
Run: ``python benchmarks/noop.py``
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from machine import machine

from siseon.engine import Pipeline, Stage

SEQUENTIAL_CALLS = 5_000
CALLERS = 32
CALLS_EACH = 500
REPEATS = 5


class Noop(Stage[int, int]):
    max_batch = 64

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        return batch


class Single(Pipeline[int, int]):
    def __init__(self) -> None:
        self.noop = Noop()

    async def run(self, item: int) -> int:
        return await self.noop(item)


def identity(item: int) -> int:
    return item


async def in_sequence(call: Callable[[int], Awaitable[object]]) -> float:
    """Seconds a call, the best of some repeats (the machine's noise only ever adds)."""
    best = float("inf")
    for _ in range(REPEATS):
        start = time.perf_counter()
        for number in range(SEQUENTIAL_CALLS):
            await call(number)
        best = min(best, (time.perf_counter() - start) / SEQUENTIAL_CALLS)
    return best


async def together(call: Callable[[int], Awaitable[object]]) -> float:
    """Seconds an item with all callers at once, the best of some repeats."""

    async def caller() -> None:
        for number in range(CALLS_EACH):
            await call(number)

    best = float("inf")
    for _ in range(REPEATS):
        start = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        best = min(best, (time.perf_counter() - start) / (CALLERS * CALLS_EACH))
    return best


async def main() -> None:
    print(machine())
    print(
        "| call | in sequence, µs a call | 32 callers, µs an item | against to_thread (sequence, 32 callers) |"
    )
    print("|---|---|---|---|")
    rows: list[tuple[str, float, float]] = []
    async with Noop() as stage:
        rows.append(("asyncio.to_thread", await in_sequence(thread_call), await together(thread_call)))
        rows.append(("stage(item)", await in_sequence(stage), await together(stage)))
        start = time.perf_counter()
        await stage.map(range(100_000))
        each = (time.perf_counter() - start) / 100_000
    async with Single() as pipeline:
        rows.append(("pipeline(item), traced", await in_sequence(pipeline), await together(pipeline)))
    _, base_sequence, base_together = rows[0]
    for name, sequence, crowd in rows:
        ratios = f"{base_sequence / sequence:.2f} ×, {base_together / crowd:.2f} ×"
        print(f"| {name} | {sequence * 1e6:.1f} | {crowd * 1e6:.1f} | {ratios} |")
    print(f"\nstage.map of 100,000 items: {each * 1e6:.2f} µs an item")


def thread_call(item: int) -> Awaitable[int]:
    return asyncio.to_thread(identity, item)


if __name__ == "__main__":
    asyncio.run(main())
