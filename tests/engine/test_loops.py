"""A stage or pipeline belongs to the event loop in which it was opened: others are told, and an ended one is left."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from engine.probes import BOUND_S, Through, Watched, begun, bounded, threads, watched
from siseon.contracts import StageFailed
from siseon.engine import Pipeline, Stage

__all__ = ["watched"]

pytestmark = pytest.mark.usefixtures(bounded.__name__)

One = Stage[Any, Any] | Pipeline[Any, Any]


@pytest.fixture(params=["stage", "pipeline"])
def one(request: pytest.FixtureRequest, watched: Watched) -> One:
    """A stage, or the pipeline of one."""
    return watched if request.param == "stage" else Through(watched)


def in_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """In an event loop of its own, within bounds."""

    async def bounded_work() -> Any:
        async with asyncio.timeout(BOUND_S):
            return await work

    return asyncio.run(bounded_work())


async def torn_down(watched: Watched, before: set[threading.Thread]) -> bool:
    """Whether all that was set up is torn down, perhaps in a moment, and no more threads are left than ``before``."""
    async with asyncio.timeout(BOUND_S):
        while watched.teardowns < watched.setups or threads() - before:
            await asyncio.sleep(0.001)
    return watched.balance == (watched.setups, watched.setups, [])


def test_what_an_ended_loop_left_open_is_stopped_at_once_in_the_next(one, watched):
    before = threads()
    watched.stop_timeout_s = 10 * BOUND_S
    in_a_loop(one.start())
    in_a_loop(one.stop(drain_s=10 * BOUND_S))
    assert (one.state, watched.state if one is watched else "closed") == ("closed", "closed")
    assert in_a_loop(torn_down(watched, before))


def test_a_call_of_what_an_ended_loop_left_open_says_what_is_wrong(one, watched):
    async def call(timeout: float | None) -> None:
        with pytest.raises(StageFailed, match="another event loop"):
            await one(1, timeout=timeout)

    in_a_loop(one.start())
    in_a_loop(call(None))
    in_a_loop(call(60))
    in_a_loop(one.stop())


def test_what_an_ended_loop_left_open_is_started_again_in_the_next(one, watched):
    closing = threading.Event()
    tear_down = watched.teardown

    def slow_teardown() -> None:
        closing.wait(BOUND_S)
        tear_down()

    async def again() -> None:
        (starting,) = await begun(one.start())
        closing.set()  # the last of the first run ends only now
        await starting
        assert getattr(await one(1), "data", 1) == 1
        await one.stop()

    watched.teardown = slow_teardown  # type: ignore[method-assign]
    in_a_loop(one.start())
    in_a_loop(again())
    assert watched.balance == (2, 2, [])


async def elsewhere(work: Callable[[], Awaitable[Any]]) -> None:
    """Do something in another event loop beside this one, which is refused."""

    async def refused() -> None:
        with pytest.raises(StageFailed, match="runs in another event loop") as told:
            await work()
        assert told.value.hint

    await asyncio.to_thread(asyncio.run, refused())


async def test_another_loop_that_runs_may_neither_use_nor_start_nor_stop_it(one, watched):
    async with one:
        await elsewhere(lambda: one(1))
        await elsewhere(lambda: one(1, timeout=60))
        await elsewhere(one.start)
        await elsewhere(one.acquire)
        await elsewhere(one.stop)
        await elsewhere(one.stop)
        assert getattr(await one(1), "data", 1) == 1
    assert one.state == "closed"  # the refused ones have given nothing back
    assert watched.balance == (1, 1, [])


async def test_another_loop_that_runs_may_not_map_or_stream(watched):
    async def stream() -> None:
        async for _ in watched.stream([1]):
            pytest.fail("an outcome in the wrong loop")

    async with watched:
        await elsewhere(lambda: watched.map([1, 2]))
        await elsewhere(stream)
