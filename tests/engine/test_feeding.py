"""A call of any size is fed into a bounded queue as room frees, and turns are fair between requests."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable

import pytest

from engine.probes import Held, bounded
from siseon.contracts import CapacityError, FailureCode, InputError
from siseon.engine.lines import TURN

pytestmark = pytest.mark.usefixtures(bounded.__name__)


async def plugged(stage: Held, until) -> asyncio.Future[int]:
    """Occupy the stage's one replica: what comes now waits until the gate opens."""
    plug = asyncio.ensure_future(stage(999))
    await until(lambda: stage.batches)
    return plug


async def test_a_map_larger_than_the_queue_is_fed_beside_others_that_wait(until):
    stage = Held()
    stage.max_queue = 4
    async with stage:
        await plugged(stage, until)
        others = [asyncio.ensure_future(stage(n)) for n in (101, 102)]
        await until(lambda: stage.statistics().waiting == 2)
        large = asyncio.ensure_future(stage.map(range(100)))
        await until(lambda: stage.statistics().waiting == 102 or large.done())
        stage.gate.set()
        assert await large == list(range(100))
        assert await asyncio.gather(*others) == [101, 102]


async def test_a_map_that_just_does_not_fit_is_fed(until):
    stage = Held()
    stage.max_queue = 4
    async with stage:
        await plugged(stage, until)
        other = asyncio.ensure_future(stage(101))
        await until(lambda: stage.statistics().waiting == 1)
        call = asyncio.ensure_future(stage.map([1, 2, 3, 4]))
        await until(lambda: stage.statistics().waiting == 5 or call.done())
        stage.gate.set()
        assert await call == [1, 2, 3, 4]
        assert await other == 101


async def test_what_is_not_fed_yet_counts_as_waiting(until):
    stage = Held()
    stage.max_queue, stage.max_batch = 4, 2
    async with stage:
        call = asyncio.ensure_future(stage.map(range(50)))
        await until(lambda: stage.batches)
        await until(lambda: stage.statistics().waiting == 48)
        stage.gate.set()
        assert await call == list(range(50))
        assert stage.statistics().waiting == 0


async def test_a_call_is_refused_when_there_is_no_room_for_its_first_item(until):
    stage = Held()
    stage.max_queue = 2
    async with stage:
        await plugged(stage, until)
        waiting = asyncio.gather(stage.map([1]), stage.map([2]))
        await until(lambda: stage.statistics().waiting == 2)
        for call in (lambda: stage(3), lambda: stage.map([3, 4, 5])):
            with pytest.raises(CapacityError) as refused:
                await call()
            assert refused.value.code is FailureCode.overloaded
            assert refused.value.stage == "Held"
        stage.gate.set()
        assert await waiting == [[1], [2]]
    assert not {3, 4, 5} & set(stage.seen)


async def test_a_refused_map_with_a_fallback_falls_back(until):
    stage = Held()
    stage.max_queue = 1
    async with stage:
        await plugged(stage, until)
        waiting = asyncio.ensure_future(stage(1))
        await until(lambda: stage.statistics().waiting == 1)
        assert await stage.map([2, 3], fallback=None) == [None, None]
        stage.gate.set()
        assert await waiting == 1


class ShutsOnFailure(Held):
    """Holds what comes after a failure until the gate is opened again: the event loop then has heard of it."""

    def process(self, batch):
        try:
            return super().process(batch)
        except InputError:
            self.gate.clear()
            raise


async def test_a_failure_of_a_large_map_drops_what_was_not_fed_yet(until):
    stage = ShutsOnFailure()
    stage.max_queue, stage.max_batch = 4, 1
    async with stage:
        call = asyncio.ensure_future(stage.map([1, -1, *range(2, 2000)]))
        await until(lambda: stage.batches)
        stage.gate.set()
        with pytest.raises(InputError):
            await call
        stage.gate.set()
        await until(lambda: stage.statistics().waiting == 0)
        assert await stage(7) == 7
    assert stage.seen in ([1, -1, 7], [1, -1, 2, 7])  # the next item may have been inside already


async def test_a_cancelled_large_map_leaves_nothing_behind(until):
    stage = Held()
    stage.max_queue = 4
    async with stage:
        plug = await plugged(stage, until)
        call = asyncio.ensure_future(stage.map(range(100)))
        await until(lambda: stage.statistics().waiting == 100 or call.done())
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert stage.statistics().waiting == 0
        stage.gate.set()
        await plug
        assert await stage(7) == 7
    assert stage.seen == [999, 7]


async def test_a_large_map_runs_in_its_own_order_in_full_batches():
    stage = Held(gate=True)
    stage.max_queue = 16
    async with stage:
        await stage.map(range(160))
    assert stage.seen == list(range(160))
    assert len(stage.batches) <= 40  # 20 if room is always filled before the replica looks


async def test_a_late_large_map_falls_back_for_all_that_was_not_reached(until):
    stage = Held()
    stage.max_queue = 4
    async with stage:
        assert await stage.map(range(100), timeout=0.1, fallback=None) == [None] * 100
        assert stage.statistics().waiting == 0
        stage.gate.set()
        assert await stage(7) == 7


class Wide(Held):
    """Numbers below 1000 are lines of a page, all alike; the others have a bucket of their own."""

    max_batch = 4

    def bucket(self, item: int) -> Hashable:
        return "page" if item < 999 else "line"


async def test_one_line_requests_do_not_wait_behind_a_page_of_another_bucket(until):
    stage = Wide()
    async with stage:
        plug = await plugged(stage, until)
        page = asyncio.ensure_future(stage.map(range(400)))
        await until(lambda: stage.statistics().waiting == 400)
        lines = [asyncio.ensure_future(stage(n)) for n in (1001, 1002, 1003)]
        await until(lambda: stage.statistics().waiting == 403)
        stage.gate.set()
        await asyncio.gather(plug, page, *lines)
    places = [place for place, batch in enumerate(stage.batches) if any(item > 1000 for item in batch)]
    assert max(places) <= TURN // 4 + 2  # a turn of the page, and then theirs; it was batch 101


async def test_a_page_does_not_wait_behind_a_stream_of_lines_of_another_bucket(until):
    stage = Wide()
    async with stage:
        plug = await plugged(stage, until)
        lines = [asyncio.ensure_future(stage(n)) for n in range(1001, 1041)]
        await until(lambda: stage.statistics().waiting == 40)
        page = asyncio.ensure_future(stage.map(range(4)))
        await until(lambda: stage.statistics().waiting == 44)
        more = [asyncio.ensure_future(stage(n)) for n in range(1041, 1081)]
        await until(lambda: stage.statistics().waiting == 84)
        stage.gate.set()
        await asyncio.gather(plug, page, *lines, *more)
    first = next(place for place, batch in enumerate(stage.batches) if 0 in batch)
    assert first <= 1 + 10 + 1  # after the lines that came before it, before those that came after


async def test_many_buckets_of_one_request_do_not_starve_another(until):
    class Each(Held):
        def bucket(self, item: int) -> Hashable:
            return item

    stage = Each()
    async with stage:
        plug = await plugged(stage, until)
        crowd = asyncio.ensure_future(stage.map(range(100)))
        await until(lambda: stage.statistics().waiting == 100)
        one = asyncio.ensure_future(stage(1000))
        await until(lambda: stage.statistics().waiting == 101)
        stage.gate.set()
        await asyncio.gather(plug, crowd, one)
    assert stage.seen.index(1000) <= TURN + 2
