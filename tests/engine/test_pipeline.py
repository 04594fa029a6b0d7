"""Requests, deadlines, start and drain of whole pipelines."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from siseon.contracts import (
    CapacityError,
    ContractViolation,
    DeadlineExceeded,
    FailureCode,
    InputError,
    ModelError,
    ModelRef,
    StageFailed,
)
from siseon.engine import Batch, Pipeline, Stage, Trace, step, warn


class AddOne(Stage[int, int]):
    def process(self, batch: Sequence[int]) -> Sequence[int]:
        return [number + 1 for number in batch]

    def models(self) -> Sequence[ModelRef]:
        return [ModelRef(name="adder", version="1", sha256="0" * 64)]


class Chain(Pipeline[int, int]):
    def __init__(self) -> None:
        self.first = AddOne()
        self.second = AddOne()

    async def run(self, item: int) -> int:
        with step("check"):
            if item < 0:
                raise InputError("negative")
        return await self.second(await self.first(item))


async def test_a_result_carries_data_models_timings_and_trace():
    seen: list[Trace] = []
    pipeline = Chain()
    pipeline.on_trace = seen.append
    async with pipeline:
        result = await pipeline(1, trace=Trace("a" * 32))
    assert result.data == 3
    assert result.trace_id == "a" * 32
    assert [ref.name for ref in result.models] == ["adder"]
    assert [timing.stage for timing in result.timings] == ["check", "first", "second"]
    assert result.degraded == []
    assert seen[0].outcome == "ok"
    assert seen[0].stages() == ["check", "first", "second"]


async def test_stages_are_named_after_their_attributes():
    assert list(Chain().stages()) == ["first", "second"]


async def test_stages_in_lists_dicts_and_nested_pipelines_are_found():
    class Outer(Pipeline[int, int]):
        def __init__(self) -> None:
            self.inner = Chain()
            self.more = [AddOne(), AddOne()]
            self.by_kind = {"fast": AddOne()}

        async def run(self, item: int) -> int:
            total = await self.inner.run(item)
            for stage in (*self.more, *self.by_kind.values()):
                total = await stage(total)
            return total

    async with Outer() as pipeline:
        assert (await pipeline(0)).data == 5
        assert list(pipeline.stages()) == ["inner.first", "inner.second", "more.0", "more.1", "by_kind.fast"]


async def test_stages_with_names_of_their_own_are_told_apart_by_their_pipeline():
    class Outer(Chain):
        def __init__(self) -> None:
            super().__init__()
            self.inner = Chain()
            self.inner.first.name = self.first.name = "decode"

    pipeline = Outer()
    assert list(pipeline.stages()) == ["decode", "second", "inner.decode", "inner.second"]
    assert list(pipeline.stages()) == ["decode", "second", "inner.decode", "inner.second"]


async def test_a_stage_shared_with_a_nested_pipeline_is_one_stage():
    class Outer(Chain):
        def __init__(self) -> None:
            super().__init__()
            self.inner = Chain()
            self.inner.first = self.first

    assert list(Outer().stages()) == ["first", "second", "inner.second"]


async def test_two_stages_of_one_name_stop_the_start():
    pipeline = Chain()
    pipeline.first.name = pipeline.second.name = "same"
    with pytest.raises(ContractViolation, match="'same'"):
        await pipeline.start()


async def test_a_stage_shared_by_two_pipelines_runs_until_both_have_stopped():
    one, two = Chain(), Chain()
    two.first = one.first
    await one.start()
    await two.start()
    await one.stop()
    assert (await two(0)).data == 2
    await two.stop()
    with pytest.raises(StageFailed):
        await one.first(0)


async def test_setup_may_choose_the_batch_size(double):
    class Chooses(type(double)):  # type: ignore[misc]
        def setup(self) -> None:
            self.max_batch = 3
            self.linger_ms = 60_000

    stage = Chooses()
    async with stage:
        await asyncio.gather(stage(1), stage(2), stage(3))
    assert stage.batches == [[1, 2, 3]]


async def test_pipelines_that_start_together_share_one_setup():
    setups: list[int] = []

    class Loaded(AddOne):
        def setup(self) -> None:
            setups.append(1)

    one, two = Chain(), Chain()
    one.first = two.first = Loaded()
    await asyncio.gather(one.start(), two.start())
    assert (await one(0)).data == (await two(0)).data == 2
    await one.stop()
    await two.stop()
    assert setups == [1]


async def test_setup_of_all_stages_happens_before_the_first_request():
    order: list[str] = []

    class Loaded(AddOne):
        def setup(self) -> None:
            order.append("setup")

        def teardown(self) -> None:
            order.append("teardown")

        def process(self, batch: Sequence[int]) -> Sequence[int]:
            order.append("process")
            return super().process(batch)

    pipeline = Chain()
    pipeline.first, pipeline.second = Loaded(), Loaded()
    async with pipeline:
        assert order == ["setup", "setup"]
        await pipeline(0)
    assert order == ["setup", "setup", "process", "process", "teardown", "teardown"]


async def test_a_stage_that_can_not_load_stops_the_start_and_what_had_started():
    class NoWeights(AddOne):
        def setup(self) -> None:
            raise ModelError("weights of 'x' are missing", code=FailureCode.model_not_found)

    pipeline = Chain()
    pipeline.second = NoWeights()
    with pytest.raises(ModelError, match="missing") as failed:
        await pipeline.start()
    assert failed.value.stage == "second"
    with pytest.raises(StageFailed):
        await pipeline.first(1)
    with pytest.raises(CapacityError):
        await pipeline(1)


async def test_a_foreign_exception_in_setup_is_named():
    class Broken(AddOne):
        def setup(self) -> None:
            raise OSError("no disk")

    pipeline = Chain()
    pipeline.first = Broken()
    with pytest.raises(StageFailed, match="OSError: no disk"):
        await pipeline.start()


async def test_a_pipeline_that_was_not_entered_says_so():
    with pytest.raises(CapacityError) as refused:
        await Chain()(1)
    assert "async with" in (refused.value.hint or "")


async def test_named_failures_pass_through_and_others_become_stage_failed(caplog):
    class Buggy(Chain):
        async def run(self, item: int) -> int:
            if item:
                return await super().run(item)
            raise KeyError("missing")

    traces: list[Trace] = []
    pipeline = Buggy()
    pipeline.on_trace = traces.append
    async with pipeline:
        with pytest.raises(InputError):
            await pipeline(-1)
        with pytest.raises(StageFailed, match="KeyError"):
            await pipeline(0)
    assert [trace.outcome for trace in traces] == ["invalid_input", "stage_failed"]


async def test_the_deadline_ends_a_run_that_waits_outside_any_stage():
    class Sleeps(Chain):
        async def run(self, item: int) -> int:
            await asyncio.Event().wait()
            return item

    async with Sleeps() as pipeline:
        with pytest.raises(DeadlineExceeded) as late:
            await pipeline(1, timeout=0.01)
    assert late.value.stage is None


async def test_a_timeout_error_of_the_run_itself_is_not_taken_for_the_deadline(caplog):
    class OwnTimeout(Chain):
        async def run(self, item: int) -> int:
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
            return item

    async with OwnTimeout() as pipeline:
        with pytest.raises(StageFailed, match="TimeoutError"):
            await pipeline(1, timeout=60)


async def test_a_late_optional_stage_leaves_a_result_that_says_so(gated):
    class Optional(Pipeline[int, list[int | None]]):
        def __init__(self) -> None:
            self.classify = gated

        async def run(self, item: int) -> list[int | None]:
            return await self.classify.map([item, item], timeout=0.01, fallback=None)

    async with Optional() as pipeline:
        result = await pipeline(1)
        gated.gate.set()
    assert result.data == [None, None]
    assert result.degraded == ["classify: deadline_exceeded"]


async def test_warnings_reach_the_result_once():
    class Warns(Chain):
        async def run(self, item: int) -> int:
            warn("profile ignored")
            warn("profile ignored")
            return item

    async with Warns() as pipeline:
        assert (await pipeline(1)).warnings == ["profile ignored"]


async def test_more_requests_than_max_in_flight_are_refused(gated, until):
    class Narrow(Pipeline[int, int]):
        max_in_flight = 1

        def __init__(self) -> None:
            self.only = gated

        async def run(self, item: int) -> int:
            return await self.only(item)

    async with Narrow() as pipeline:
        first = asyncio.ensure_future(pipeline(1))
        await until(lambda: gated.batches)
        with pytest.raises(CapacityError) as refused:
            await pipeline(2)
        gated.gate.set()
        assert (await first).data == 1
    assert refused.value.code is FailureCode.overloaded


async def test_leaving_the_block_finishes_accepted_requests(gated, until):
    class Then(Pipeline[int, int]):
        def __init__(self) -> None:
            self.first = gated
            self.second = AddOne()

        async def run(self, item: int) -> int:
            return await self.second(await self.first(item))

    pipeline = Then()
    await pipeline.start()
    accepted = asyncio.ensure_future(pipeline(1))
    await until(lambda: gated.batches)
    stopping = asyncio.ensure_future(pipeline.stop())
    await asyncio.sleep(0)
    with pytest.raises(CapacityError):
        await pipeline(2)
    gated.gate.set()
    await stopping
    assert (await accepted).data == 2


async def test_a_cancelled_request_cancels_its_stage_calls(gated, until):
    class One(Pipeline[int, int]):
        def __init__(self) -> None:
            self.only = gated

        async def run(self, item: int) -> int:
            return await self.only(item)

    traces: list[Trace] = []
    pipeline = One()
    pipeline.on_trace = traces.append
    async with pipeline:
        running = asyncio.ensure_future(pipeline(1))
        await until(lambda: gated.batches)
        gone = asyncio.ensure_future(pipeline(2))
        await until(lambda: gated.statistics().waiting)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert gated.statistics().waiting == 0
        gated.gate.set()
        await running
    assert [trace.outcome for trace in traces] == ["cancelled", "ok"]
    assert [span.outcome for span in traces[0].spans] == ["cancelled"]


async def test_a_pipeline_can_be_started_again():
    pipeline, before = Chain(), set(threading.enumerate())
    for _ in range(2):
        async with pipeline:
            assert (await pipeline(0)).data == 2
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if thread.name.startswith("siseon-")]


async def test_parameters_of_a_request_reach_run():
    class Adds(Pipeline[int, int]):
        async def run(self, item: int, *, more: int = 0) -> int:
            return item + more

    async with Adds() as pipeline:
        assert (await pipeline(1)).data == 1
        assert (await pipeline(1, parameters={"more": 5})).data == 6


async def test_a_batch_is_told_once_with_the_traces_of_all_its_requests(until):
    class Slow(Stage[int, int]):
        max_batch = 8

        def process(self, batch: Sequence[int]) -> Sequence[int]:
            taken.set()
            assert go_on.wait(30)
            return batch

    class One(Pipeline[int, int]):
        def __init__(self) -> None:
            self.slow = Slow()

        async def run(self, item: int) -> int:
            return await self.slow(item)

    taken, go_on = threading.Event(), threading.Event()
    batches: list[Batch] = []
    async with One() as pipeline:
        pipeline.on_batch = batches.append
        first = asyncio.create_task(pipeline(0))
        await until(taken.is_set)  # the replica has it, and is held there
        rest = [asyncio.create_task(pipeline(n)) for n in (1, 2)]
        await until(lambda: pipeline.slow.statistics().waiting == 2)
        go_on.set()
        results = await asyncio.gather(first, *rest)
    assert [batch.size for batch in batches] == [1, 2]
    assert {trace.trace_id for trace in batches[1].requests} == {result.trace_id for result in results[1:]}
