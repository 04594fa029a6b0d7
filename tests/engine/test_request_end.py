"""When a request ends, all of it ends: its work, its groups of failures, its trace; and watchers harm nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from engine.probes import Held, Through, bounded
from siseon.contracts import DeadlineExceeded, FailureCode, InputError, SiseonError, StageFailed
from siseon.engine import Batch, Pipeline, Stage, Trace

pytestmark = pytest.mark.usefixtures(bounded.__name__)


class Two(Pipeline[Any, Any]):
    """A held stage that runs one item at a time, and one that is quick; ``run`` is the test's."""

    def __init__(self, run: Callable[[Two], Any]) -> None:
        self.held, self.quick = Held(), Held(gate=True)
        self.held.max_batch = 1
        self.chosen = run
        self.left: list[asyncio.Task[Any]] = []
        self.traces: list[Trace] = []
        self.on_trace = self.traces.append

    async def run(self, item: Any) -> Any:
        return await self.chosen(self)

    async def __aexit__(self, *error: object) -> None:
        self.held.gate.set()
        await super().__aexit__(*error)

    async def until_many_wait(self) -> None:
        while not (self.held.batches and self.held.statistics().waiting):
            await asyncio.sleep(0.001)


async def gathers(pipeline: Two) -> Any:
    async def fails() -> int:
        await pipeline.until_many_wait()
        return await pipeline.quick(-1)

    return await asyncio.gather(pipeline.held.map(range(10)), fails())


async def leaves_a_task(pipeline: Two) -> Any:
    pipeline.left.append(asyncio.ensure_future(pipeline.held.map(range(10))))
    await pipeline.until_many_wait()
    return "done"


async def leaves_a_stream(pipeline: Two) -> Any:
    async def read() -> None:
        async for _ in pipeline.held.stream(range(10)):
            pass

    pipeline.left.append(asyncio.ensure_future(read()))
    await pipeline.until_many_wait()
    raise InputError("enough")


async def leaves_a_task_and_raises(pipeline: Two) -> Any:
    await leaves_a_task(pipeline)
    raise KeyError("a fault in run")


async def leaves_a_task_and_is_late(pipeline: Two) -> Any:
    await leaves_a_task(pipeline)
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    "run", [gathers, leaves_a_task, leaves_a_stream, leaves_a_task_and_raises, leaves_a_task_and_is_late]
)
async def test_when_run_ends_all_that_the_request_still_has_queued_is_dropped(run, until, caplog):
    async with Two(run) as pipeline:
        (outcome,) = await asyncio.gather(pipeline(1, timeout=1.0), return_exceptions=True)
        assert pipeline.held.statistics().waiting == 0
        await until(lambda: all(task.done() for task in pipeline.left))
        pipeline.held.gate.set()
        assert await pipeline.held(77) == 77
        await asyncio.wait(pipeline.left) if pipeline.left else None
    assert isinstance(outcome, SiseonError) or outcome.data == "done"
    assert pipeline.held.seen == [0, 77]


async def test_a_cancelled_request_drops_what_its_tasks_have_queued(until):
    async with Two(leaves_a_task_and_is_late) as pipeline:
        request = asyncio.ensure_future(pipeline(1))
        await until(lambda: pipeline.held.statistics().waiting == 9)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        assert pipeline.held.statistics().waiting == 0


async def test_a_task_that_outlives_its_request_gets_no_more_work_done(until):
    go_on = asyncio.Event()

    async def later(pipeline: Two) -> None:
        await go_on.wait()
        await pipeline.quick(5)

    async def leaves(pipeline: Two) -> Any:
        pipeline.left.append(asyncio.ensure_future(later(pipeline)))
        return "done"

    async with Two(leaves) as pipeline:
        assert (await pipeline(1)).data == "done"
        go_on.set()
        (outcome,) = await asyncio.gather(*pipeline.left, return_exceptions=True)
    assert isinstance(outcome, SiseonError | asyncio.CancelledError)
    assert pipeline.quick.seen == []


def group_of(*errors: BaseException) -> Callable[[Two], Any]:
    async def run(pipeline: Two) -> Any:
        async def fail(error: BaseException) -> None:
            raise error

        async with asyncio.TaskGroup() as group:
            for error in errors:
                group.create_task(fail(error))

    return run


async def test_named_failures_in_a_group_come_out_as_the_first_of_them():
    async with Two(group_of(InputError("the first"), DeadlineExceeded("the second"))) as pipeline:
        with pytest.raises(InputError, match="the first"):
            await pipeline(1)
    assert pipeline.traces[0].outcome == "invalid_input"


async def test_named_failures_in_groups_of_groups_come_out_too():
    async def nested(pipeline: Two) -> Any:
        async with asyncio.TaskGroup() as group:
            group.create_task(group_of(InputError("deep"))(pipeline))

    async with Two(nested) as pipeline:
        with pytest.raises(InputError, match="deep"):
            await pipeline(1)


async def test_a_stage_s_failure_in_a_group_names_its_stage():
    async def run(pipeline: Two) -> Any:
        async with asyncio.TaskGroup() as group:
            group.create_task(pipeline.quick(1))
            group.create_task(pipeline.quick(-1))

    async with Two(run) as pipeline:
        with pytest.raises(InputError) as failed:
            await pipeline(1)
    assert failed.value.stage == "quick"


async def test_a_group_with_a_foreign_failure_is_a_fault_of_the_pipeline(caplog):
    async with Two(group_of(KeyError("foreign"))) as pipeline:
        with pytest.raises(StageFailed):
            await pipeline(1)
    async with Two(group_of(InputError("named"), KeyError("foreign"))) as pipeline:
        with pytest.raises(SiseonError):
            await pipeline(1)


async def test_a_late_request_with_a_group_is_late_and_nothing_else():
    async def run(pipeline: Two) -> Any:
        async with asyncio.TaskGroup() as group:
            group.create_task(pipeline.held.map([1, 2, 3]))

    async with Two(run) as pipeline:
        with pytest.raises(DeadlineExceeded) as late:
            await pipeline(1, timeout=0.05)
        assert pipeline.held.statistics().waiting == 0
    assert late.value.stage == "held"


@pytest.mark.parametrize("items", [[1], [1, 2, 3]], ids=["inside process", "inside process and queued"])
async def test_the_trace_of_a_late_request_names_the_stage_that_was_late(items):
    async def run(pipeline: Two) -> Any:
        await pipeline.quick(1)
        return await pipeline.held.map(items)

    async with Two(run) as pipeline:
        with pytest.raises(DeadlineExceeded) as late:
            await pipeline(1, timeout=1.0)  # in which the first stage is done
        trace = pipeline.traces[0]
        assert trace.outcome == "deadline_exceeded"
        assert {span.outcome for span in trace.spans if span.stage == "held"} == {"deadline_exceeded"}
        assert sum(span.items for span in trace.spans if span.stage == "held") == len(items)
        assert [span.outcome for span in trace.spans if span.stage == "quick"] == ["ok"]
    assert late.value.stage == "held"


async def test_the_trace_of_a_request_that_was_late_in_a_queue_names_that_stage(until):
    stage = Held()
    traces: list[Trace] = []
    async with Through(stage) as pipeline:
        pipeline.on_trace = traces.append
        plug = asyncio.ensure_future(pipeline(0))
        await until(lambda: stage.batches)
        with pytest.raises(DeadlineExceeded):
            await pipeline(1, timeout=0.05)
        assert [(span.stage, span.outcome) for span in traces[0].spans] == [("only", "deadline_exceeded")]
        stage.gate.set()
        await plug


async def test_a_trace_does_not_change_after_it_was_handed_out(until):
    stage = Held()
    traces: list[Trace] = []
    async with Through(stage) as pipeline:
        pipeline.on_trace = traces.append
        with pytest.raises(DeadlineExceeded):
            await pipeline(1, timeout=0.05)
        told = list(traces[0].spans)
        stage.gate.set()
        assert (await pipeline(2)).data == 2
        assert traces[0].spans == told


def breaks(*_: object) -> None:
    raise RuntimeError("the watcher is broken")


@pytest.mark.parametrize("item", [1, -1])
async def test_an_on_trace_that_raises_changes_no_outcome(item, caplog):
    pipeline = Through(Held(gate=True))
    pipeline.on_trace = breaks
    async with pipeline:
        for _ in range(3):
            (outcome,) = await asyncio.gather(pipeline(item), return_exceptions=True)
            assert isinstance(outcome, InputError) if item < 0 else outcome.data == item
    assert "the watcher is broken" in caplog.text


async def test_an_on_batch_that_raises_changes_no_outcome(caplog):
    stage = Held(gate=True)
    stage.max_batch = 2
    async with Through(stage) as pipeline:
        pipeline.on_batch = breaks
        results = await asyncio.gather(*map(pipeline, range(9)))
        assert [result.data for result in results] == list(range(9))
        assert stage.statistics().outcomes == {"ok": 9}
    assert "the watcher is broken" in caplog.text
    assert any(record.name.startswith("siseon") for record in caplog.records)


async def test_an_on_trace_that_calls_the_pipeline_again_is_served(until):
    stage = Held(gate=True)
    again: list[asyncio.Task[Any]] = []

    def repeat(trace: Trace) -> None:
        if len(again) < 3:
            again.append(asyncio.ensure_future(pipeline(2)))

    pipeline = Through(stage)
    pipeline.on_trace = repeat
    async with pipeline:
        await pipeline(1)
        await until(lambda: len(again) == 3 and all(task.done() for task in again))
    assert stage.seen == [1, 2, 2, 2]


async def test_a_batch_of_two_requests_of_which_one_failed_is_told_once(until):
    class Returns(Stage[int, int]):
        max_batch = 2
        linger_ms = 60_000

        def process(self, batch: Sequence[int]) -> Sequence[Any]:
            return [InputError("refused") if item < 0 else item for item in batch]

    batches: list[Batch] = []
    async with Through(Returns()) as pipeline:
        pipeline.on_batch = batches.append
        outcomes = await asyncio.gather(pipeline(1), pipeline(-1), return_exceptions=True)
    assert outcomes[0].data == 1
    assert outcomes[1].code is FailureCode.invalid_input
    assert [batch.size for batch in batches] == [2]
