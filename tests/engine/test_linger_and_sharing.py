"""When a batch goes, and who takes how much of a queue: lingering harms nobody, idle replicas share the work."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Hashable, Sequence
from typing import Any

import pytest

from engine.probes import BOUND_S, Held, Through, bounded
from siseon.engine import Flow, Stage

pytestmark = pytest.mark.usefixtures(bounded.__name__)

FOREVER_MS = 3_600_000


def idle(stage: Stage[Any, Any]) -> int:
    """Replicas that wait for work: those of a stage that has just started begin to in a moment."""
    return len(stage._Stage__calling.runtime.queue._idle)


class Sized(Held):
    """Items of the same hundred share a batch; the rest of the number is the cost."""

    def bucket(self, item: int) -> Hashable:
        return item // 100

    def cost(self, item: int) -> float:
        return float(item % 100)


async def test_an_idle_stage_does_not_linger_past_the_deadline_of_its_request():
    stage = Held(gate=True)
    stage.linger_ms = FOREVER_MS
    async with Through(stage) as pipeline:
        assert (await pipeline(1, timeout=1.0)).data == 1
        assert (await pipeline(2, timeout=1.0)).data == 2


async def test_an_idle_stage_does_not_linger_past_the_timeout_of_a_call():
    stage = Held(gate=True)
    stage.linger_ms = FOREVER_MS
    async with stage:
        assert await stage.map([1, 2], timeout=1.0) == [1, 2]
        assert await stage(3, timeout=1.0) == 3
    assert stage.batches == [[1, 2], [3]]


async def test_the_soonest_deadline_of_a_batch_ends_its_lingering():
    stage = Held(gate=True)
    stage.linger_ms = FOREVER_MS
    async with Through(stage) as pipeline:
        patient = asyncio.ensure_future(pipeline(1))
        hasty = asyncio.ensure_future(pipeline(2, timeout=1.0))
        assert (await hasty).data == 2
        assert (await patient).data == 1
    assert stage.batches == [[1, 2]]


async def test_a_batch_full_by_count_goes_at_once_whatever_other_buckets_wait_for(until):
    stage = Sized(gate=True)
    stage.linger_ms, stage.max_batch = FOREVER_MS, 4
    async with stage:
        lonely = asyncio.ensure_future(stage(101))
        await until(lambda: stage.statistics().waiting == 1)
        assert await stage.map([201, 202, 203, 204]) == [201, 202, 203, 204]
        assert stage.batches == [[201, 202, 203, 204]]
        assert await stage.map([102, 103, 104]) == [102, 103, 104]
        assert await lonely == 101


@pytest.mark.parametrize("costs", [[5, 5], [10], [30], [4, 4, 2]])
async def test_a_batch_full_by_cost_goes_at_once(costs):
    stage = Sized(gate=True)
    stage.linger_ms, stage.max_cost = FOREVER_MS, 10.0
    async with stage:
        assert await stage.map(costs) == costs
    assert stage.batches == [costs]


async def test_a_batch_that_the_next_item_would_make_too_costly_goes_at_once(until):
    stage = Sized(gate=True)
    stage.linger_ms, stage.max_cost = FOREVER_MS, 10.0
    async with stage:
        calls = [asyncio.ensure_future(stage(6)) for _ in range(2)]
        await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        assert stage.batches == [[6]]
        assert await stage(4) == 4  # fills the second batch
        await asyncio.gather(*calls)
    assert stage.batches == [[6], [6, 4]]


async def test_a_batch_full_by_cost_goes_at_once_whatever_other_buckets_wait_for(until):
    stage = Sized(gate=True)
    stage.linger_ms, stage.max_cost = FOREVER_MS, 10.0
    async with stage:
        lonely = asyncio.ensure_future(stage(101))
        await until(lambda: stage.statistics().waiting == 1)
        assert await stage.map([205, 205]) == [205, 205]
        assert stage.batches == [[205, 205]]
        lonely.cancel()


async def test_an_item_that_is_alone_goes_when_its_lingering_ends():
    stage = Sized(gate=True)
    stage.linger_ms = 5
    async with stage:
        assert await asyncio.gather(stage(101), stage(201)) == [101, 201]
    assert sorted(stage.batches) == [[101], [201]]


async def test_what_lingers_when_the_stage_stops_is_finished():
    stage = Held(gate=True)
    stage.linger_ms = FOREVER_MS
    await stage.start()
    call = asyncio.ensure_future(stage(1))
    await asyncio.sleep(0)
    await stage.stop()
    assert await call == 1


@pytest.mark.parametrize(
    ("items", "replicas", "sizes"),
    [(8, 4, [2, 2, 2, 2]), (3, 4, [1, 1, 1]), (6, 2, [3, 3]), (1, 4, [1])],
)
async def test_idle_replicas_share_out_a_queue(items, replicas, sizes, until):
    stage = Held()
    stage.replicas = replicas
    async with stage:
        await until(lambda: idle(stage) == replicas)
        call = asyncio.ensure_future(stage.map(range(items)))
        await until(lambda: len(stage.seen) == items)  # all of them are inside at once: the gate is closed
        assert sorted(map(len, stage.batches)) == sizes
        stage.gate.set()
        assert await call == list(range(items))


async def test_a_queue_is_shared_only_between_those_that_are_idle(until):
    stage = Held()
    stage.replicas = 4
    async with stage:
        await until(lambda: idle(stage) == 4)
        plugs = []
        for n in (100, 101):
            plugs.append(asyncio.ensure_future(stage(n)))
            await until(lambda: len(stage.batches) == len(plugs))
        call = asyncio.ensure_future(stage.map(range(8)))
        await until(lambda: len(stage.seen) == 10)
        assert sorted(map(len, stage.batches)) == [1, 1, 4, 4]
        stage.gate.set()
        await asyncio.gather(call, *plugs)


async def test_one_busy_stage_with_one_replica_still_fills_its_batches(until):
    stage = Held()
    async with stage:
        plug = asyncio.ensure_future(stage(100))
        await until(lambda: stage.batches)
        call = asyncio.ensure_future(stage.map(range(16)))
        await until(lambda: stage.statistics().waiting == 16)
        stage.gate.set()
        await asyncio.gather(plug, call)
    assert list(map(len, stage.batches)) == [1, 8, 8]


class Picture:
    """What must not be kept."""


class Shows(Stage[Picture, int]):
    max_batch = 4
    linger_ms = FOREVER_MS

    def process(self, batch: Sequence[Picture]) -> Sequence[int]:
        return [1] * len(batch)


async def test_a_stage_that_lingers_keeps_no_item_that_was_answered():
    pictures: weakref.WeakSet[Picture] = weakref.WeakSet()

    async def show(stage: Shows, count: int) -> None:
        many = [Picture() for _ in range(count)]
        pictures.update(many)
        await stage.map(many)

    async with Shows() as stage:
        for _ in range(10):
            await show(stage, 4)
        gc.collect()
        assert not pictures


async def test_a_stage_that_lingers_keeps_few_items_beside_one_that_waits_for_long(until):
    pictures: weakref.WeakSet[Picture] = weakref.WeakSet()

    class Apart(Shows):
        def bucket(self, item: Picture) -> Hashable:
            return item is alone

    alone = Picture()
    async with Apart() as stage:
        first = asyncio.ensure_future(stage(alone))
        await until(lambda: stage.statistics().waiting == 1)
        for _ in range(100):
            many = [Picture() for _ in range(4)]
            pictures.update(many)
            await stage.map(many)
        del many
        gc.collect()
        assert len(pictures) <= 70
        first.cancel()


class Meets(Stage[int, int]):
    """Returns when as many batches as there are replicas are inside at once."""

    replicas = 4

    def __init__(self) -> None:
        self.barrier = threading.Barrier(self.replicas)

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.barrier.wait(BOUND_S)
        return batch


@pytest.mark.parametrize(
    ("most", "flow"), [(1, {}), (1024, {"flow": Flow("one at a time", policy="wait", max_waiting=1)})]
)
async def test_idle_replicas_take_what_is_fed_into_a_queue_with_fewer_places(most: int, flow: dict[str, Any]):
    stage = Meets()
    stage.max_queue = most
    async with stage:
        assert await stage.map(range(8), **flow) == list(range(8))
