"""Every item of a call gets its own outcome: the first real failure, a fallback, or each as it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import pytest

from engine.probes import NEVER_S, Held, Through, bounded
from siseon.contracts import DeadlineExceeded, FailureCode, InputError, SiseonError
from siseon.engine import Pipeline, Stage

pytestmark = pytest.mark.usefixtures(bounded.__name__)


class FirstIsHeld(Held):
    """Item 0 waits for the gate, the others do not."""

    max_batch = 1
    replicas = 2

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        if batch[0] == 0:
            return super().process(batch)
        self.batches.append(list(batch))
        if batch[0] < 0:
            raise InputError("negative numbers are refused")
        return batch


@pytest.mark.parametrize("bad", [1, 2, 3])
@pytest.mark.parametrize("timeout", [None, 60.0])
async def test_a_failure_of_a_later_item_is_raised_while_the_first_still_runs(bad, timeout):
    items = [0, 1, 2, 3]
    items[bad] = -1
    async with FirstIsHeld() as stage:
        with pytest.raises(InputError) as failed:
            await stage.map(items, timeout=timeout)
    assert failed.value.code is FailureCode.invalid_input
    assert not failed.value.failure().retryable
    assert failed.value.stage == "FirstIsHeld"


async def test_a_failure_of_the_last_of_many_items_is_raised_as_itself():
    stage = FirstIsHeld()
    async with stage:
        with pytest.raises(InputError):
            await stage.map([0, *range(1, 50), -1])


async def test_the_first_failure_in_time_wins(until):
    class Two(FirstIsHeld):
        def process(self, batch: Sequence[int]) -> Sequence[int]:
            super().process(batch)
            raise InputError(f"item {batch[0]}")

    async with Two() as stage:
        with pytest.raises(InputError, match="item 1"):
            await stage.map([0, 1])


async def test_the_answer_of_a_map_is_whole_when_an_optional_failure_is_replaced():
    stage = FirstIsHeld()
    stage.gate.set()
    async with stage:
        assert await stage.map([0, -1, 2], fallback="none") == [0, "none", 2]


async def test_a_late_map_says_deadline_exceeded():
    async with FirstIsHeld() as stage:
        with pytest.raises(DeadlineExceeded) as late:
            await stage.map([0, 1], timeout=0.02)
    assert late.value.stage == "FirstIsHeld"


async def test_a_single_call_may_have_a_timeout():
    async with Held() as stage:
        with pytest.raises(DeadlineExceeded) as late:
            await stage(1, timeout=0.02)
    assert late.value.stage == "Held"


async def test_a_single_call_that_is_in_time_gives_its_answer():
    async with Held(gate=True) as stage:
        assert await stage(7, timeout=60, fallback=None) == 7


async def test_a_single_call_may_have_a_fallback_for_a_failure():
    async with Held(gate=True) as stage:
        assert await stage(-1, fallback="none") == "none"


async def test_a_fallback_of_none_is_a_fallback():
    async with Held(gate=True) as stage:
        assert await stage(-1, fallback=None) is None


async def test_a_single_call_may_have_a_fallback_for_being_late():
    async with Held() as stage:
        assert await stage(1, timeout=0.02, fallback="late") == "late"


async def test_the_result_says_that_a_single_call_fell_back():
    class Optional(Pipeline[int, int | None]):
        def __init__(self) -> None:
            self.classify = Held(gate=True)

        async def run(self, item: int) -> int | None:
            return await self.classify(item, fallback=None)

    async with Optional() as pipeline:
        result = await pipeline(-1)
    assert result.data is None
    assert result.degraded == ["classify: invalid_input"]


async def test_a_timeout_longer_than_the_request_s_deadline_does_not_extend_it():
    class Patient(Through):
        async def run(self, item: int) -> int:
            return await self.only(item, timeout=60)

    async with Patient(Held()) as pipeline:
        with pytest.raises(DeadlineExceeded):
            await pipeline(1, timeout=0.02)


async def test_a_stream_gives_each_outcome_as_soon_as_it_is_done():
    stage = FirstIsHeld()
    got: list[tuple[int, object]] = []
    async with stage:
        async for index, outcome in stage.stream([0, 10, 20]):
            got.append((index, outcome))
            if len(got) == 2:
                stage.gate.set()  # the first item can only end now: the others came before it
    assert sorted(got[:2]) == [(1, 10), (2, 20)]
    assert got[2:] == [(0, 0)]


async def test_a_stream_gives_failures_as_values_and_goes_on():
    got: dict[int, object] = {}
    async with Held(gate=True) as stage:
        stage.max_batch = 1
        async for index, outcome in stage.stream([1, -1, 3]):
            assert index not in got
            got[index] = outcome
    assert (got[0], got[2]) == (1, 3)
    assert isinstance(got[1], InputError)


async def test_a_stream_of_nothing_gives_nothing_and_runs_nothing():
    async with Held(gate=True) as stage:
        assert [pair async for pair in stage.stream([])] == []
    assert stage.batches == []


async def test_items_of_a_stream_that_are_late_have_deadline_exceeded_as_their_outcome(expire):
    async with FirstIsHeld() as stage, aclosing(stage.stream([0, 1], timeout=NEVER_S)) as outcomes:
        assert await anext(outcomes) == (1, 1)
        expire()
        ((late, outcome),) = [pair async for pair in outcomes]
    assert late == 0
    assert isinstance(outcome, DeadlineExceeded)


async def test_a_stream_larger_than_the_queue_gives_every_outcome_once():
    stage = Held(gate=True)
    stage.max_queue = 4
    async with stage:
        got = [pair async for pair in stage.stream(range(100))]
    assert sorted(got) == [(n, n) for n in range(100)]


async def test_leaving_a_stream_by_break_drops_what_still_waits(until):
    stage = FirstIsHeld()
    stage.replicas = 1
    async with stage:
        async for index, _ in stage.stream([1, 0, 2, 3, 4]):
            assert index == 0
            break
        await until(lambda: stage.statistics().waiting == 0)
        stage.gate.set()
        assert await stage(9) == 9
    assert set(stage.seen) <= {1, 0, 9}


async def test_closing_a_stream_drops_what_still_waits():
    stage = FirstIsHeld()
    stage.replicas = 1
    async with stage:
        async with aclosing(stage.stream([1, 0, 2, 3, 4])) as outcomes:
            assert await anext(outcomes) == (0, 1)
        assert stage.statistics().waiting == 0
        stage.gate.set()
        assert await stage(9) == 9
    assert set(stage.seen) <= {1, 0, 9}


async def test_cancelling_the_reader_of_a_stream_drops_what_still_waits(until):
    async def read() -> None:
        async for _ in stage.stream([0, 1, 2]):
            pass

    async with Held() as stage:
        stage.max_batch = 1
        plug = asyncio.ensure_future(stage(5))
        await until(lambda: stage.batches)
        reader = asyncio.ensure_future(read())
        await until(lambda: stage.statistics().waiting == 3)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        await until(lambda: stage.statistics().waiting == 0)
        stage.gate.set()
        assert await plug == 5
    assert stage.seen == [5]


async def test_every_accepted_item_is_counted_with_exactly_one_outcome(until):
    class Moody(Stage[int, int]):
        max_batch = 5
        replicas = 2

        def process(self, batch: Sequence[int]) -> Sequence[int]:
            if any(item % 7 == 0 for item in batch):
                raise InputError("a seventh")
            return [InputError("a fifth") if item % 5 == 0 else item for item in batch]  # type: ignore[misc]

    async with Moody() as stage:
        outcomes = await asyncio.gather(*(stage(n) for n in range(200)), return_exceptions=True)
        await until(lambda: sum(stage.statistics().outcomes.values()) == 200)
        counted = stage.statistics().outcomes
    for item, outcome in enumerate(outcomes):
        if item % 7 == 0 or item % 5 == 0:
            assert isinstance(outcome, SiseonError)
        else:
            assert outcome == item
    assert counted == {"ok": 137, "invalid_input": 63}
