"""The time of a request, all its parts included."""

from __future__ import annotations

import asyncio
import time

import pytest

from siseon.contracts import DeadlineExceeded
from siseon.hosting.deadline import Allowance


async def test_what_takes_longer_than_is_left_ends_with_its_name():
    allowance = Allowance(0.02)
    with pytest.raises(DeadlineExceeded) as late:
        async with allowance.spent_on("fetch"):
            await asyncio.Event().wait()
    assert late.value.stage == "fetch"
    assert allowance.left() == 0


async def test_time_that_passed_before_counts():
    assert Allowance(10, since=time.monotonic() - 11).left() == 0
    assert 8 < Allowance(10, since=time.monotonic() - 1).left() <= 9


async def test_a_timeout_of_the_work_itself_stays_what_it_is():
    with pytest.raises(TimeoutError, match="inner"):
        async with Allowance(10).spent_on("fetch"):
            raise TimeoutError("inner")
