"""The engine's rules for one stage, each shown by a test that fails without it."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import weakref
from collections.abc import Hashable, Sequence

import pytest

from engine.probes import NEVER_S
from siseon.contracts import (
    CapacityError,
    ContractViolation,
    DeadlineExceeded,
    FailureCode,
    InputError,
    StageFailed,
)
from siseon.engine import Pipeline, Stage
from siseon.engine.lines import TURN


async def test_a_call_returns_its_result(double):
    async with double:
        assert await double(21) == 42


async def test_map_returns_in_input_order_over_many_batches(double):
    double.replicas = 3
    async with double:
        assert await double.map(range(100)) == [2 * n for n in range(100)]
    assert all(len(batch) <= 8 for batch in double.batches)


async def test_map_of_nothing_is_nothing_and_runs_nothing(double):
    async with double:
        assert await double.map([]) == []
    assert double.batches == []


async def test_items_of_different_callers_share_a_batch(gated, until):
    async with gated:
        first = asyncio.ensure_future(gated(0))
        await until(lambda: gated.batches)
        rest = [asyncio.ensure_future(gated(n)) for n in range(1, 6)]
        await until(lambda: gated.statistics().waiting == 5)
        gated.gate.set()
        assert await asyncio.gather(first, *rest) == list(range(6))
    assert gated.batches == [[0], [1, 2, 3, 4, 5]]


async def test_a_free_replica_takes_what_is_queued_at_once(gated, until):
    async with gated:
        call = asyncio.ensure_future(gated(1))
        await until(lambda: gated.batches == [[1]])  # no second item ever comes, and it runs all the same
        gated.gate.set()
        assert await call == 1


async def test_linger_waits_for_a_fuller_batch_but_not_once_it_is_full(double):
    double.linger_ms = 60_000  # if a full batch waited for it, this test would not end
    double.max_batch = 4
    async with double:
        calls = [asyncio.ensure_future(double(n)) for n in range(4)]
        await asyncio.gather(*calls)
    assert double.batches == [[0, 1, 2, 3]]


async def test_linger_ends_by_itself(double):
    double.linger_ms = 1
    async with double:
        assert await double(1) == 2
        assert await double(2) == 4


async def test_a_crowded_request_does_not_starve_the_others(gated, until):
    gated.max_batch = 4
    async with gated:
        plug = asyncio.ensure_future(gated(0))
        await until(lambda: gated.batches)
        crowd = asyncio.ensure_future(gated.map(range(100, 120)))
        await until(lambda: gated.statistics().waiting == 20)
        single = [asyncio.ensure_future(gated(n)) for n in (1, 2)]
        await until(lambda: gated.statistics().waiting == 22)
        gated.gate.set()
        await asyncio.gather(plug, crowd, *single)
    assert set(gated.batches[1 + TURN // 4]) == {1, 2, 116, 117}  # once the turn of the crowd is over
    assert [n for batch in gated.batches for n in batch if n >= 100] == list(range(100, 120))


class ByParity(Stage[int, int]):
    max_batch = 8

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.batches: list[list[int]] = []

    def bucket(self, item: int) -> Hashable:
        return item % 2

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(batch))
        assert self.gate.wait(30)
        return list(batch)


async def test_only_equal_buckets_share_a_batch_and_the_oldest_bucket_goes_first(until):
    stage = ByParity()
    async with stage:
        plug = asyncio.ensure_future(stage(0))
        await until(lambda: stage.batches)
        odd = asyncio.ensure_future(stage.map([1, 3]))
        await until(lambda: stage.statistics().waiting == 2)
        even = asyncio.ensure_future(stage.map([2, 5, 4]))
        await until(lambda: stage.statistics().waiting == 5)
        stage.gate.set()
        assert await odd == [1, 3]
        assert await even == [2, 5, 4]
        await plug
    assert stage.batches == [[0], [1, 3, 5], [2, 4]]


class Weighted(ByParity):
    max_cost = 10.0

    def bucket(self, item: int) -> Hashable:
        return None

    def cost(self, item: int) -> float:
        return float(item)


async def test_a_batch_stays_below_the_cost_limit_but_one_heavy_item_still_runs(until):
    stage = Weighted()
    async with stage:
        plug = asyncio.ensure_future(stage(1))
        await until(lambda: stage.batches)
        call = asyncio.ensure_future(stage.map([4, 5, 3, 50, 2]))
        await until(lambda: stage.statistics().waiting == 5)
        stage.gate.set()
        assert await call == [4, 5, 3, 50, 2]
        await plug
    assert stage.batches[1:] == [[4, 5], [3], [50], [2]]


async def test_replicas_run_at_the_same_time():
    both = threading.Barrier(2)

    class Meeting(Stage[int, int]):
        replicas = 2

        def process(self, batch: Sequence[int]) -> Sequence[int]:
            both.wait(timeout=30)  # passes only when two replicas are inside at once
            return batch

    async with Meeting() as stage:
        assert await asyncio.gather(stage(1), stage(2)) == [1, 2]


async def test_a_full_queue_fails_at_once_with_overloaded(gated, until):
    gated.max_queue = 2
    async with gated:
        running = asyncio.ensure_future(gated(0))
        await until(lambda: gated.batches)
        waiting = [asyncio.ensure_future(gated(n)) for n in (1, 2)]
        await until(lambda: gated.statistics().waiting == 2)
        with pytest.raises(CapacityError) as refused:
            await gated(3)
        gated.gate.set()
        assert await asyncio.gather(running, *waiting) == [0, 1, 2]
        assert gated.statistics().outcomes == {"ok": 3, "overloaded": 1}
    assert refused.value.code is FailureCode.overloaded
    assert refused.value.failure().retryable
    assert refused.value.stage == "Gated"


async def test_a_call_larger_than_the_queue_is_run_in_slices(double):
    double.max_queue = 16
    async with double:
        assert await double.map(range(100)) == [2 * n for n in range(100)]


async def test_one_bad_item_fails_alone(double):
    double.max_batch, double.linger_ms = 3, 60_000  # so that the three callers surely share a batch
    async with double:
        outcomes = await asyncio.gather(double(1), double(-1), double(3), return_exceptions=True)
    assert outcomes[0] == 2
    assert isinstance(outcomes[1], InputError)
    assert outcomes[2] == 6
    assert double.batches == [[1, -1, 3], [1], [-1], [3]]


async def test_map_with_a_fallback_replaces_only_the_bad_items(double):
    async with double:
        assert await double.map([1, -1, 3], fallback=None) == [2, None, 6]


async def test_map_without_a_fallback_raises_the_failure(double):
    async with double:
        with pytest.raises(InputError, match="negative"):
            await double.map([1, -1, 3])


async def test_a_foreign_exception_becomes_a_named_failure(caplog):
    class Broken(Stage[int, int]):
        def process(self, batch: Sequence[int]) -> Sequence[int]:
            raise ZeroDivisionError("boom")

    async with Broken() as stage:
        with pytest.raises(StageFailed, match="ZeroDivisionError: boom") as failed:
            await stage(1)
    assert failed.value.stage == "Broken"
    assert "boom" in caplog.text


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, MemoryError])
async def test_a_replica_survives_whatever_process_raises(error, caplog):
    class Hostile(Stage[int, int]):
        def process(self, batch: Sequence[int]) -> Sequence[int]:
            if batch[0] < 0:
                raise error
            return batch

    async with Hostile() as stage:
        with pytest.raises(StageFailed):
            await stage(-1)
        assert await stage(1) == 1


async def test_a_stage_that_loses_items_breaks_its_contract():
    class Lossy(Stage[int, int]):
        max_batch = 4

        def process(self, batch: Sequence[int]) -> Sequence[int]:
            return batch[:-1]

    async with Lossy() as stage:
        with pytest.raises(ContractViolation, match="results for"):
            await stage.map([1, 2, 3, 4])


async def test_a_cancelled_caller_drops_its_queued_work(gated, until):
    async with gated:
        running = asyncio.ensure_future(gated(0))
        await until(lambda: gated.batches)
        gone = asyncio.ensure_future(gated.map([1, 2, 3]))
        await until(lambda: gated.statistics().waiting == 3)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert gated.statistics().waiting == 0
        gated.gate.set()
        await running
        assert gated.statistics().outcomes == {"ok": 1, "cancelled": 3}
    assert gated.batches == [[0]]


async def test_the_first_failure_of_a_map_drops_the_rest_of_it(until):
    class FirstFails(Stage[int, int]):
        def __init__(self) -> None:
            self.seen: list[int] = []
            self.heard = threading.Event()

        def process(self, batch: Sequence[int]) -> Sequence[int]:
            self.seen += batch
            if batch[0] == 0:
                raise InputError("no")
            assert self.heard.wait(30)
            return batch

    async with FirstFails() as stage:
        with pytest.raises(InputError):
            await stage.map(range(100))
        stage.heard.set()
        outcomes = stage.statistics().outcomes
    assert outcomes["cancelled"] >= 98
    assert len(stage.seen) + outcomes["cancelled"] == 100


async def test_map_timeout_keeps_what_is_done_and_falls_back_for_the_rest(gated, until, expire):
    gated.max_batch = 1
    async with gated:
        call = asyncio.ensure_future(gated.map([1, 2], timeout=NEVER_S, fallback="late"))
        await until(lambda: gated.batches)
        expire()
        assert await call == ["late", "late"]
        assert gated.statistics().outcomes == {"deadline_exceeded": 1}  # the other one is still running
        gated.gate.set()
        await until(lambda: gated.statistics().items == 1)
        assert await gated(7) == 7


async def test_map_timeout_without_a_fallback_raises_deadline_exceeded(gated):
    async with gated:
        with pytest.raises(DeadlineExceeded) as late:
            await gated.map([1], timeout=0.01)
        gated.gate.set()
    assert late.value.stage == "Gated"


class One(Pipeline[int, int]):
    def __init__(self, stage: Stage[int, int]) -> None:
        self.only = stage

    async def run(self, item: int) -> int:
        return await self.only(item)


async def test_work_whose_deadline_has_passed_is_dropped_before_it_runs(gated, until):
    async with One(gated) as pipeline:
        plug = asyncio.ensure_future(pipeline(0))
        await until(lambda: gated.batches)
        with pytest.raises(DeadlineExceeded) as late:
            await pipeline(1, timeout=0.02)
        gated.gate.set()
        await plug
    assert late.value.stage == "only"
    assert gated.batches == [[0]]


async def test_a_stage_that_is_not_running_says_what_to_do(double):
    with pytest.raises(StageFailed) as failed:
        await double(1)
    assert "async with" in (failed.value.hint or "")


async def test_a_stopping_stage_finishes_what_it_accepted_and_refuses_new_work(gated, until):
    await gated.start()
    accepted = asyncio.ensure_future(gated.map([1, 2, 3]))
    await until(lambda: gated.batches)
    stopping = asyncio.ensure_future(gated.stop())
    await asyncio.sleep(0)
    with pytest.raises(CapacityError) as refused:
        await gated(4)
    gated.gate.set()
    await stopping
    assert await accepted == [1, 2, 3]
    assert refused.value.code is FailureCode.shutting_down


async def test_items_inside_a_process_that_never_returns_are_failed_by_name_at_the_end_of_a_drain(
    gated, until
):
    await gated.start()
    stuck = asyncio.ensure_future(gated.map([1], fallback="lost"))
    waiting = asyncio.ensure_future(gated(2))
    await until(lambda: gated.batches)
    await gated.stop(drain_s=0.01)
    assert await stuck == ["lost"]
    with pytest.raises(CapacityError) as refused:
        await waiting
    assert refused.value.code is FailureCode.shutting_down
    gated.gate.set()


async def test_replicas_do_not_keep_the_items_they_have_run(until):
    class Blob:
        pass

    class Drop(Stage[Blob, int]):
        def process(self, batch: Sequence[Blob]) -> Sequence[int]:
            return [0 for _ in batch]

    async with Drop() as stage:
        blob = Blob()
        seen = weakref.ref(blob)
        await stage(blob)
        del blob
        await until(lambda: seen() is None)  # the thread lets go a moment after it has told the outcome


async def test_process_runs_off_the_event_loop_thread():
    class Where(Stage[int, str]):
        def process(self, batch: Sequence[int]) -> Sequence[str]:
            return [threading.current_thread().name for _ in batch]

    async with Where() as stage:
        assert await stage(1) == "siseon-Where-0"


async def test_context_of_one_caller_does_not_leak_into_the_replica():
    marker: contextvars.ContextVar[str] = contextvars.ContextVar("marker", default="unset")

    class Read(Stage[int, str]):
        def process(self, batch: Sequence[int]) -> Sequence[str]:
            return [marker.get() for _ in batch]

    async with Read() as stage:
        marker.set("caller")
        assert await stage(1) == "unset"
