"""The one count of what is in flight."""

from __future__ import annotations

import asyncio

import pytest

from siseon.contracts import CapacityError
from siseon.hosting.flight import Flight


async def test_it_is_over_when_as_many_have_left_as_have_come() -> None:
    flight = Flight()
    await flight.over()
    flight.add(2)
    waiting = asyncio.create_task(flight.over())
    flight.add(-1)
    await asyncio.sleep(0)
    assert not waiting.done()
    flight.add(-1)
    await waiting
    assert flight.here == flight.everywhere() == 0


@pytest.mark.parametrize("where", ["door", "pipeline"])
async def test_a_drain_waits_for_the_door_and_for_every_pipeline(host, where) -> None:
    hosted = host(drain_s=60)
    await hosted.start()
    flight = hosted.door if where == "door" else hosted.served["inspection"].admission.flight
    flight.add(1)
    drained = asyncio.create_task(hosted.drain())
    for _ in range(10):
        await asyncio.sleep(0)
    assert not drained.done()
    with pytest.raises(CapacityError, match="shutting down"), hosted.accepted():
        pass
    flight.add(-1)
    await drained
    await hosted.stop()
