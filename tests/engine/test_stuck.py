"""The end of a drain: who is still at work is told, what is stuck is fenced off, and nothing waits for it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.probes import Through, Watched, begun, bounded, threads, watched
from siseon.contracts import CapacityError, FailureCode, StageFailed
from siseon.engine import Pipeline

__all__ = ["watched"]

pytestmark = pytest.mark.usefixtures(bounded.__name__)

SOON_S = 0.01


class Waits(Pipeline[int, int]):
    """Waits, between its two stages, for what only the test can give."""

    def __init__(self) -> None:
        self.first, self.second = Watched(), Watched()
        self.go_on = asyncio.Event()
        self.between = 0

    async def run(self, item: int) -> int:
        item = await self.first(item)
        self.between += 1
        await self.go_on.wait()
        return await self.second(item)


async def test_a_request_between_two_stages_when_the_drain_ends_is_told_to_come_again(until):
    pipeline = Waits()
    await pipeline.start()
    (request,) = await begun(pipeline(1))
    await until(lambda: pipeline.between)
    await pipeline.stop(drain_s=SOON_S)
    with pytest.raises(CapacityError) as told:
        await request
    assert told.value.code is FailureCode.shutting_down
    assert told.value.failure().retryable
    await until(lambda: pipeline.first.teardowns == pipeline.second.teardowns == 1)


async def test_a_request_between_two_stages_is_finished_within_the_drain(until):
    pipeline = Waits()
    await pipeline.start()
    (request,) = await begun(pipeline(1))
    await until(lambda: pipeline.between)
    (stopping,) = await begun(pipeline.stop())
    pipeline.go_on.set()
    await stopping
    assert (await request).data == 1


async def test_a_request_that_goes_on_to_a_stage_that_has_closed_is_told_to_come_again(until):
    class Stubborn(Waits):
        async def run(self, item: int) -> int:
            try:
                return await super().run(item)
            except (asyncio.CancelledError, CapacityError):
                return await self.second(item)  # tries to go on although its time is over

    pipeline = Stubborn()
    await pipeline.start()
    (request,) = await begun(pipeline(1))
    await until(lambda: pipeline.between)
    await pipeline.stop(drain_s=SOON_S)
    with pytest.raises(CapacityError) as told:
        await request
    assert told.value.code is FailureCode.shutting_down
    assert pipeline.second.faults == []


async def test_the_trace_of_a_request_that_the_drain_ended_says_so(until):
    pipeline = Waits()
    outcomes: list[str] = []
    pipeline.on_trace = lambda trace: outcomes.append(trace.outcome)
    await pipeline.start()
    requests = await begun(pipeline(1))
    await until(lambda: pipeline.between)
    await pipeline.stop(drain_s=SOON_S)
    await asyncio.wait(requests)
    assert outcomes == ["shutting_down"]
    assert requests[0].exception() is not None


async def test_a_stop_ends_although_process_does_not(watched, until, caplog):
    await watched.start()
    watched.gate.clear()
    calls = await begun(watched(1))
    await until(lambda: watched.inside)
    calls += await begun(watched(2), watched.map([3, 4], fallback="shut"))
    await watched.stop(drain_s=SOON_S)
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [outcome.code for outcome in outcomes[:2]] == [FailureCode.shutting_down] * 2
    assert outcomes[2] == ["shut", "shut"]
    assert watched.teardowns == 0  # not under the hands of what still computes
    assert watched.statistics().waiting == 0


async def test_a_stuck_stage_is_refused_until_it_comes_back_and_then_starts_anew(watched, until, caplog):
    before = threads()
    await watched.start()
    watched.gate.clear()
    (stuck,) = await begun(watched(1))
    await until(lambda: watched.inside)
    await watched.stop(drain_s=SOON_S)
    for start in (watched.start, Through(watched).start):
        with pytest.raises(StageFailed) as refused:
            await start()
        assert refused.value.stage in {"Watched", "only"}
    assert (watched.setups, watched.most_inside) == (1, 1)
    watched.gate.set()
    await until(lambda: watched.teardowns == 1)
    await until(lambda: threads() <= before)
    async with watched:
        assert await watched(2) == 2
    assert watched.balance == (2, 2, [])
    assert watched.most_inside == 1
    with pytest.raises(CapacityError):
        await stuck


async def test_one_stuck_stage_does_not_keep_the_others_from_closing(watched, until, caplog):
    class Both(Pipeline[int, int]):
        def __init__(self) -> None:
            self.stuck, self.healthy = watched, Watched()

        async def run(self, item: int) -> int:
            return await self.stuck(item)

    pipeline = Both()
    await pipeline.start()
    watched.gate.clear()
    (request,) = await begun(pipeline(1))
    await until(lambda: watched.inside)
    await pipeline.stop(drain_s=SOON_S)
    assert pipeline.healthy.balance == (1, 1, [])
    assert pipeline.state == "closed"
    with pytest.raises(CapacityError):
        await request


async def test_a_cancelled_stop_of_a_stuck_stage_ends_when_its_time_is_over(watched, until, caplog):
    await watched.start()
    watched.gate.clear()
    (stuck,) = await begun(watched(1))
    await until(lambda: watched.inside)
    (stopping,) = await begun(watched.stop(drain_s=0.1))
    stopping.cancel()
    await until(stopping.done)
    with pytest.raises(CapacityError):
        await stuck  # nobody waits for the stop, and yet it comes to its end
    watched.gate.set()
    await until(lambda: watched.teardowns == 1)
    async with watched:
        assert await watched(2) == 2


async def test_what_comes_back_from_a_stuck_process_reaches_nobody(watched, until, caplog):
    await watched.start()
    watched.gate.clear()
    (stuck,) = await begun(watched(1))
    await until(lambda: watched.inside)
    await watched.stop(drain_s=SOON_S)
    with pytest.raises(CapacityError):
        await stuck
    watched.gate.set()
    await until(lambda: watched.teardowns == 1)
    async with watched:
        assert await watched.map([5, 6, 7]) == [5, 6, 7]
        assert watched.statistics().outcomes == {"ok": 3}


async def test_an_item_that_is_running_when_a_drain_ends_is_counted_once(watched, until, caplog):
    await watched.start()
    watched.gate.clear()
    (stuck,) = await begun(watched(1))
    await until(lambda: watched.inside)
    await watched.stop(drain_s=0)
    assert watched.statistics().outcomes == {"shutting_down": 1}
    watched.gate.set()
    await until(lambda: watched.statistics().items == 1)
    assert watched.statistics().outcomes == {"shutting_down": 1}
    with pytest.raises(CapacityError):
        await stuck


async def test_an_idle_stage_stops_while_the_loops_executor_is_full(watched, until):
    done = threading.Event()
    busy = threading.Event()

    def occupy() -> None:
        busy.set()
        done.wait(20)

    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    pipeline = Through(watched)
    await pipeline.start()
    occupied = asyncio.ensure_future(asyncio.to_thread(occupy))
    await until(busy.is_set)
    await pipeline.stop()  # bounded by the test, not by whoever fills the executor
    assert (pipeline.state, watched.balance) == ("closed", (1, 1, []))
    done.set()
    await occupied


async def test_a_stage_starts_while_the_loops_executor_is_full(watched, until):
    done = threading.Event()
    busy = threading.Event()

    def occupy() -> None:
        busy.set()
        done.wait(20)

    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    occupied = asyncio.ensure_future(asyncio.to_thread(occupy))
    await until(busy.is_set)
    async with watched:
        assert await watched(1) == 1
    done.set()
    await occupied


async def test_an_idle_stage_is_not_taken_for_stuck_when_there_is_no_time_to_drain(watched):
    await watched.start()
    assert await watched(1) == 1
    await watched.stop(drain_s=0)
    assert (watched.state, watched.balance) == ("closed", (1, 1, []))
