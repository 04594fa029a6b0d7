"""A stream of any length gives every item one outcome, in its time, whatever its reader does and whoever stops."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Hashable, Sequence
from contextlib import aclosing
from typing import Any

import pytest

from engine.probes import BOUND_S, NEVER_S, Held, Through, bounded
from siseon.contracts import Cancelled, CapacityError, ContractViolation, DeadlineExceeded, FailureCode
from siseon.engine.calling import SLICE

pytestmark = pytest.mark.usefixtures(bounded.__name__)

MANY = 4 * SLICE


class OnlyZeroIsHeld(Held):
    """Item 0 waits for the gate, the others do not."""

    max_batch = 1

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        if 0 in batch:
            return super().process(batch)
        self.batches.append(list(batch))
        return batch


class ReadyWhileFed(Held):
    """Holds the feeding of its second slice until outcomes of the first are under way to the reader."""

    max_batch = 32
    max_queue = 10 * MANY

    def __init__(self) -> None:
        super().__init__(gate=True)
        self.second_batch = threading.Event()

    def bucket(self, item: int) -> Hashable:
        if item == SLICE:
            assert self.second_batch.wait(BOUND_S)
        return None

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        if self.batches:
            self.second_batch.set()
        return super().process(batch)


async def test_a_stream_is_fed_to_its_end_although_outcomes_are_ready_before():
    async with ReadyWhileFed() as stage:
        got = [pair async for pair in stage.stream(range(MANY))]
    assert sorted(got) == [(n, n) for n in range(MANY)]


async def test_a_timeout_that_passes_while_the_reader_is_busy_ends_the_stream_all_the_same(until, expire):
    async with OnlyZeroIsHeld() as stage, aclosing(stage.stream([1, 2, 0, 3], timeout=NEVER_S)) as outcomes:
        assert await anext(outcomes) == (0, 1)
        await until(lambda: stage.statistics().outcomes.get("ok") == 2)  # one is ready and not read
        expire()
        rest = dict([pair async for pair in outcomes])
        stage.gate.set()
    assert rest.pop(1) == 2
    assert {index: type(outcome) for index, outcome in rest.items()} == {
        2: DeadlineExceeded,
        3: DeadlineExceeded,
    }


async def test_items_that_a_stop_overtakes_have_shutting_down_as_their_outcome(until):
    stage = OnlyZeroIsHeld()
    await stage.start()
    got: dict[int, Any] = {}

    async def read() -> None:
        async for index, outcome in stage.stream([1, 0, *range(2, MANY)]):
            got[index] = outcome  # noqa: PERF403 - what came before a failure counts too

    reader = asyncio.ensure_future(read())
    await until(lambda: got)
    await stage.stop(drain_s=0)
    await reader
    stage.gate.set()
    assert got.pop(0) == 1
    assert sorted(got) == list(range(1, MANY))
    assert all(isinstance(told, CapacityError) for told in got.values())
    assert {told.code for told in got.values()} == {FailureCode.shutting_down}


class LeavesAReader(Through):
    """Ends while a task of it is busy with the first outcome of a stream."""

    def __init__(self) -> None:
        super().__init__(OnlyZeroIsHeld())
        self.busy, self.go_on = asyncio.Event(), asyncio.Event()

    async def run(self, item: int) -> int:
        self.reader = asyncio.ensure_future(self._read())
        await self.busy.wait()
        return item

    async def _read(self) -> None:
        async with aclosing(self.only.stream([1, 0, 2])) as outcomes:
            async for _ in outcomes:
                self.busy.set()
                await self.go_on.wait()


async def test_a_reader_that_outlives_its_request_is_told_that_it_has_ended():
    async with LeavesAReader() as pipeline:
        assert (await pipeline(5)).data == 5
        pipeline.go_on.set()
        with pytest.raises(Cancelled) as told:
            await pipeline.reader
    assert told.value.stage == "OnlyZeroIsHeld"


class Incomparable:
    """Has the hash of the key before it, and cannot be compared with it."""

    def __hash__(self) -> int:
        return hash("one")

    def __eq__(self, other: object) -> bool:
        raise ValueError("not comparable")


class OneKeyIsBad(Held):
    """Its item 2 * SLICE has a serial key that the queue cannot compare."""

    max_batch = 32

    def serial(self, item: int) -> Hashable:
        return Incomparable() if item == 2 * SLICE else "one"


async def test_items_of_a_slice_that_is_refused_have_that_for_their_outcome():
    async with OneKeyIsBad() as stage:
        outcomes = stage.stream(range(3 * SLICE))
        async with aclosing(outcomes):
            refused = dict([await anext(outcomes) for _ in range(SLICE)])
            stage.gate.set()
            got = dict([pair async for pair in outcomes])
    assert all(isinstance(outcome, ContractViolation) for outcome in refused.values())
    assert sorted(refused) == list(range(2 * SLICE, 3 * SLICE))
    assert got == {n: n for n in range(2 * SLICE)}


async def test_a_map_of_which_a_later_slice_is_refused_fails_with_that_and_leaves_nothing(until):
    async with OneKeyIsBad() as stage:
        plug = asyncio.ensure_future(stage(-5))
        await until(lambda: stage.batches)
        with pytest.raises(ContractViolation, match="cannot be compared"):
            await stage.map(range(3 * SLICE))
        assert stage.statistics().waiting == 0
        stage.gate.set()
        await asyncio.gather(plug, return_exceptions=True)
        assert await stage(7) == 7


async def test_a_map_that_a_stop_overtakes_between_two_slices_is_told_so(until):
    class StopsSoon(Held):
        max_queue = 100 * SLICE

        def serial(self, item: int) -> Hashable:
            if item == SLICE:
                stopping.append(asyncio.ensure_future(stage.stop(drain_s=0)))
            return item % 7

    stopping: list[asyncio.Future[None]] = []
    stage = StopsSoon()
    await stage.start()
    with pytest.raises(CapacityError) as told:
        await stage.map(range(50 * SLICE))
    stage.gate.set()
    await stopping[0]
    assert told.value.code is FailureCode.shutting_down
    assert stage.statistics().waiting == 0
