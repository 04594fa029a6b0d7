"""Stages and pipelines that tests hold, watch and make fail, and the bound within which each test must end."""

from __future__ import annotations

import asyncio
import signal
import threading
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any

import pytest

from siseon.contracts import InputError
from siseon.engine import Pipeline, Stage

BOUND_S = 40.0
"""A test that takes longer hangs: what passes takes about a second, on a busy machine some."""


class Silent:
    """A bell of a lane that never sleeps."""

    def ring(self) -> None:
        """Nobody hears it."""


SILENT = Silent()

Until = Callable[[Callable[[], object]], Awaitable[None]]


@pytest.fixture
async def bounded() -> AsyncIterator[None]:
    """End a test that hangs, and say where it stood: waiting on the loop, or blocking the loop."""
    loop = asyncio.get_running_loop()
    stood: list[str] = []

    def end() -> None:
        nonlocal timer
        for task in asyncio.all_tasks(loop):
            if not stood or task.get_name() == "stopping":
                stood.extend(traceback.format_list(traceback.extract_stack(task.get_stack()[-1])[-1:]))
            task.cancel()
        timer = loop.call_later(1, end)  # again: leaving a block may wait too

    def blocked(*_: object) -> None:
        raise TimeoutError(f"the event loop was blocked for {3 * BOUND_S} s")

    timer = loop.call_later(BOUND_S, end)
    before = signal.signal(signal.SIGALRM, blocked)
    signal.setitimer(signal.ITIMER_REAL, 3 * BOUND_S)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
    timer.cancel()
    if stood:
        pytest.fail(f"the test hung for {BOUND_S} s at\n{''.join(stood)}")


class Held(Stage[int, int]):
    """Returns its items once the gate is open; leaving its block opens the gate. Refuses negative ones."""

    max_batch = 8

    def __init__(self, *, gate: bool = False) -> None:
        self.gate = threading.Event()
        self.batches: list[list[int]] = []
        if gate:
            self.gate.set()

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(batch))
        self.gate.wait(BOUND_S)
        if any(item < 0 for item in batch):
            raise InputError("negative numbers are refused")
        return list(batch)

    async def __aexit__(self, *error: object) -> None:
        self.gate.set()
        await super().__aexit__(*error)

    @property
    def seen(self) -> list[int]:
        """Items in the order in which they ran."""
        return [item for batch in self.batches for item in batch]


class Through(Pipeline[Any, Any]):
    """One stage, called ``only``; leaving the block opens its gate."""

    def __init__(self, stage: Stage[Any, Any]) -> None:
        self.only = stage

    async def run(self, item: Any) -> Any:
        return await self.only(item)

    async def __aexit__(self, *error: object) -> None:
        for stage in self.stages().values():
            if isinstance(stage, Held):
                stage.gate.set()
        await super().__aexit__(*error)


class Watched(Stage[int, int]):
    """Notes its life: how often set up and torn down, and whether two things ever happened at once.

    ``loading`` and ``gate`` hold ``setup`` and ``process`` when cleared; the lists are what they raise next.
    """

    max_batch = 4

    def __init__(self) -> None:
        self.loading, self.gate = threading.Event(), threading.Event()
        self.loading.set()
        self.gate.set()
        self.setup_errors: list[BaseException] = []
        self.teardown_errors: list[BaseException] = []
        self.setups = self.teardowns = self.inside = self.most_inside = 0
        self.is_set_up = False
        self.faults: list[str] = []
        self._lock = threading.Lock()

    def setup(self) -> None:
        self.setups += 1
        if self.is_set_up:
            self.faults.append("setup twice")
        self.loading.wait(BOUND_S)
        if self.setup_errors:
            raise self.setup_errors.pop()
        self.is_set_up = True

    def teardown(self) -> None:
        self.teardowns += 1
        if not self.is_set_up:
            self.faults.append("teardown of what was not set up")
        if self.inside:
            self.faults.append("teardown during process")
        self.is_set_up = False
        if self.teardown_errors:
            raise self.teardown_errors.pop()

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        with self._lock:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
        if not self.is_set_up:
            self.faults.append("process of what was not set up")
        self.gate.wait(BOUND_S)
        with self._lock:
            self.inside -= 1
        return list(batch)

    @property
    def balance(self) -> tuple[int, int, list[str]]:
        """Set-ups, teardowns, and what happened that must not."""
        return self.setups, self.teardowns, self.faults


OTHER_ROOMS = ("siseon-background", "siseon-log", "siseon-patience", "siseon-read")
"""Threads of rooms above the engine, which tests before may have left: they end by themselves."""


def threads() -> set[threading.Thread]:
    """The engine's threads that run now."""
    return {
        thread
        for thread in threading.enumerate()
        if thread.name.startswith("siseon-") and not thread.name.startswith(OTHER_ROOMS)
    }


NEVER_S = 3_600.0
"""A timeout that does not pass by itself: the test ends it, see ``expire``."""

STEPS = 20
"""Of the loop, in which a call, a start or a stop certainly reaches the place where it waits."""


async def begun(*calls: Awaitable[Any]) -> list[asyncio.Future[Any]]:
    """Begin each call, one after the other, so that each waits (or is done) before the next one comes."""
    tasks = []
    for call in calls:
        tasks.append(asyncio.ensure_future(call))
        for _ in range(STEPS):
            await asyncio.sleep(0)
    return tasks


@pytest.fixture
def watched() -> Iterator[Watched]:
    """A stage that must not have been misused in its life, whatever the test does."""
    stage = Watched()
    yield stage
    stage.loading.set()
    stage.gate.set()
    assert stage.faults == []
