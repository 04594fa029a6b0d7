"""Times as callers give them: any number of seconds is one, whatever its type; what is none is refused by name."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from engine.probes import Held, Through, bounded
from siseon.contracts import ContractViolation, DeadlineExceeded
from siseon.engine import Pipeline, clock

pytestmark = pytest.mark.usefixtures(bounded.__name__)

Ask = Callable[["Outer", Any], Awaitable[Any]]


class Outer(Pipeline[Any, Any]):
    """Gives its item to a nested pipeline as the time that that one has."""

    def __init__(self) -> None:
        self.stage = Held(gate=True)
        self.part = Through(self.stage)

    async def run(self, item: Any) -> Any:
        return (await self.part(1, timeout=item)).data


async def of_a_call(outer: Outer, timeout: Any) -> Any:
    return await outer.stage(1, timeout=timeout)


async def of_a_map(outer: Outer, timeout: Any) -> Any:
    return (await outer.stage.map([1], timeout=timeout))[0]


async def of_a_stream(outer: Outer, timeout: Any) -> Any:
    (outcome,) = [outcome async for _, outcome in outer.stage.stream([1], timeout=timeout)]
    return outcome


async def of_a_request(outer: Outer, timeout: Any) -> Any:
    return (await outer(None, timeout=timeout)).data


async def of_a_part(outer: Outer, timeout: Any) -> Any:
    return (await outer(timeout)).data


WAYS: list[Ask] = [of_a_call, of_a_map, of_a_stream, of_a_request, of_a_part]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def ask(request: pytest.FixtureRequest) -> Ask:
    way: Ask = request.param
    return way


@pytest.mark.parametrize(
    "timeout", [60, np.float32(60), np.float64(60), np.int64(60), Decimal(60), Fraction(60), math.inf, 1e300]
)
async def test_any_number_of_seconds_is_a_timeout(ask, timeout):
    async with Outer() as outer:
        assert await ask(outer, timeout) == 1


@pytest.mark.parametrize("timeout", [math.nan, np.float32(math.nan), Decimal("nan"), "1", [1], True])
async def test_what_is_no_number_of_seconds_is_refused_by_name(ask, timeout):
    async with Outer() as outer:
        with pytest.raises(ContractViolation, match="timeout"):
            await ask(outer, timeout)
        assert await outer.stage(1) == 1


@pytest.mark.parametrize("timeout", [0, -1, -math.inf])
async def test_no_time_at_all_is_too_late(timeout):
    async with Outer() as outer:
        outer.stage.gate.clear()
        with pytest.raises(DeadlineExceeded):
            await outer.stage(1, timeout=timeout)
        outer.stage.gate.set()


async def test_a_short_float_loses_nothing_however_long_the_machine_is_up(ask, monkeypatch):
    now = time.monotonic
    ahead = 2.0**30 + 1 - now()  # where neighbours of single precision are 128 s apart
    monkeypatch.setattr(clock, "now", lambda: now() + ahead)
    async with Outer() as outer:
        assert await ask(outer, np.float32(50)) == 1
