"""Flows: who is served first, and what happens to a flow that has more than may wait."""

from __future__ import annotations

import asyncio
import math

import pytest

from engine.probes import Held, Through, Until, begun, bounded
from siseon.contracts import CapacityError, ContractViolation, DeadlineExceeded, FailureCode, SiseonError
from siseon.engine import Flow, lines
from siseon.engine.fairness import KEPT, Shares
from siseon.engine.lines import TURN

pytestmark = pytest.mark.usefixtures(bounded.__name__)


async def plugged(stage: Held, until: Until) -> asyncio.Future[int]:
    """Occupy the stage's one replica: what comes now waits until the gate opens."""
    plug = asyncio.ensure_future(stage(999))
    await until(lambda: stage.batches)
    return plug


def one_by_one() -> Held:
    stage = Held()
    stage.max_batch = 1
    return stage


async def test_flows_share_a_stage_by_their_weights(until):
    heavy, light = Flow("heavy", weight=3.0), Flow("light")
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        calls = await begun(stage.map(range(40), flow=light), stage.map(range(100, 140), flow=heavy))
        stage.gate.set()
        await asyncio.gather(plug, *calls)
    served = stage.seen[1:33]
    assert 22 <= sum(item >= 100 for item in served) <= 26


async def test_weights_below_one_are_shares_too(until):
    slow, fast = Flow("slow", weight=0.25), Flow("fast", weight=0.75)
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        calls = await begun(stage.map(range(40), flow=slow), stage.map(range(100, 140), flow=fast))
        stage.gate.set()
        await asyncio.gather(plug, *calls)
    assert 22 <= sum(item >= 100 for item in stage.seen[1:33]) <= 26


async def test_a_flow_of_many_requests_does_not_drown_a_flow_of_one(until):
    job = Flow("job")
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        crowd = await begun(*(stage(n, flow=job) for n in range(50)))
        (interactive,) = await begun(stage.map(range(100, 110)))
        stage.gate.set()
        await asyncio.gather(plug, interactive, *crowd)
    assert sum(item >= 100 for item in stage.seen[1:21]) >= 9  # every other one


async def test_a_flow_that_was_idle_has_saved_up_nothing(until):
    job, late = Flow("job"), Flow("late")
    async with one_by_one() as stage:
        stage.gate.set()
        await stage.map(range(200, 230), flow=job)  # long alone
        stage.gate.clear()
        plug = asyncio.ensure_future(stage(999))
        await until(lambda: 999 in stage.seen)
        calls = await begun(stage.map(range(20), flow=job), stage.map(range(100, 120), flow=late))
        stage.gate.set()
        await asyncio.gather(plug, *calls)
    contest = stage.seen[stage.seen.index(999) + 1 :]
    assert 4 <= sum(item < 100 for item in contest[:10]) <= 6


@pytest.mark.parametrize("weight", [1.0, 0.1])
async def test_flows_that_only_ever_come_do_not_starve_one_that_stays(weight: float):
    mine, over = Flow("mine", weight=weight), False

    async def comes(stage: Held) -> None:
        while not over:
            await stage(1, flow=Flow("new"))

    stage = one_by_one()
    stage.gate.set()
    async with stage:
        others = await begun(*(comes(stage) for _ in range(4)))
        try:
            answered = [await stage(100 + number, flow=mine) for number in range(10)]
        finally:
            over = True
            await asyncio.gather(*others)
        between = stage.seen.index(109) - stage.seen.index(100)
    assert answered == list(range(100, 110))
    assert between <= 10 * 4 * (1 / weight + 2)


async def test_requests_of_one_flow_take_turns_of_some_items(until):
    job = Flow("job")
    large, small = range(3 * TURN), range(1000, 1000 + TURN // 2)
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        calls = await begun(*(stage.map(items, flow=job) for items in (large, small, small)))
        stage.gate.set()
        await asyncio.gather(plug, *calls)
    assert stage.seen[1:] == [*large[:TURN], *small, *small, *large[TURN:]]


async def test_a_turn_ends_with_its_time_too(until, monkeypatch):
    monkeypatch.setattr(lines, "TURN_S", 0.0)  # any item takes longer
    job = Flow("job")
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        calls = await begun(stage.map(range(4), flow=job), stage.map(range(1000, 1004), flow=job))
        stage.gate.set()
        await asyncio.gather(plug, *calls)
    assert stage.seen[1:] == [0, 1000, 1, 1001, 2, 1002, 3, 1003]


async def test_the_limit_of_a_stage_holds_for_each_flow_by_itself(until):
    one, two = Flow("one"), Flow("two")
    stage = one_by_one()
    stage.max_queue = 2
    async with stage:
        plug = await plugged(stage, until)
        calls = await begun(stage(1, flow=one), stage(2, flow=one))
        with pytest.raises(CapacityError) as refused:
            await stage(3, flow=one)
        assert refused.value.code is FailureCode.overloaded
        calls += await begun(stage(4, flow=two), stage(5))
        stage.gate.set()
        await asyncio.gather(plug, *calls)
    assert sorted(stage.seen) == [1, 2, 4, 5, 999]


@pytest.mark.parametrize(("flow_limit", "fits"), [(1, 1), (5, 5)])
async def test_max_waiting_of_a_flow_replaces_the_limit_of_the_stage(flow_limit, fits, until):
    flow = Flow("own", max_waiting=flow_limit)
    stage = one_by_one()
    stage.max_queue = 3
    async with stage:
        await plugged(stage, until)
        calls = await begun(*(stage(n, flow=flow) for n in range(7)))
        stage.gate.set()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert outcomes[:fits] == list(range(fits))
    assert all(isinstance(outcome, CapacityError) for outcome in outcomes[fits:])


async def test_drop_oldest_supersedes_the_item_that_has_waited_longest(until):
    camera = Flow("camera", policy="drop_oldest", max_waiting=2)
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        calls = await begun(*(stage(n, flow=camera) for n in (1, 2, 3, 4)))
        await until(lambda: calls[0].done() and calls[1].done())
        assert stage.statistics().waiting == 2
        stage.gate.set()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        await plug
        assert stage.statistics().outcomes == {"ok": 3, "superseded": 2}
    assert outcomes[2:] == [3, 4]
    for outcome in outcomes[:2]:
        assert isinstance(outcome, SiseonError)
        assert outcome.code is FailureCode.superseded
        assert outcome.stage == "Held"
    assert stage.seen == [999, 3, 4]


@pytest.mark.parametrize("most", [1, 3])
async def test_items_of_one_request_never_supersede_each_other(most, until):
    camera = Flow("camera", policy="drop_oldest", max_waiting=most)
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        (older,) = await begun(stage.map(range(10), flow=camera))
        assert stage.statistics().waiting == 10
        (newer,) = await begun(stage.map(range(100, 110), flow=camera))
        with pytest.raises(SiseonError) as superseded:
            await older
        stage.gate.set()
        assert await newer == list(range(100, 110))
        await plug
    assert superseded.value.code is FailureCode.superseded
    assert stage.seen == [999, *range(100, 110)]


async def test_drop_oldest_drops_nothing_of_other_flows(until):
    camera = Flow("camera", policy="drop_oldest", max_waiting=1)
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        others = await begun(*(stage(n) for n in (100, 101)))
        frames = await begun(stage(1, flow=camera), stage(2, flow=camera))
        stage.gate.set()
        assert await asyncio.gather(plug, *others, frames[1]) == [999, 100, 101, 2]
        with pytest.raises(SiseonError):
            await frames[0]


async def test_a_superseded_item_may_fall_back(until):
    camera = Flow("camera", policy="drop_oldest", max_waiting=1)
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        old, new = await begun(stage(1, flow=camera, fallback="old"), stage(2, flow=camera, fallback="old"))
        assert await old == "old"
        stage.gate.set()
        assert await asyncio.gather(plug, new) == [999, 2]


async def test_wait_lets_calls_in_as_room_frees_in_their_order(until):
    job = Flow("job", policy="wait", max_waiting=1)
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        calls = await begun(*(stage(n, flow=job) for n in range(20)))
        assert stage.statistics().waiting == 20
        stage.gate.set()
        assert await asyncio.gather(plug, *calls) == [999, *range(20)]
    assert stage.seen == [999, *range(20)]


async def test_wait_lets_large_maps_in_one_beside_the_other(until):
    job = Flow("job", policy="wait")
    stage = Held(gate=True)
    stage.max_queue = 4
    async with stage:
        maps = await asyncio.gather(*(stage.map(range(50), flow=job) for _ in range(5)))
    assert maps == [list(range(50))] * 5


async def test_who_waits_for_room_may_go(until):
    job = Flow("job", policy="wait", max_waiting=1)
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        calls = await begun(*(stage(n, flow=job) for n in range(3)))
        calls[1].cancel()
        await asyncio.wait([calls[1]])
        assert stage.statistics().waiting == 2
        stage.gate.set()
        assert await asyncio.gather(plug, calls[0], calls[2]) == [999, 0, 2]
    assert stage.seen == [999, 0, 2]


async def test_who_waits_for_room_does_so_within_its_time(until):
    job = Flow("job", policy="wait", max_waiting=1)
    async with one_by_one() as stage:
        plug = await plugged(stage, until)
        calls = await begun(stage(0, flow=job), stage(1, flow=job, timeout=0.05))
        with pytest.raises(DeadlineExceeded):
            await calls[1]
        stage.gate.set()
        assert await asyncio.gather(plug, calls[0]) == [999, 0]


async def test_who_waits_for_room_when_the_stage_ends_is_told(until):
    job = Flow("job", policy="wait", max_waiting=1)
    stage = one_by_one()
    await stage.start()
    plug = await plugged(stage, until)
    calls = await begun(*(stage(n, flow=job) for n in range(3)))
    await stage.stop(drain_s=0.01)
    outcomes = await asyncio.gather(plug, *calls, return_exceptions=True)
    assert [outcome.code for outcome in outcomes] == [FailureCode.shutting_down] * 4
    stage.gate.set()


async def test_the_flow_of_a_request_is_that_of_its_calls(until):
    camera = Flow("camera", policy="drop_oldest", max_waiting=1)
    stage = one_by_one()
    pipeline = Through(stage)
    pipeline.max_at_work = 8
    async with pipeline:
        plug = asyncio.ensure_future(pipeline(999))
        await until(lambda: stage.batches)
        frames = await begun(*(pipeline(n, flow=camera) for n in (1, 2)))
        with pytest.raises(SiseonError) as superseded:
            await frames[0]
        stage.gate.set()
        assert (await frames[1]).data == 2
        await plug
    assert superseded.value.code is FailureCode.superseded
    assert superseded.value.stage == "only"


@pytest.mark.parametrize(
    "wrong",
    [
        *({"weight": weight} for weight in (0.0, -1.0, math.nan, math.inf, 1e-16, 1e16, "1")),
        *({"max_waiting": most} for most in (0, 5.0, 2.5, math.nan, math.inf, "3", True)),
        {"policy": "perhaps"},
    ],
)
def test_a_flow_that_cannot_work_cannot_be_made(wrong):
    with pytest.raises(ContractViolation):
        Flow("wrong", **wrong)


def test_what_a_flow_costs_does_not_grow_with_the_flows_that_wait():
    class Counted(dict[Flow, None]):
        looked_up = 0

        def __contains__(self, flow: object) -> bool:
            self.looked_up += 1
            return super().__contains__(flow)

    shares, busy = Shares(), Counted()
    for number in range(10_000):
        flow = Flow(f"flow {number}")
        shares.enter(flow, busy)
        busy[flow] = None
    assert busy.looked_up < 4 * len(busy)
    for flow in list(busy):
        shares.charge(flow)
        del busy[flow]
    for number in range(10_000):
        shares.enter(flow := Flow(f"later flow {number}"), busy)
        shares.charge(flow)
    assert busy.looked_up < 8 * 10_000
    assert len(shares.tags) < 4 * KEPT  # those of flows that have gone do not stay
