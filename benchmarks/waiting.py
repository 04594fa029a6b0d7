"""What waiting costs: the queue's work per item, pauses of the event loop, and cancelling, with many items that wait.

Three tables, each against its own smallest case, as nothing may grow with what waits; medians and ranges of rounds:

1. Per item, one ``put`` and its part of a ``take``, while 10,000 items wait in 1, 64 and 10,000 buckets, of one flow or
   many, as calls of one item or of 100.
2. The longest pause of the event loop (a heartbeat in it) while a map of 10,000 items in 64 buckets is queued, run, and
   cancelled. Goal: 5 ms at most. "The machine" is the same heartbeat with nothing to do.
3. Cancelling 1,000, 2,000 and 4,000 calls that wait: time per call. Goal: it stays the same.

It is not called ``queue.py``: that would stand before the standard library's ``queue`` for every script here.
Run: ``python benchmarks/waiting.py``
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import threading
import time
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from statistics import median

from machine import machine

from siseon.engine import Flow, Stage, clock
from siseon.engine.call import Call
from siseon.engine.places import Taken
from siseon.engine.queue import ItemQueue
from siseon.engine.ticket import Ticket

WAITING = 10_000
TURNS = 300
"""Batches taken, and put again, in a round."""
BATCH = 32
BUCKETS = 64
CANCELLED = (1_000, 2_000, 4_000)
BEAT_S = 0.0005
ITEM_S = 0.00001


@dataclass(frozen=True)
class Crowd:
    """Who waits."""

    buckets: int
    flows: int
    items_per_call: int = 1


CROWDS = (
    Crowd(1, 1),
    Crowd(64, 1),
    Crowd(10_000, 1),
    Crowd(1, 100),
    Crowd(1, 10_000),
    Crowd(64, 100),
    Crowd(1, 1, 100),
    Crowd(64, 1, 100),
)


class NoBell:
    def ring(self) -> None:
        """Nobody sleeps."""


class Waits(Stage[int, int]):
    """Items of 64 buckets; holds what it has taken while the gate is closed."""

    max_batch = BATCH
    max_queue = 2 * WAITING

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()

    def bucket(self, item: int) -> Hashable:
        return item % BUCKETS

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.gate.wait()
        time.sleep(ITEM_S * len(batch))
        return batch


# --- 1. the queue's own work -------------------------------------------------------------------------------------


def queue_us(crowd: Crowd, loop: asyncio.AbstractEventLoop) -> float:
    """Microseconds per item of a put and its part of a take, while so many wait."""
    flows = [Flow(f"flow {number}") for number in range(crowd.flows)]
    queue = ItemQueue(limit=2 * WAITING, max_batch=BATCH, max_cost=None, linger_s=0.0)
    bell = NoBell()
    number = 0

    def put(items: int) -> None:
        nonlocal number
        flow = flows[number // crowd.items_per_call % crowd.flows]
        now = clock.now()
        call = Call(items, None, flow, deadline=None, fail_fast=True, queued_at=now, loop=loop)
        tickets = [
            Ticket(call, at, None, (number + at) % crowd.buckets, 1.0, None, now) for at in range(items)
        ]
        number += items
        queue.put(call, tickets)

    while len(queue) < WAITING:
        put(crowd.items_per_call)
    done = 0
    start = time.perf_counter()
    for _ in range(TURNS):
        taken = queue.take(bell)
        assert isinstance(taken, Taken)
        done += len(taken.batch)
        while len(queue) < WAITING:
            put(crowd.items_per_call)
    return 1e6 * (time.perf_counter() - start) / done


# --- 2. pauses of the loop ---------------------------------------------------------------------------------------


async def longest_pause_ms(work: Awaitable[object]) -> float:
    """The longest time for which the loop did not come round, while it did this."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(BEAT_S)
            longest = max(longest, time.perf_counter() - before - BEAT_S)

    heart = asyncio.ensure_future(beat())
    await asyncio.sleep(0.05)
    longest = 0.0
    await work
    await asyncio.sleep(2 * BEAT_S)
    heart.cancel()
    return 1000 * longest


async def pauses_ms() -> dict[str, float]:
    gc.collect()  # else what the first table left behind is collected in one of these
    stage = Waits()
    async with stage:
        pauses = {"the machine": await longest_pause_ms(asyncio.sleep(0.5))}
        stage.gate.clear()
        tasks: list[asyncio.Future[list[int]]] = []

        async def queued() -> None:
            tasks.append(asyncio.ensure_future(stage.map(range(WAITING))))
            await until(lambda: stage.statistics().waiting >= WAITING - BATCH)

        async def cancelled() -> None:
            tasks[-1].cancel()
            await asyncio.wait(tasks[-1:])

        async def run() -> None:
            stage.gate.set()
            await tasks[-1]

        pauses["queued"] = await longest_pause_ms(queued())
        pauses["run"] = await longest_pause_ms(run())
        stage.gate.clear()
        await queued()
        pauses["cancelled"] = await longest_pause_ms(cancelled())
        stage.gate.set()
    return pauses


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - nothing tells it
        await asyncio.sleep(BEAT_S)


# --- 3. cancelling -----------------------------------------------------------------------------------------------


async def cancelling_us(count: int) -> float:
    """Microseconds per call that waits and is cancelled, until its caller has heard."""
    stage = Waits()
    async with stage:
        stage.gate.clear()
        tasks = [asyncio.ensure_future(stage(number)) for number in range(count)]
        await until(lambda: stage.statistics().waiting >= count - BATCH)
        gc.collect()
        start = time.perf_counter()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        took = time.perf_counter() - start
        stage.gate.set()
    return 1e6 * took / count


# --- the tables --------------------------------------------------------------------------------------------------


def spread(figures: Sequence[float]) -> str:
    return f"{median(figures):.1f} | {min(figures):.1f}–{max(figures):.1f}"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    rounds = range(options.rounds)
    loop = asyncio.get_running_loop()
    print(machine())
    costs: dict[Crowd, list[float]] = {crowd: [] for crowd in CROWDS}
    for _ in rounds:
        for crowd in CROWDS:
            costs[crowd].append(queue_us(crowd, loop))
    print("| 10,000 waiting: buckets | flows | items a call | µs an item, median | range | to the first |")
    print("|---|---|---|---|---|---|")
    for crowd, figures in costs.items():
        ratio = median(figures) / median(costs[CROWDS[0]])
        print(
            f"| {crowd.buckets:,} | {crowd.flows:,} | {crowd.items_per_call} | {spread(figures)} | {ratio:.2f} × |"
        )
    pauses = [await pauses_ms() for _ in rounds]
    print("\n| a map of 10,000 items in 64 buckets | longest pause of the loop, ms, median | range |")
    print("|---|---|---|")
    for what in pauses[0]:
        print(f"| {what} | {spread([pause[what] for pause in pauses])} |")
    times: dict[int, list[float]] = {count: [] for count in CANCELLED}
    for _ in rounds:
        for count in CANCELLED:
            times[count].append(await cancelling_us(count))
    print("\n| waiting calls cancelled | µs a call, median | range |\n|---|---|---|")
    for count, figures in times.items():
        print(f"| {count:,} | {spread(figures)} |")


if __name__ == "__main__":
    asyncio.run(main())
