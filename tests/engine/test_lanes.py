"""A lane that dies of what is not its batch's fault is served again; one that keeps dying hangs nobody."""

from __future__ import annotations

import asyncio

import pytest

from engine.probes import Held, bounded
from siseon.contracts import CapacityError, FailureCode
from siseon.engine.queue import ItemQueue
from siseon.engine.runtime import LIVES

pytestmark = pytest.mark.usefixtures(bounded.__name__)


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What ``take`` raises next, before it takes anything."""
    errors: list[BaseException] = []
    take = ItemQueue.take

    def broken(self: ItemQueue, bell: object) -> object:
        if errors and len(self):
            raise errors.pop()
        return take(self, bell)

    monkeypatch.setattr(ItemQueue, "take", broken)
    return errors


@pytest.mark.parametrize("error", [TypeError, SystemExit, KeyboardInterrupt])
async def test_a_lane_that_dies_is_served_again(error, faults, caplog):
    async with Held(gate=True) as stage:
        faults.append(error("a fault"))
        assert await stage(1) == 1
    assert "a fault" in caplog.text


async def test_a_lane_that_always_dies_fails_all_who_wait_and_takes_no_more(faults, caplog):
    stage = Held(gate=True)
    async with stage:
        faults += [TypeError("a fault") for _ in range(LIVES)]
        outcomes = await asyncio.gather(*map(stage, range(5)), stage.map(range(5)), return_exceptions=True)
        assert all(isinstance(told, CapacityError) for told in outcomes)
        assert {told.code for told in outcomes} == {FailureCode.shutting_down}
        with pytest.raises(CapacityError):
            await stage(1)
    assert not faults
    async with stage:
        assert await stage(1) == 1
