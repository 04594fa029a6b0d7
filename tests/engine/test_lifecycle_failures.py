"""What a setup or teardown that raises does to a stage's life, and what a stage that is not open answers."""

from __future__ import annotations

import asyncio

import pytest

from engine.probes import begun, bounded, threads, watched
from siseon.contracts import CapacityError, InputError, StageFailed

__all__ = ["watched"]

pytestmark = pytest.mark.usefixtures(bounded.__name__)


@pytest.mark.parametrize("error", [ValueError, InputError, SystemExit])
async def test_a_setup_that_raises_fails_all_who_wait_for_the_start(error, watched, until, caplog):
    watched.setup_errors.append(error("no weights"))
    watched.loading.clear()
    starting = await begun(watched.start(), watched.start(), watched.start())
    await until(lambda: watched.setups)
    watched.loading.set()
    outcomes = await asyncio.gather(*starting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [InputError if error is InputError else StageFailed] * 3
    assert all(outcome.stage == "Watched" for outcome in outcomes)
    assert watched.state in {"new", "closed"}
    assert watched.setups == 1
    with pytest.raises(StageFailed):
        await watched(1)


async def test_a_stage_whose_setup_raised_can_be_started_again(watched, caplog):
    watched.setup_errors.append(ValueError("not yet"))
    with pytest.raises(StageFailed, match="not yet"):
        await watched.start()
    await watched.stop()  # nobody holds it: does nothing
    async with watched:
        assert await watched(1) == 1
    assert watched.state == "closed"
    assert watched.faults == []


async def test_a_teardown_that_raises_is_named_after_all_is_closed(watched, caplog):
    watched.teardown_errors.append(ValueError("no device"))
    await watched.start()
    with pytest.raises(StageFailed, match="no device") as failed:
        await watched.stop()
    assert failed.value.stage == "Watched"
    assert watched.state == "closed"
    async with watched:
        assert await watched(1) == 1


@pytest.mark.parametrize("when", ["new", "closed", "starting"])
async def test_a_call_of_a_stage_that_is_not_running_says_how_to_run_it(when, watched, until):
    starting = []
    if when == "closed":
        async with watched:
            pass
    if when == "starting":
        watched.loading.clear()
        starting = await begun(watched.start())
    for call in (lambda: watched(1), lambda: watched.map([1, 2])):
        with pytest.raises(StageFailed) as failed:
            await call()
        assert "async with" in (failed.value.hint or "")
        assert failed.value.stage == "Watched"
    watched.loading.set()
    await asyncio.gather(*starting)
    await watched.stop()


async def test_a_call_of_a_stage_that_drains_is_told_so(watched, until):
    await watched.start()
    watched.gate.clear()
    (call,) = await begun(watched(1))
    await until(lambda: watched.inside)
    (stopping,) = await begun(watched.stop())
    with pytest.raises(CapacityError) as refused:
        await watched(2)
    assert refused.value.failure().retryable
    watched.gate.set()
    await asyncio.gather(call, stopping)


async def test_the_threads_of_a_stage_end_with_it(watched):
    before = threads()
    watched.replicas = 3
    async with watched:
        assert len(threads() - before) >= 3
        await watched.map(range(20))
    assert threads() <= before


def test_a_stage_may_live_in_one_event_loop_after_the_other(watched):
    async def live() -> int:
        async with watched:
            return await watched(1)

    assert [asyncio.run(live()) for _ in range(3)] == [1, 1, 1]
    assert watched.balance == (3, 3, [])
