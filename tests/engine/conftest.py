"""Small real stages for the engine's tests, and the one way in which these tests wait: for a condition."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pytest

from engine.probes import NEVER_S
from siseon.contracts import InputError
from siseon.engine import Stage, lines


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No turn ends for its time: on a busy machine the order of items would depend on it."""
    monkeypatch.setattr(lines, "TURN_S", math.inf)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One that does not run, for what only needs to belong to one."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


class Double(Stage[int, int]):
    """Doubles; refuses negative numbers by raising, as a real stage would."""

    max_batch = 8

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(batch))
        if any(number < 0 for number in batch):
            raise InputError("negative numbers cannot be doubled")
        return [2 * number for number in batch]


class Gated(Stage[int, int]):
    """Holds each batch until the test opens the gate, so that the queue behind it can be arranged exactly."""

    max_batch = 8

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.batches: list[list[int]] = []

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(batch))
        assert self.gate.wait(timeout=30), "the test never opened the gate"
        return list(batch)


@pytest.fixture
def double() -> Double:
    return Double()


@pytest.fixture
def gated() -> Gated:
    return Gated()


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait for a condition: the test fails after 20 s instead of hanging, and never sleeps on luck."""

    async def wait(condition: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                await asyncio.sleep(0.001)

    return wait


@pytest.fixture
async def expire(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Ends all timeouts of ``NEVER_S`` of calls: what is to have happened before has, on a busy machine too."""
    begun: list[Callable[[], None]] = []
    loop = asyncio.get_running_loop()
    call_later = loop.call_later

    def later(delay: float, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        if delay == NEVER_S:
            begun.append(partial(callback, *args))
        return call_later(delay, callback, *args, **kwargs)

    def end() -> None:
        assert begun, "no call has such a timeout"
        while begun:
            begun.pop()()

    monkeypatch.setattr(loop, "call_later", later)
    return end
