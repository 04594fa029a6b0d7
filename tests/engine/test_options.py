"""Options that cannot work stop the start and are named; they never hang a caller or burn a core later."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

from engine.probes import Held, Through, bounded, watched
from siseon.contracts import ContractViolation

__all__ = ["watched"]

pytestmark = pytest.mark.usefixtures(bounded.__name__)

WRONG: list[tuple[str, Any]] = [
    ("replicas", 0),
    ("replicas", -1),
    ("max_batch", 0),
    ("max_batch", -3),
    ("linger_ms", -1.0),
    ("linger_ms", math.nan),
    ("max_queue", 0),
    ("max_queue", -1),
    ("max_cost", 0.0),
    ("max_cost", -1.0),
    ("max_cost", math.nan),
    *((f"{which}_timeout_s", value) for which in ("start", "stop") for value in (None, "1", math.nan, 0, -1)),
]


@pytest.mark.parametrize(("option", "value"), WRONG)
async def test_a_wrong_option_stops_the_start_by_name_and_can_be_mended(option, value):
    stage = Held(gate=True)
    right = getattr(stage, option)
    setattr(stage, option, value)
    with pytest.raises(ContractViolation, match=option) as refused:
        await stage.start()
    assert refused.value.stage == "Held"
    setattr(stage, option, right)
    async with stage:
        assert await stage(1) == 1


@pytest.mark.parametrize(("option", "value"), WRONG)
async def test_a_wrong_option_that_setup_chose_stops_the_start_by_name(option, value):
    class Chooses(Held):
        def setup(self) -> None:
            setattr(self, option, value)

    pipeline = Through(Chooses(gate=True))
    with pytest.raises(ContractViolation, match=option) as refused:
        await pipeline.start()
    assert refused.value.stage == "only"


NO_SECONDS: list[Any] = [None, "x", math.nan, True, [1]]


@pytest.mark.parametrize("drain_s", NO_SECONDS)
@pytest.mark.parametrize("way", ["stage", "pipeline"])
async def test_a_stop_with_a_wrong_drain_is_refused_and_takes_nothing_back(way, drain_s, watched):
    one = watched if way == "stage" else Through(watched)
    await one.start()
    with pytest.raises(ContractViolation, match="drain_s"):
        await one.stop(drain_s=drain_s)
    assert (one.state, watched.state, watched.teardowns) == ("open", "open", 0)
    await one.stop()
    assert (one.state, watched.state, watched.teardowns) == ("closed", "closed", 1)


@pytest.mark.parametrize("drain_s", NO_SECONDS)
async def test_a_lease_released_with_a_wrong_drain_still_holds(drain_s, watched):
    lease = await watched.acquire()
    with pytest.raises(ContractViolation, match="drain_s"):
        await lease.release(drain_s)
    assert watched.state == "open"
    await lease.release()
    assert watched.balance == (1, 1, [])


@pytest.mark.parametrize("linger_ms", [1e13, 1e300])
async def test_an_item_may_linger_for_as_long_as_one_likes(linger_ms):
    stage = Held(gate=True)
    stage.linger_ms = linger_ms
    async with stage:
        assert await asyncio.gather(*map(stage, range(stage.max_batch))) == list(range(stage.max_batch))
    bell = stage.placement.bell()
    bell.ring()
    bell.wait(linger_ms / 1000)  # has rung: does not wait, and does not refuse to
