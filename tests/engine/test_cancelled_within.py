"""What ``run`` or a listener cancels itself is not a cancelled caller: each request has an outcome with a name."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from engine.probes import Held, bounded
from siseon.contracts import StageFailed
from siseon.engine import Pipeline, Trace

pytestmark = pytest.mark.usefixtures(bounded.__name__)


class Cancels(Pipeline[str, int]):
    """Meets a cancellation of its own making, in the way that its item names."""

    def __init__(self) -> None:
        self.stage = Held(gate=True)

    async def run(self, item: str) -> int:
        match item:
            case "task":
                task = asyncio.ensure_future(asyncio.Event().wait())
                task.cancel()
                await task
            case "future":
                future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                future.cancel()
                await future
            case "raised":
                raise asyncio.CancelledError
            case "group":
                raise BaseExceptionGroup("of", [asyncio.CancelledError()])
            case "waits":
                await asyncio.Event().wait()
        return await self.stage(1)


@pytest.mark.parametrize("item", ["task", "future", "raised", "group"])
async def test_a_run_that_awaits_something_cancelled_fails_by_name(item, caplog):
    traces: list[Trace] = []
    pipeline = Cancels()
    pipeline.on_trace = traces.append
    async with pipeline:
        async with asyncio.TaskGroup() as group:  # takes a cancelled child for one that nobody asks about
            request = group.create_task(outcome(pipeline, item))
        assert isinstance(request.result(), StageFailed)
        assert (await pipeline("well")).data == 1
    assert [trace.outcome for trace in traces] == ["stage_failed", "ok"]


async def outcome(pipeline: Cancels, item: str) -> Any:
    """The result, or the failure as a value."""
    try:
        return await pipeline(item)
    except StageFailed as failed:
        return failed


async def test_a_caller_that_is_cancelled_is_cancelled(until):
    async with Cancels() as pipeline:
        request = asyncio.ensure_future(pipeline("waits"))
        for _ in range(10):
            await asyncio.sleep(0)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        assert request.cancelled()


async def test_an_on_trace_that_raises_a_cancellation_changes_no_outcome(caplog):
    def cancelled(trace: Trace) -> None:
        raise asyncio.CancelledError

    pipeline = Cancels()
    pipeline.on_trace = cancelled
    async with pipeline:
        assert (await pipeline("well")).data == 1
