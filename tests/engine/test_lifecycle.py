"""The life of one stage: who holds it, what a cancelled or failed start or stop leaves, and that all of it ends."""

from __future__ import annotations

import asyncio

import pytest

from engine.probes import begun, bounded, watched
from siseon.contracts import SiseonError

__all__ = ["watched"]

pytestmark = pytest.mark.usefixtures(bounded.__name__)


async def test_a_stage_goes_through_its_states_in_their_order(watched):
    states = [watched.state]
    watched.loading.clear()
    (starting,) = await begun(watched.start())
    states.append(watched.state)
    watched.loading.set()
    await starting
    states.append(watched.state)
    watched.gate.clear()
    (call,) = await begun(watched(1))
    (stopping,) = await begun(watched.stop())
    states.append(watched.state)
    watched.gate.set()
    await stopping
    states.append(watched.state)
    assert await call == 1
    assert states == ["new", "starting", "open", "draining", "closed"]


async def test_a_cancelled_start_is_undone_when_nobody_else_holds_the_stage(watched, until):
    watched.loading.clear()
    (starting,) = await begun(watched.start())
    await until(lambda: watched.setups)
    starting.cancel()
    await until(starting.done)  # at once: it does not wait for the load
    assert starting.cancelled()
    watched.loading.set()
    await until(lambda: watched.state == "closed")
    assert watched.balance == (1, 1, [])
    async with watched:
        assert await watched(1) == 1
    assert watched.balance == (2, 2, [])


async def test_a_start_right_after_a_cancelled_one_is_served(watched, until):
    watched.loading.clear()
    (starting,) = await begun(watched.start())
    await until(lambda: watched.setups)
    starting.cancel()
    (again,) = await begun(watched.start())
    watched.loading.set()
    await again
    assert await watched(1) == 1
    assert watched.state == "open"
    await watched.stop()
    assert watched.setups == watched.teardowns
    assert watched.state == "closed"


@pytest.mark.parametrize("cancelled", [0, 1, 2])
async def test_of_those_who_start_together_one_may_go(cancelled, watched, until):
    watched.loading.clear()
    starting = await begun(watched.start(), watched.start(), watched.start())
    await until(lambda: watched.setups)
    starting[cancelled].cancel()
    await asyncio.wait([starting[cancelled]])
    watched.loading.set()
    outcomes = await asyncio.gather(*starting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(asyncio.CancelledError) == 1
    assert await watched(1) == 1
    await watched.stop()
    assert await watched(2) == 2  # two hold it
    await watched.stop()
    assert watched.state == "closed"
    assert watched.balance == (1, 1, [])


async def test_all_who_start_together_may_go(watched, until):
    watched.loading.clear()
    starting = await begun(watched.start(), watched.start())
    await until(lambda: watched.setups)
    for start in starting:
        start.cancel()
    await asyncio.wait(starting)
    watched.loading.set()
    await until(lambda: watched.state == "closed")
    assert watched.balance == (1, 1, [])


async def test_a_stop_during_the_load_ends_the_stage(watched, until):
    watched.loading.clear()
    (starting,) = await begun(watched.start())
    await until(lambda: watched.setups)
    (stopping,) = await begun(watched.stop())
    watched.loading.set()
    await stopping
    await asyncio.wait([starting])
    await until(lambda: watched.state == "closed")
    assert watched.balance == (1, 1, [])
    with pytest.raises(SiseonError):
        await watched(1)


async def test_a_stop_during_the_load_leaves_the_stage_to_another_holder(watched, until):
    watched.loading.clear()
    starting = await begun(watched.start(), watched.start())
    await until(lambda: watched.setups)
    (stopping,) = await begun(watched.stop())
    watched.loading.set()
    await asyncio.wait([stopping, *starting])
    assert await watched(1) == 1
    await watched.stop()
    assert watched.state == "closed"
    assert watched.balance == (1, 1, [])


async def test_a_stop_before_the_start_does_nothing(watched):
    await watched.stop()
    assert watched.state == "new"
    async with watched:
        assert await watched(1) == 1
    assert watched.balance == (1, 1, [])


async def test_a_second_stop_does_nothing(watched):
    await watched.start()
    await watched.stop()
    await watched.stop()
    assert watched.state == "closed"
    await watched.start()
    assert await watched(1) == 1
    await watched.stop()
    assert watched.balance == (2, 2, [])


async def test_a_stop_while_another_drains_waits_for_it(watched, until):
    await watched.start()
    watched.gate.clear()
    (call,) = await begun(watched(1))
    await until(lambda: watched.inside)
    stops = await begun(watched.stop(), watched.stop(), watched.stop())
    assert not any(stop.done() for stop in stops)
    watched.gate.set()
    await asyncio.gather(*stops)
    assert await call == 1
    assert watched.state == "closed"
    assert watched.balance == (1, 1, [])


async def test_a_stage_is_open_until_its_last_holder_has_stopped_it(watched):
    for _ in range(3):
        await watched.start()
    for _ in range(2):
        await watched.stop()
        assert watched.state == "open"
        assert await watched(1) == 1
    await watched.stop()
    assert watched.state == "closed"
    assert watched.balance == (1, 1, [])


async def test_a_start_while_the_stage_drains_waits_and_starts_anew(watched, until):
    await watched.start()
    watched.gate.clear()
    (call,) = await begun(watched(1))
    await until(lambda: watched.inside)
    (stopping,) = await begun(watched.stop())
    (starting,) = await begun(watched.start())
    assert not starting.done()
    watched.gate.set()
    await asyncio.gather(stopping, starting)
    assert await call == 1
    assert watched.state == "open"
    assert await watched(2) == 2
    assert watched.balance == (2, 1, [])
    await watched.stop()
    assert watched.balance == (2, 2, [])


async def test_a_cancelled_start_while_the_stage_drains_leaves_it_closed(watched, until):
    await watched.start()
    watched.gate.clear()
    (call,) = await begun(watched(1))
    await until(lambda: watched.inside)
    (stopping,) = await begun(watched.stop())
    (starting,) = await begun(watched.start())
    starting.cancel()
    await asyncio.wait([starting])
    watched.gate.set()
    await stopping
    assert await call == 1
    await until(lambda: watched.state == "closed")
    assert watched.setups == watched.teardowns


async def test_a_cancelled_stop_goes_on_by_itself(watched, until):
    await watched.start()
    watched.gate.clear()
    (call,) = await begun(watched(1))
    await until(lambda: watched.inside)
    (stopping,) = await begun(watched.stop())
    stopping.cancel()
    await until(stopping.done)  # at once
    watched.gate.set()
    assert await call == 1
    await until(lambda: watched.state == "closed")
    assert watched.balance == (1, 1, [])


async def test_starts_and_stops_at_the_same_moment_end(watched, until):
    for _ in range(30):
        await asyncio.gather(*(turn() for turn in [watched.start, watched.stop] * 5), return_exceptions=True)
        while watched.state not in {"new", "closed"}:
            await watched.stop()
            await asyncio.sleep(0)
    await until(lambda: watched.setups == watched.teardowns)
    async with watched:
        assert await watched(1) == 1
