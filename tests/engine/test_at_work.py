"""How many requests of a pipeline compute at once, who is next, and what happens to those that are too many."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from engine.probes import Held, Through, begun, bounded
from siseon.contracts import CapacityError, DeadlineExceeded, FailureCode, InputError, SiseonError
from siseon.engine import Flow, Pipeline, clock
from siseon.engine.machine import cores
from siseon.engine.serving import QUICK_PER_CORE, TURNS_PER_CORE
from siseon.engine.turns import QUICK_S

pytestmark = pytest.mark.usefixtures(bounded.__name__)


class Counts(Pipeline[int, int]):
    """Notes which requests entered ``run`` and how many were inside at once; ends when the test says so."""

    def __init__(self, limit: int | None = 1, *, in_flight: int = 1024) -> None:
        self.max_at_work, self.max_in_flight = limit, in_flight
        self.go_on = asyncio.Event()
        self.entered: list[int] = []
        self.inside = self.most = 0

    async def run(self, item: int) -> int:
        self.entered.append(item)
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await self.go_on.wait()
            if item < 0:
                raise InputError("negative numbers are refused")
        finally:
            self.inside -= 1
        return item


@pytest.mark.parametrize("limit", [1, 3])
async def test_no_more_requests_compute_at_once_than_max_at_work(limit):
    async with Counts(limit) as pipeline:
        requests = await begun(*map(pipeline, range(10)))
        assert pipeline.entered == list(range(limit))
        pipeline.go_on.set()
        assert [result.data for result in await asyncio.gather(*requests)] == list(range(10))
    assert pipeline.most == limit
    assert pipeline.entered == list(range(10))


async def test_without_a_limit_twice_as_many_requests_compute_as_there_are_cores():
    async with Counts(None) as pipeline:
        requests = await begun(*map(pipeline, range(3 * (os.cpu_count() or 1))))
        pipeline.go_on.set()
        await asyncio.gather(*requests)
    assert pipeline.most in {2 * (os.cpu_count() or 1), 2 * len(os.sched_getaffinity(0))}


class Timed(Counts):
    """Its clock stands still until the test moves it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, limit: int | None = None) -> None:
        super().__init__(limit)
        self.time = clock.now()
        monkeypatch.setattr(clock, "now", lambda: self.time)

    async def done(self, requests: list[asyncio.Task[Any]], after_s: float) -> None:
        """Let all that is at work be done, so long after it began; what comes in its place is held."""
        self.time += after_s
        self.go_on.set()
        self.go_on.clear()
        await asyncio.wait(requests[:1])
        await begun(asyncio.sleep(0))


USUAL, QUICK = TURNS_PER_CORE * cores(), QUICK_PER_CORE * cores()
LONG_S = 2 * QUICK_S
"""Not the limit itself: whether a clock that goes on by it has gone on by less is a matter of rounding."""


async def test_more_are_at_work_while_requests_are_done_at_once(monkeypatch):
    async with Timed(monkeypatch) as pipeline:
        requests = await begun(*map(pipeline, range(3 * QUICK)))
        assert pipeline.inside == USUAL
        await pipeline.done(requests, QUICK_S / 2)
        assert pipeline.inside == QUICK
        pipeline.go_on.set()
        assert [result.data for result in await asyncio.gather(*requests)] == list(range(3 * QUICK))
    assert pipeline.entered == list(range(3 * QUICK))


async def test_one_request_that_takes_long_brings_the_limit_back_before_it_ends(monkeypatch):
    async with Timed(monkeypatch) as pipeline:
        requests = await begun(*map(pipeline, range(USUAL)))
        await pipeline.done(requests, QUICK_S / 2)
        requests += await begun(*map(pipeline, range(USUAL + 1)))
        assert pipeline.inside == USUAL + 1
        pipeline.time += LONG_S
        requests += await begun(*map(pipeline, range(3)))
        assert pipeline.inside == USUAL + 1
        pipeline.go_on.set()
        await asyncio.gather(*requests)


async def test_after_a_request_that_took_long_the_limit_holds_from_the_first(monkeypatch):
    async with Timed(monkeypatch) as pipeline:
        requests = await begun(*map(pipeline, range(3 * QUICK)))
        await pipeline.done(requests, LONG_S)
        assert pipeline.inside == USUAL
        pipeline.go_on.set()
        await asyncio.gather(*requests)
    assert pipeline.most == USUAL


async def test_a_limit_that_somebody_has_set_holds_for_quick_requests_too(monkeypatch):
    async with Timed(monkeypatch, 2) as pipeline:
        requests = await begun(*map(pipeline, range(10)))
        await pipeline.done(requests, 0)
        pipeline.go_on.set()
        await asyncio.gather(*requests)
    assert pipeline.most == 2


async def test_pipelines_that_take_turns_together_have_one_limit_and_interactive_requests_go_first():
    served, lent = Counts(2), [Counts(2) for _ in range(3)]
    async with served:
        for one in lent:
            one.take_turns_with(lambda: served)
            await one.start()
        streams = [Flow(f"stream {number}", weight=0.25, policy="drop_oldest") for number in range(3)]
        requests = await begun(
            *(one(number, flow=flow) for one, flow in zip(lent, streams, strict=True) for number in range(2))
        )
        assert sum(one.inside for one in lent) == 2
        requests += await begun(served(9))
        assert served.entered == []
        lent[0].go_on.set()
        await requests[0]
        await requests[1]
        await begun(asyncio.sleep(0))
        assert served.entered == [9]
        assert served.inside + sum(one.inside for one in lent) == 2
        for one in (served, *lent):
            one.go_on.set()
        assert len(await asyncio.gather(*requests)) == 7
        for one in lent:
            await one.stop()


async def test_who_takes_turns_with_another_one_does_so_with_its_successor_too():
    first, second, lent = Counts(1), Counts(1), Counts(4)
    now = first
    lent.take_turns_with(lambda: now)
    async with first, second, lent:
        requests = await begun(first(1), lent(2))
        assert lent.entered == []
        now = second
        requests += await begun(lent(3), second(4))
        assert (lent.entered, second.entered) == ([3], [])
        for one in (first, second, lent):
            one.go_on.set()
        await asyncio.gather(*requests)
    assert sorted(lent.entered) == [2, 3]
    assert second.entered == [4]


async def test_who_waits_for_a_turn_is_chosen_fairly_by_flow():
    job = Flow("job")
    async with Counts() as pipeline:
        requests = await begun(
            *(pipeline(n, flow=job) for n in range(10)), *(pipeline(n) for n in (100, 101))
        )
        pipeline.go_on.set()
        await asyncio.gather(*requests)
    assert {100, 101} <= set(pipeline.entered[:6])  # one at work, then the flows in turn


async def test_the_weights_of_flows_count_for_turns_too():
    heavy, light = Flow("heavy", weight=3.0), Flow("light")
    async with Counts() as pipeline:
        requests = await begun(
            pipeline(999),
            *(pipeline(n, flow=light) for n in range(20)),
            *(pipeline(n, flow=heavy) for n in range(100, 120)),
        )
        pipeline.go_on.set()
        await asyncio.gather(*requests)
    assert 10 <= sum(item >= 100 for item in pipeline.entered[1:17]) <= 14


async def test_the_deadline_counts_while_a_request_waits_for_its_turn():
    async with Counts() as pipeline:
        (first,) = await begun(pipeline(1))
        with pytest.raises(DeadlineExceeded):
            await pipeline(2, timeout=0.05)
        pipeline.go_on.set()
        assert (await first).data == 1
        assert (await pipeline(3)).data == 3
    assert pipeline.entered == [1, 3]


async def test_who_goes_while_waiting_for_a_turn_leaves_it_to_the_next():
    async with Counts() as pipeline:
        requests = await begun(*map(pipeline, (1, 2, 3)))
        requests[1].cancel()
        await asyncio.wait([requests[1]])
        pipeline.go_on.set()
        assert [(await request).data for request in (requests[0], requests[2])] == [1, 3]
    assert pipeline.entered == [1, 3]


async def test_who_goes_in_the_step_in_which_the_turn_comes_does_not_keep_it():
    async with Counts() as pipeline:
        requests = await begun(*map(pipeline, (1, 2, 3)))
        requests[0].cancel()
        requests[1].cancel()
        await asyncio.wait(requests[:2])
        pipeline.go_on.set()
        assert (await requests[2]).data == 3
    assert pipeline.most == 1


async def test_a_turn_comes_back_however_a_request_ends():
    async with Counts() as pipeline:
        requests = await begun(pipeline(1), pipeline(-2), pipeline(3, timeout=0.05), pipeline(4))
        await asyncio.wait([requests[2]])
        requests[0].cancel()
        pipeline.go_on.set()
        await asyncio.wait(requests)
        assert (await pipeline(5)).data == 5
    assert isinstance(requests[1].exception(), InputError)
    assert requests[3].result().data == 4
    assert pipeline.inside == 0


class Outer(Pipeline[int, int]):
    max_at_work = 1

    def __init__(self, inner: Pipeline[int, int]) -> None:
        self.inner = inner

    async def run(self, item: int) -> int:
        return (await self.inner(item)).data


async def test_a_nested_pipeline_takes_no_turn_of_its_own():
    inner = Counts(1)
    inner.go_on.set()
    async with inner, Outer(inner) as pipeline:
        assert (await pipeline(1)).data == 1
        results = await asyncio.gather(*map(pipeline, range(5)))
    assert [result.data for result in results] == list(range(5))


async def test_a_nested_pipeline_is_not_stopped_by_its_own_limit():
    inner = Counts(1)
    async with inner, Outer(inner) as pipeline:
        (alone,) = await begun(inner(1))
        (nested,) = await begun(pipeline(2))
        assert inner.entered == [1, 2]
        inner.go_on.set()
        assert ((await alone).data, (await nested).data) == (1, 2)


async def test_what_waits_for_its_turn_has_not_reached_a_stage(until):
    stage = Held()
    pipeline = Through(stage)
    pipeline.max_at_work = 1
    async with pipeline:
        requests = await begun(*map(pipeline, range(5)))
        await until(lambda: stage.batches)
        assert (stage.seen, stage.statistics().waiting) == ([0], 0)
        stage.gate.set()
        await asyncio.gather(*requests)


async def test_more_than_max_in_flight_are_refused_those_that_wait_for_a_turn_included():
    async with Counts(in_flight=3) as pipeline:
        requests = await begun(*map(pipeline, (1, 2, 3)))
        with pytest.raises(CapacityError) as refused:
            await pipeline(4)
        pipeline.go_on.set()
        await asyncio.gather(*requests)
    assert refused.value.code is FailureCode.overloaded


async def test_a_flow_that_waits_is_let_in_as_requests_end():
    job = Flow("job", policy="wait")
    async with Counts(in_flight=2) as pipeline:
        requests = await begun(*(pipeline(n, flow=job) for n in range(8)))
        pipeline.go_on.set()
        assert [result.data for result in await asyncio.gather(*requests)] == list(range(8))
    assert pipeline.entered == list(range(8))


async def test_who_waits_to_be_let_in_may_go_or_be_late():
    job = Flow("job", policy="wait")
    async with Counts(in_flight=1) as pipeline:
        requests = await begun(*(pipeline(n, flow=job) for n in range(3)))
        with pytest.raises(DeadlineExceeded):
            await pipeline(3, flow=job, timeout=0.05)
        requests[1].cancel()
        await asyncio.wait([requests[1]])
        pipeline.go_on.set()
        assert [(await request).data for request in (requests[0], requests[2])] == [0, 2]
    assert pipeline.entered == [0, 2]


@pytest.mark.parametrize(("limit", "most_served"), [({"max_waiting": 1}, 2), ({}, 3)])
async def test_of_a_flow_that_drops_the_oldest_the_request_that_waits_longest_is_superseded(
    limit, most_served
):
    camera = Flow("camera", policy="drop_oldest", **limit)
    async with Counts(in_flight=2) as pipeline:
        requests = await begun(*(pipeline(n, flow=camera) for n in range(6)))
        pipeline.go_on.set()
        outcomes = await asyncio.gather(*requests, return_exceptions=True)
    dropped = [outcome for outcome in outcomes if isinstance(outcome, SiseonError)]
    assert 6 - most_served <= len(dropped) <= 4
    assert outcomes[1 : 1 + len(dropped)] == dropped  # the first one is at work, then the oldest go
    assert all(outcome.code is FailureCode.superseded for outcome in dropped)
    assert pipeline.entered == [0, *range(1 + len(dropped), 6)]


async def test_requests_that_wait_for_their_turn_are_finished_before_a_pipeline_stops():
    pipeline = Counts()
    await pipeline.start()
    requests = await begun(*map(pipeline, range(5)))
    (stopping,) = await begun(pipeline.stop())
    pipeline.go_on.set()
    await stopping
    assert [(await request).data for request in requests] == list(range(5))


async def test_requests_that_still_wait_for_their_turn_when_the_drain_ends_are_told():
    pipeline = Counts()
    await pipeline.start()
    requests = await begun(*map(pipeline, range(3)))
    await pipeline.stop(drain_s=0.01)
    outcomes = await asyncio.gather(*requests, return_exceptions=True)
    assert [outcome.code for outcome in outcomes] == [FailureCode.shutting_down] * 3
    assert pipeline.entered == [0]
