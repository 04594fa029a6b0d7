"""Stages in worker processes for tests, and what must not be left behind by any of them."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest

from engine.placement.processes.shared import shared_names
from siseon.engine import Stage
from siseon.engine.placement.processes import Processes
from siseon.engine.placement.processes.memory import Memory
from siseon.engine.placement.processes.replica import Workers

BOUND_S = 60.0


@pytest.fixture
def until_true() -> Callable[[Callable[[], object]], None]:
    """Wait for a condition, in a test without a loop."""

    def wait(condition: Callable[[], object]) -> None:
        end = time.monotonic() + BOUND_S
        while not condition():
            assert time.monotonic() < end, "it never came true"
            time.sleep(0.001)

    return wait


@pytest.fixture
def nothing_is_left() -> Iterator[None]:
    """No process, thread, descriptor or shared memory outlives a test that uses workers."""
    descriptors, threads, shared = _descriptors(), set(threading.enumerate()), shared_names()
    children = _processes()
    yield
    end = time.monotonic() + BOUND_S
    while time.monotonic() < end:
        gc.collect()  # a failure's frames hold what it failed with, in a circle
        left = {
            "descriptors": _descriptors() - descriptors,
            "threads": set(threading.enumerate()) - threads,
            "shared": shared_names() - shared,
            "processes": _processes() - children,
        }
        if not any(left.values()):
            return
        time.sleep(0.01)
    pytest.fail(f"left behind: {left}")


def _processes() -> set[psutil.Process]:
    """But those of the browser of the console's tests, which begins and ends some when it likes."""
    found = set()
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "chrom" not in one.name():
                found.add(one)
    return found


def _descriptors() -> set[tuple[str, str]]:
    found = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            found.add((name, os.readlink(f"/proc/self/fd/{name}")))
        except OSError:
            continue
    return found


@pytest.fixture
def opened(nothing_is_left: None) -> Iterator[Callable[..., Workers]]:
    """Opens a stage's workers without an event loop; all are closed in the end."""
    made: list[Workers] = []

    def open_(stage: Stage[Any, Any], arena_bytes: int = 64 << 20, memory: Memory | None = None) -> Workers:
        workers = Workers(stage, memory or Memory(arena_bytes))
        workers.open()
        made.append(workers)
        return workers

    yield open_
    for workers in made:
        workers.close()


@pytest.fixture
def processes(nothing_is_left: None) -> Processes:
    return Processes(arena_bytes=64 << 20)
