"""Workers killed with SIGKILL over and over under load: is every request answered, and is anything left behind?

Two stages in worker processes, the second fed with what the first has made; callers ask without a pause, and every so
often a worker, chosen by a seed, is killed. Each answer is compared with the one that is right. A request may also end
with ``worker_died``, which a client may try again: that is told, and happens where two workers that run one item are
killed. At the end: processes, threads, descriptors and shared memory against those at the start.
Run: ``python benchmarks/kill_workers.py --kills 100``
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import psutil
from machine import machine

from siseon.contracts import SiseonError
from siseon.engine import Pipeline, Stage
from siseon.engine.placement.processes import Processes

CALLERS = 8
MOST_S = 20.0
"""No request of this load takes as long, restarts included: one that does hangs."""


class Negative(Stage[Any, Any]):
    """255 minus each array."""

    max_batch = 4
    replicas = 2

    def process(self, batch: Sequence[Any]) -> Sequence[Any]:
        return [255 - one for one in batch]


class Twice(Pipeline[Any, Any]):
    """The picture again."""

    def __init__(self) -> None:
        self.first, self.second = Negative(), Negative()
        self.first.placement = self.second.placement = Processes(arena_bytes=16 << 20)

    async def run(self, item: Any) -> Any:
        return await self.second(await self.first(item))

    def workers(self) -> list[int]:
        """Ids of the workers that are there."""
        return [pid for stage in (self.first, self.second) for pid in stage.statistics().place.workers]


def held() -> dict[str, int]:
    """What the process holds."""
    gc.collect()
    return {
        "processes": len(psutil.Process().children(recursive=True)),
        "threads": threading.active_count(),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "in /dev/shm": len(os.listdir("/dev/shm")),
    }


async def attack(kills: int, seed: int) -> Counter[str]:
    """Kill while callers ask; what came of their requests."""
    rng = random.Random(seed)
    pictures = [np.random.default_rng(n).integers(0, 256, (90 + n, 640, 3), np.uint8) for n in range(20)]
    outcomes: Counter[str] = Counter()
    done = asyncio.Event()
    killed: set[int] = set()
    async with Twice() as twice:

        async def ask(number: int) -> None:
            while not done.is_set():
                picture = pictures[number % len(pictures)]
                try:
                    async with asyncio.timeout(MOST_S):
                        answer = (await twice(picture)).data
                except SiseonError as failure:
                    outcomes[failure.code] += 1
                except TimeoutError:
                    outcomes["hung"] += 1
                else:
                    outcomes["right" if (answer == picture).all() else "wrong"] += 1
                number += CALLERS

        async def kill() -> None:
            for _ in range(kills):
                await asyncio.sleep(rng.uniform(0, 0.6))
                while not (there := [pid for pid in twice.workers() if pid not in killed]):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                victim = rng.choice(there)
                killed.add(victim)
                os.kill(victim, signal.SIGKILL)
            done.set()

        await asyncio.gather(kill(), *map(ask, range(CALLERS)))
        restarts = sum(stage.statistics().place.restarts for stage in (twice.first, twice.second))
    print(f"{len(killed)} workers killed, {restarts} restarted before the stop")
    return outcomes


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    logging.getLogger("siseon").setLevel(logging.ERROR)
    print(machine())
    await attack(1, given.seed)  # what is made once for ever is there now
    before, begun = held(), time.monotonic()
    outcomes = await attack(given.kills, given.seed)
    print(f"requests in {time.monotonic() - begun:.0f} s: {dict(outcomes)}")
    after = held()
    print(f"held before: {before}, after: {after}")
    if after != before or outcomes["hung"] or outcomes["wrong"]:
        raise SystemExit("something was lost, or left behind")


if __name__ == "__main__":
    asyncio.run(main())
