"""Stages in worker processes as those who use them see them: the promises of the engine hold."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from engine.placement.processes import stages
from engine.placement.processes.stages import HANGS, KILLS, Does, Fragile, Lives, Negative, Serial
from engine.probes import NEVER_S
from siseon.contracts import (
    CapacityError,
    ContractViolation,
    DeadlineExceeded,
    FailureCode,
    Image,
    StageFailed,
)
from siseon.engine import Pipeline, Stage, Trace

PICTURE = np.random.default_rng(4).integers(0, 256, (200, 300, 3), np.uint8)


class Chain(Pipeline[object, object]):
    """Two stages in workers and one in threads."""

    def __init__(self, processes) -> None:
        self.first, self.second, self.third = Negative(), Negative(), Does()
        self.first.placement = self.second.placement = processes

    async def run(self, item):
        there = await self.first(item)
        back = await self.second(there)
        return await self.third((stages.part_of, (back, 0, 10)))


async def test_what_one_stage_made_is_given_to_the_next_without_a_copy(processes):
    traces: list[Trace] = []
    async with Chain(processes) as chain:
        chain.on_trace = traces.append
        result = await chain(PICTURE)
        assert (result.data == PICTURE[:10]).all()
        first, second, third = (chain.stages()[name].statistics() for name in ("first", "second", "third"))
        assert 2 * PICTURE.nbytes <= first.bytes_copied < 2 * PICTURE.nbytes + 2000
        assert PICTURE.nbytes <= second.bytes_copied < PICTURE.nbytes + 2000, "only its result"
        assert third.bytes_copied == 0
        assert third.place.workers == {}
        spans = {span.stage: span for span in traces[0].spans}
        assert spans["first"].bytes_in == PICTURE.nbytes
        assert spans["first"].bytes_copied == first.bytes_copied
        assert set(spans["first"].parts) == {"infer", "transfer"}


async def test_batches_of_many_callers_get_their_own_results(processes):
    stage = Does()
    stage.placement, stage.replicas = processes, 2
    async with stage:
        answers = await stage.map([(stages.zeros, (size,)) for size in range(0, 100_000, 997)])
        assert [len(answer) for answer in answers] == list(range(0, 100_000, 997))
        pids = set(await stage.map([(stages.pid, ())] * 64))
    assert len(pids) == 2


async def test_frames_stay_the_same_through_a_stage(processes):
    class Halves(Pipeline[Image, object]):
        def __init__(self) -> None:
            self.echo = Does()
            self.echo.placement = processes

        async def run(self, item):
            (left, right) = await self.echo((stages.halves, (item,)))
            return left.frame.root_frame is right.frame.root_frame is item.frame

    async with Halves() as halves:
        assert (await halves(Image.from_array(PICTURE))).data


async def test_the_deadline_holds_and_the_stage_goes_on(processes, until, expire):
    stage = Fragile()
    stage.placement, stage.replicas, stage.stuck_after_s = processes, 1, 2.0
    async with stage:
        asking = asyncio.ensure_future(stage(HANGS, timeout=NEVER_S))
        await until(lambda: any(stage.statistics().busy_s))
        expire()
        with pytest.raises(DeadlineExceeded):
            await asking
        assert await stage(4) == 8
        await until(lambda: stage.statistics().outcomes.get("worker_stuck"))
        assert stage.statistics().place.restarts == 1


async def test_the_slots_of_an_abandoned_call_are_free_when_its_worker_is_done_not_before(
    processes, until, tmp_path, expire
):
    stage = Does()
    stage.placement = processes
    owners = lambda: [arena.slots.owners() for arena in processes._memory._arenas.values()]  # noqa: E731
    async with stage:
        item = stages.waits_for, (PICTURE, str(tmp_path / "go"))
        asking = asyncio.ensure_future(stage(item, timeout=NEVER_S))
        await until(lambda: any(owners()))
        expire()
        with pytest.raises(DeadlineExceeded):
            await asking
        assert sum(owners()[0].values()) >= 1, "its worker looks at the picture"
        (tmp_path / "go").touch()
        await until(lambda: stage.statistics().batches == 1)
        assert owners() == [{}]


async def test_a_stop_kills_what_does_not_end_within_the_drain(processes):
    stage = Fragile()
    stage.placement, stage.stuck_after_s = processes, 1000
    await stage.start()
    asking = asyncio.ensure_future(stage(HANGS))
    await asyncio.sleep(0)
    while not any(stage.statistics().busy_s):
        await asyncio.sleep(0.001)
    await stage.stop(drain_s=0.05)
    with pytest.raises(CapacityError) as told:
        await asking
    assert told.value.code is FailureCode.shutting_down
    async with stage:  # and again, at once
        assert await stage(1) == 2


async def test_an_item_that_kills_fails_by_a_name_that_says_where(processes):
    stage = Fragile()
    stage.placement, stage.name = processes, "fragile"
    async with stage:
        with pytest.raises(CapacityError, match="died") as failed:
            await stage(KILLS)
    assert (failed.value.code, failed.value.stage) == (FailureCode.worker_died, "fragile")


async def test_a_start_that_fails_in_the_worker_fails_here(processes, tmp_path):
    stage = Lives(str(tmp_path / "diary"), fails="setup raises")
    stage.placement = processes
    with pytest.raises(StageFailed, match="setup raised ZeroDivisionError"):
        await stage.start()
    assert stage.state == "closed"


async def test_limits_that_setup_sets_in_the_worker_hold_here(processes, tmp_path):
    stage = Lives(str(tmp_path / "diary"))
    stage.placement = processes
    async with stage:
        answers = await stage.map([1] * 9)
    assert max(size for _, size in answers) == 3


@pytest.mark.parametrize(
    "stage", [Serial(), type("Local", (Stage,), {"process": lambda self, batch: batch})()]
)
async def test_a_stage_that_cannot_leave_says_so_at_the_start_by_name(stage, processes):
    stage.placement = processes
    with pytest.raises(ContractViolation, match=f"{stage.label}.*cannot leave its process") as refused:
        await stage.start()
    assert refused.value.stage == stage.label
    assert "threads" in refused.value.hint
