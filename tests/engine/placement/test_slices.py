"""Threads that compute keep their core for as long as a network takes; nothing else about them changes."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from siseon.engine import Pipeline, Stage
from siseon.engine.placement.slices import SLICE_S, ask_for_long_turns

SINCE = (6, 12)
OWN = Path("/proc/thread-self/sched")


def slice_s() -> float:
    """What the kernel says of this thread."""
    found = re.search(r"^se\.slice\s*:\s*(\d+)", OWN.read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1e9


def is_told() -> bool:
    version = re.match(r"(\d+)\.(\d+)", platform.release())
    known = sys.platform == "linux" and version is not None and (int(version[1]), int(version[2])) >= SINCE
    return known and OWN.exists() and "se.slice" in OWN.read_text()


class Told(Stage[int, float]):
    def process(self, batch: Sequence[int]) -> Sequence[float]:
        return [slice_s() for _ in batch]


class Telling(Pipeline[int, float]):
    def __init__(self) -> None:
        self.told = Told()

    async def run(self, item: int) -> float:
        return await self.told(item)


@pytest.mark.skipif(not is_told(), reason="the kernel has no turns of a length that a thread may choose")
async def test_what_computes_in_a_thread_has_long_turns_and_the_event_loop_those_that_it_had():
    before = slice_s()
    async with Telling() as pipeline:
        assert (await pipeline(1)).data == SLICE_S
    assert slice_s() == before


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_the_priority_stays():
    def ask() -> tuple[int, int, int]:
        os.setpriority(os.PRIO_PROCESS, 0, before + 1)  # of this thread alone
        ask_for_long_turns()
        return (
            os.getpriority(os.PRIO_PROCESS, 0),
            os.sched_getscheduler(0),
            os.getpriority(os.PRIO_PROCESS, os.getpid()),
        )

    before = min(18, os.getpriority(os.PRIO_PROCESS, 0))
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(ask).result() == (before + 1, os.SCHED_OTHER, before)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_a_thread_that_somebody_has_scheduled_otherwise_is_left_alone():
    def ask() -> tuple[bool, int]:
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        return ask_for_long_turns(), os.sched_getscheduler(0)

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(ask).result() == (False, os.SCHED_BATCH)
