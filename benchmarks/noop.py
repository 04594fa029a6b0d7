"""What the engine itself costs: a stage that does nothing, called in sequence and by 32 callers at once.

Against: ``asyncio.to_thread`` of the same function, the plain way to leave the event loop, in the same rounds. All rows
are measured in turn in each round; medians and ranges, and the median of the rounds' ratios.
Goals: a stage at most 80 µs in sequence and 10 µs an item at 32 callers, a pipeline at most 35 µs an item there.

Processor time, of all threads of the process, says more than time where other programs run beside.

"a bare thread" is the least that leaving the loop costs: a queue, a thread, ``call_soon_threadsafe``, nothing else.

The default at-work limit of a pipeline is three requests for a core, what a pipeline that computes wants, and sixteen
while they are done within two milliseconds, as here; ``max_at_work=32`` lets all in from the first on.
Run: ``python benchmarks/noop.py``
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from queue import SimpleQueue
from statistics import median
from threading import Thread

from machine import machine
from spread import spread

from siseon.engine import Pipeline, Stage

SEQUENTIAL_CALLS = 2_000
CALLERS = 32
CALLS_EACH = 250
MAPPED = 100_000
BASE = "asyncio.to_thread"
Call = Callable[[int], Awaitable[object]]


class Noop(Stage[int, int]):
    max_batch = 64

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        return batch


class Single(Pipeline[int, int]):
    def __init__(self) -> None:
        self.noop = Noop()

    async def run(self, item: int) -> int:
        return await self.noop(item)


class BareThread:
    """Takes a future from a queue and has the loop set it."""

    def __init__(self) -> None:
        self.futures: SimpleQueue[asyncio.Future[None] | None] = SimpleQueue()
        self.loop = asyncio.get_running_loop()
        self.thread = Thread(target=self._serve, daemon=True)
        self.thread.start()

    def __call__(self, _: int) -> Awaitable[None]:
        future: asyncio.Future[None] = self.loop.create_future()
        self.futures.put(future)
        return future

    def _serve(self) -> None:
        while (future := self.futures.get()) is not None:
            self.loop.call_soon_threadsafe(future.set_result, None)

    def end(self) -> None:
        self.futures.put(None)
        self.thread.join()


def identity(item: int) -> int:
    return item


def thread_call(item: int) -> Awaitable[int]:
    return asyncio.to_thread(identity, item)


async def in_sequence(call: Call) -> float:
    """Microseconds a call."""
    start = time.perf_counter()
    for number in range(SEQUENTIAL_CALLS):
        await call(number)
    return 1e6 * (time.perf_counter() - start) / SEQUENTIAL_CALLS


async def together(call: Call) -> tuple[float, float]:
    """Microseconds an item with all callers at once: time, and processor time."""

    async def caller() -> None:
        for number in range(CALLS_EACH):
            await call(number)

    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return 1e6 * seconds / (CALLERS * CALLS_EACH), 1e6 * cpu / (CALLERS * CALLS_EACH)


async def mapped(stage: Noop) -> float:
    """Microseconds an item of one large map."""
    start = time.perf_counter()
    await stage.map(range(MAPPED))
    return 1e6 * (time.perf_counter() - start) / MAPPED


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    print(machine())
    stage, limited, wide = Noop(), Single(), Single()
    wide.max_at_work = CALLERS
    bare = BareThread()
    rows: dict[str, Call] = {
        BASE: thread_call,
        "a bare thread": bare,
        "stage(item)": stage,
        "pipeline(item)": limited,
        f"pipeline(item), max_at_work={CALLERS}": wide,
    }
    sequence: dict[str, list[float]] = {name: [] for name in rows}
    crowd: dict[str, list[float]] = {name: [] for name in rows}
    processor: dict[str, list[float]] = {name: [] for name in rows}
    maps: list[float] = []
    async with AsyncExitStack() as open_:
        for thing in (stage, limited, wide):
            await open_.enter_async_context(thing)
        for call in rows.values():  # starts its threads
            await together(call)
        for _ in range(options.rounds):
            gc.collect()
            for name, call in rows.items():
                sequence[name].append(await in_sequence(call))
                took, cpu = await together(call)
                crowd[name].append(took)
                processor[name].append(cpu)
            maps.append(await mapped(stage))
    bare.end()
    print(
        f"{options.rounds} rounds; µs, median (range); to_thread's time divided by it, in the same rounds\n"
    )
    print(
        f"| call | in sequence, a call | to_thread's | {CALLERS} callers, an item | to_thread's | processor time |"
    )
    print("|---|---|---|---|---|---|")
    for name in rows:
        cells = [_cells(figures[name], figures[BASE]) for figures in (sequence, crowd)]
        print(f"| {name} | {' | '.join(cells)} | {spread(processor[name], '{:.1f}')} |")
    print(f"\nstage.map of {MAPPED:,} items: {spread(maps, '{:.1f}')} µs an item")


def _cells(figures: Sequence[float], base: Sequence[float]) -> str:
    ratio = median(one / other for one, other in zip(base, figures, strict=True))
    return f"{spread(figures, '{:.1f}')} | {ratio:.2f} ×"


if __name__ == "__main__":
    asyncio.run(main())
