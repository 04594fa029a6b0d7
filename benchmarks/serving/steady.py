"""Whether the machine is itself: on a shared host the same two cores are now and then half as fast for some seconds.

A fixed piece of work on all cores is timed before and after every cell. A cell waits until the machine is as fast as
it was at its best, and is measured again when it was not so at the end.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

T = TypeVar("T")
BLOCK = b"x" * (1 << 20)
BLOCKS = 40
"""Hashed on each core, about 20 ms: hashing gives up the interpreter lock."""
SLOW = 0.9
"""Part of its best speed below which the machine is not itself."""
PATIENCE_S = 4.0
TRIES = 2


class Steady:
    """Runs measurements while the machine is itself."""

    def __init__(self, tries: int = TRIES) -> None:
        """``tries``: 1 measures at once, whatever the machine does."""
        self._tries = tries
        self.best = max(speed() for _ in range(20))
        self.again = 0
        """Cells that were measured once more."""

    def run(self, cell: Callable[[], T]) -> T:
        """The figure of a steady time, or that of the last try."""
        if self._tries == 1:
            return cell()
        for attempt in range(self._tries):
            end = time.monotonic() + PATIENCE_S
            while self._slow() and time.monotonic() < end:
                time.sleep(0.2)
            figure = cell()
            if not self._slow() or attempt == self._tries - 1:
                break
            self.again += 1
        return figure

    def _slow(self) -> bool:
        now = speed()
        self.best = max(self.best, now)
        return now < SLOW * self.best


def speed() -> float:
    """Blocks hashed a second, all cores together."""
    rates: list[float] = []

    def work() -> None:
        started = time.perf_counter()
        for _ in range(BLOCKS):
            hashlib.sha256(BLOCK)
        rates.append(BLOCKS / (time.perf_counter() - started))

    threads = [Thread(target=work) for _ in range(os.cpu_count() or 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(rates)
