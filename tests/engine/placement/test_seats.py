"""Stages that keep a core busy: no more of their batches at once than there are cores, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from siseon.contracts import DeadlineExceeded
from siseon.engine import Pipeline, Stage
from siseon.engine.placement import seats, threads
from siseon.engine.placement.seats import Seats


class Busy(Stage[int, int]):
    """Tells how many of all that are inside at once."""

    replicas = 3
    fills_core = True
    inside = 0
    most = 0
    guard = threading.Lock()

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        with Busy.guard:
            Busy.inside += 1
            Busy.most = max(Busy.most, Busy.inside)
        threading.Event().wait(0.002)
        with Busy.guard:
            Busy.inside -= 1
        return batch


class Stuck(Stage[int, int]):
    fills_core = True

    def __init__(self) -> None:
        self.entered, self.hold = threading.Event(), threading.Event()

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.entered.set()
        assert self.hold.wait(30)
        return batch


class Two(Pipeline[int, int]):
    max_at_work = 32

    def __init__(self, first: Stage[int, int], second: Stage[int, int]) -> None:
        self.first, self.second = first, second

    async def run(self, item: int) -> int:
        return await self.second(await self.first(item))


async def test_no_more_are_inside_than_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "SEATS", Seats(2))
    Busy.most = 0
    async with Two(Busy(), Busy()) as pipeline:
        answers = await asyncio.gather(*(pipeline(number) for number in range(32)))
    assert [answer.data for answer in answers] == list(range(32))
    assert Busy.most == 2


async def test_one_that_waits_for_others_takes_no_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "SEATS", Seats(0))
    patient = Busy()
    patient.fills_core = False
    async with patient:
        assert await patient(1) == 1


async def test_a_process_that_hangs_keeps_nobody_else_from_a_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "SEATS", Seats(1))
    monkeypatch.setattr(seats, "LONG_S", 0.01)
    stuck, busy = Stuck(), Busy()
    async with stuck, busy:
        hangs = asyncio.create_task(stuck(0))
        await asyncio.to_thread(stuck.entered.wait, 30)
        assert await busy.map(range(5)) == [0, 1, 2, 3, 4]
        stuck.hold.set()
        assert await hangs == 0
        Busy.most = 0
        monkeypatch.setattr(seats, "LONG_S", 30.0)
        await busy.map(range(9))
    assert Busy.most == 1  # whose seat was taken over has not brought another


async def test_the_wait_for_a_core_is_a_part_of_the_wait_for_the_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "SEATS", Seats(1))
    monkeypatch.setattr(seats, "LONG_S", 30.0)
    stuck, busy = Stuck(), Busy()
    async with Two(busy, Busy()) as pipeline, stuck:
        hangs = asyncio.create_task(stuck(0))
        await asyncio.to_thread(stuck.entered.wait, 30)
        asked = asyncio.create_task(pipeline(1))
        while not any(busy.statistics().busy_s):  # until a lane has taken it
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.2)
        stuck.hold.set()
        await hangs
        assert (await asked).timings[0].queue_ms > 190


async def test_what_has_waited_for_a_core_beyond_its_deadline_is_not_computed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "SEATS", Seats(1))
    monkeypatch.setattr(seats, "LONG_S", 30.0)
    ran: list[int] = []

    class Counted(Busy):
        def process(self, batch: Sequence[int]) -> Sequence[int]:
            ran.extend(batch)
            return batch

    stuck, counted = Stuck(), Counted()
    async with stuck, Two(counted, counted) as pipeline:
        hangs = asyncio.create_task(stuck(0))
        await asyncio.to_thread(stuck.entered.wait, 30)
        with pytest.raises(DeadlineExceeded):
            await pipeline(1, timeout=0.1)
        stuck.hold.set()
        await hangs
        assert (await pipeline(2)).data == 2
    assert ran == [2, 2]
