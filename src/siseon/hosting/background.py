"""A thread for work that nobody waits for at the door: loading weights gets the processor when requests leave it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class Background:
    """One thread of the lowest priority."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "siseon-background", initializer=_lowest_priority)

    async def run(self, work: Callable[[], object]) -> None:
        """Run ``work`` after what was handed over before; raises what it raises."""
        await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """End the thread after its last work."""
        self._thread.shutdown()


def _lowest_priority() -> None:
    """On Linux priorities belong to threads; elsewhere they belong to processes, which must keep theirs."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, 19)
