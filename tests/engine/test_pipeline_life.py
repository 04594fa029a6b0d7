"""The life of pipelines: shared and nested stages, starts and stops that are cancelled, fail, or come twice."""

from __future__ import annotations

import asyncio

import pytest

from engine.probes import Through, Watched, begun, bounded, threads
from siseon.contracts import CapacityError, FailureCode, InputError, SiseonError, StageFailed
from siseon.engine import Pipeline

pytestmark = pytest.mark.usefixtures(bounded.__name__)


class Three(Pipeline[int, int]):
    """Three stages one after the other."""

    def __init__(self, *stages: Watched) -> None:
        self.first, self.second, self.third = stages or (Watched(), Watched(), Watched())

    @property
    def all(self) -> tuple[Watched, ...]:
        return self.first, self.second, self.third

    async def run(self, item: int) -> int:
        for stage in self.all:
            item = await stage(item)
        return item


class Nests(Pipeline[int, int]):
    def __init__(self, inner: Pipeline[int, int]) -> None:
        self.inner = inner

    async def run(self, item: int) -> int:
        return (await self.inner(item)).data


async def test_a_pipeline_goes_through_its_states_in_their_order():
    stage = Watched()
    pipeline = Through(stage)
    states = [pipeline.state]
    stage.loading.clear()
    (starting,) = await begun(pipeline.start())
    states.append(pipeline.state)
    stage.loading.set()
    await starting
    states.append(pipeline.state)
    stage.gate.clear()
    (request,) = await begun(pipeline(1))
    (stopping,) = await begun(pipeline.stop())
    states.append(pipeline.state)
    stage.gate.set()
    await stopping
    states.append(pipeline.state)
    assert (await request).data == 1
    assert states == ["new", "starting", "open", "draining", "closed"]


async def test_a_cancelled_start_stops_what_had_started(until):
    pipeline = Three()
    pipeline.second.loading.clear()
    (starting,) = await begun(pipeline.start())
    await until(lambda: pipeline.first.is_set_up and pipeline.third.is_set_up and pipeline.second.setups)
    starting.cancel()
    await until(starting.done)
    pipeline.second.loading.set()
    await until(lambda: not any(stage.is_set_up for stage in pipeline.all))
    await until(lambda: pipeline.state == "closed")
    assert [stage.balance for stage in pipeline.all] == [(1, 1, [])] * 3
    async with pipeline:
        assert (await pipeline(1)).data == 1


@pytest.mark.parametrize("cancelled", [0, 1])
async def test_two_pipelines_start_one_shared_stage_and_one_of_them_goes(cancelled, until):
    stage = Watched()
    pipelines = [Through(stage), Through(stage)]
    stage.loading.clear()
    starting = await begun(*(pipeline.start() for pipeline in pipelines))
    await until(lambda: stage.setups)
    starting[cancelled].cancel()
    await asyncio.wait([starting[cancelled]])
    stage.loading.set()
    left = pipelines[1 - cancelled]
    await starting[1 - cancelled]
    assert (await left(1)).data == 1
    with pytest.raises(CapacityError):
        await pipelines[cancelled](1)
    await left.stop()
    await until(lambda: stage.state == "closed")
    assert stage.balance == (1, 1, [])


async def test_a_stop_during_the_load_ends_the_pipeline(until):
    stage = Watched()
    pipeline = Through(stage)
    stage.loading.clear()
    (starting,) = await begun(pipeline.start())
    await until(lambda: stage.setups)
    (stopping,) = await begun(pipeline.stop())
    stage.loading.set()
    await asyncio.wait([starting, stopping])
    await until(lambda: (pipeline.state, stage.state) == ("closed", "closed"))
    assert stage.balance == (1, 1, [])


async def test_a_stop_before_the_start_does_nothing():
    stage = Watched()
    pipeline = Through(stage)
    await pipeline.stop()
    assert pipeline.state == "new"
    async with pipeline:
        assert (await pipeline(1)).data == 1
    assert stage.balance == (1, 1, [])


async def test_a_second_stop_takes_nothing_from_others_who_share_a_stage():
    stage = Watched()
    one, two = Through(stage), Through(stage)
    await one.start()
    await two.start()
    for _ in range(3):
        await one.stop()
    assert one.state == "closed"
    assert (await two(1)).data == 1
    await two.stop()
    assert stage.balance == (1, 1, [])


async def test_two_stops_at_once_both_wait_for_the_end(until):
    stage = Watched()
    pipeline = Through(stage)
    await pipeline.start()
    stage.gate.clear()
    (request,) = await begun(pipeline(1))
    await until(lambda: stage.inside)
    stops = await begun(pipeline.stop(), pipeline.stop())
    assert not any(stop.done() for stop in stops)
    stage.gate.set()
    await asyncio.gather(*stops)
    assert (await request).data == 1
    assert pipeline.state == "closed"
    assert stage.balance == (1, 1, [])


async def test_a_pipeline_entered_twice_is_open_until_it_is_left_twice():
    stage = Watched()
    pipeline = Through(stage)
    async with pipeline:
        async with pipeline:
            assert (await pipeline(1)).data == 1
        assert pipeline.state == "open"
        assert (await pipeline(2)).data == 2
    assert pipeline.state == "closed"
    assert stage.balance == (1, 1, [])
    with pytest.raises(CapacityError):
        await pipeline(3)


async def test_a_pipeline_starts_while_a_stage_that_it_shares_drains(until):
    stage = Watched()
    one, two = Through(stage), Through(stage)
    await one.start()
    stage.gate.clear()
    (request,) = await begun(one(1))
    await until(lambda: stage.inside)
    (stopping,) = await begun(one.stop())
    (starting,) = await begun(two.start())
    stage.gate.set()
    await asyncio.gather(stopping, starting)
    assert (await request).data == 1
    assert (await two(2)).data == 2
    await two.stop()
    assert stage.setups == stage.teardowns
    assert stage.faults == []


async def test_a_pipeline_is_started_while_it_drains(until):
    stage = Watched()
    pipeline = Through(stage)
    await pipeline.start()
    stage.gate.clear()
    (request,) = await begun(pipeline(1))
    await until(lambda: stage.inside)
    (stopping,) = await begun(pipeline.stop())
    (starting,) = await begun(pipeline.start())
    stage.gate.set()
    await asyncio.gather(stopping, starting)
    assert (await request).data == 1
    assert (await pipeline(2)).data == 2
    await pipeline.stop()
    assert stage.setups == stage.teardowns
    assert stage.faults == []


@pytest.mark.parametrize("broken", [{0}, {1}, {2}, {0, 1, 2}])
async def test_every_teardown_runs_even_when_one_raises(broken, caplog):
    pipeline = Three()
    await pipeline.start()
    for number in broken:
        pipeline.all[number].teardown_errors.append(ValueError("no device"))
    with pytest.raises(StageFailed, match="no device") as failed:
        await pipeline.stop()
    assert failed.value.stage in {("first", "second", "third")[number] for number in broken}
    assert [stage.balance for stage in pipeline.all] == [(1, 1, [])] * 3
    assert {pipeline.state, *(stage.state for stage in pipeline.all)} == {"closed"}
    async with pipeline:
        assert (await pipeline(1)).data == 1


@pytest.mark.parametrize("error", [ValueError, InputError, SystemExit])
async def test_a_setup_that_raises_stops_what_had_started_and_fails_all_who_wait(error, until, caplog):
    pipeline = Three()
    pipeline.second.setup_errors.append(error("no weights"))
    pipeline.second.loading.clear()
    starting = await begun(pipeline.start(), pipeline.start())
    await until(lambda: pipeline.second.setups)
    pipeline.second.loading.set()
    outcomes = await asyncio.gather(*starting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [InputError if error is InputError else StageFailed] * 2
    assert [outcome.stage for outcome in outcomes] == ["second", "second"]
    assert [(stage.setups, stage.teardowns) for stage in (pipeline.first, pipeline.third)] == [(1, 1)] * 2
    assert not any(stage.is_set_up for stage in pipeline.all)
    async with pipeline:
        assert (await pipeline(1)).data == 1


async def test_a_setup_that_raises_leaves_a_shared_stage_to_the_others(caplog):
    stage = Watched()
    bad = Watched()
    bad.setup_errors.append(ValueError("no weights"))
    failing = Three(stage, bad, Watched())
    async with Through(stage) as pipeline:
        with pytest.raises(StageFailed):
            await failing.start()
        assert (await pipeline(1)).data == 1
    assert stage.balance == (1, 1, [])


async def test_a_cancelled_stop_goes_on_by_itself(until):
    pipeline = Three()
    await pipeline.start()
    pipeline.second.gate.clear()
    (request,) = await begun(pipeline(1))
    await until(lambda: pipeline.second.inside)
    (stopping,) = await begun(pipeline.stop())
    stopping.cancel()
    await until(stopping.done)
    pipeline.second.gate.set()
    assert (await request).data == 1
    await until(lambda: pipeline.state == "closed")
    assert [stage.balance for stage in pipeline.all] == [(1, 1, [])] * 3


async def test_a_nested_pipeline_that_others_stop_goes_on_for_its_parent():
    stage = Watched()
    inner = Through(stage)
    outer = Nests(inner)
    await inner.start()
    await outer.start()
    await inner.stop()
    assert (await outer(1)).data == 1
    await outer.stop()
    assert (stage.state, outer.state) == ("closed", "closed")
    assert inner.state in {"new", "closed"}
    assert stage.balance == (1, 1, [])


async def test_a_nested_pipeline_that_its_parent_stops_goes_on_for_others():
    stage = Watched()
    inner = Through(stage)
    async with inner:
        async with Nests(inner) as outer:
            assert (await outer(1)).data == 1
        assert (await inner(2)).data == 2
    assert stage.balance == (1, 1, [])


async def test_a_pipeline_with_the_same_stage_in_two_places_starts_it_once():
    stage = Watched()
    before = threads()
    async with Three(stage, stage, stage) as pipeline:
        assert (await pipeline(1)).data == 1
    assert stage.balance == (1, 1, [])
    assert threads() <= before


@pytest.mark.parametrize("when", ["new", "closed"])
async def test_a_request_of_a_pipeline_that_is_not_open_is_told(when):
    pipeline = Three()
    if when == "closed":
        async with pipeline:
            pass
    with pytest.raises(SiseonError) as refused:
        await pipeline(1)
    assert refused.value.code is FailureCode.shutting_down
    assert "async with" in (refused.value.hint or "")
