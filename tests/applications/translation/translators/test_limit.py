import asyncio

import pytest

from siseon.applications.translation.translators.limit import Limit


class Time:
    """A clock that moves when somebody sleeps."""

    def __init__(self):
        self.now_s = 0.0

    def now(self):
        return self.now_s

    async def sleep(self, seconds):
        self.now_s += seconds


async def test_calls_are_spread_over_the_minute():
    time = Time()
    limit = Limit(10, 30, now=time.now, sleep=time.sleep)
    began = []
    for _ in range(4):
        async with limit:
            began.append(time.now())

    assert began == [0, 2, 4, 6]


async def test_a_pause_that_was_asked_for_is_kept():
    time = Time()
    limit = Limit(10, None, now=time.now, sleep=time.sleep)
    limit.pause(7)
    async with limit:
        assert time.now() == 7


async def test_no_more_calls_than_allowed_are_open_at_once():
    limit = Limit(2, None)
    inside, most = 0, 0

    async def call():
        nonlocal inside, most
        async with limit:
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(call())
    assert most == 2


async def test_one_who_is_cancelled_while_waiting_leaves_its_place():
    async def forever(_):
        await asyncio.Event().wait()

    limit = Limit(1, 1, sleep=forever)
    async with limit:
        pass
    task = asyncio.create_task(limit.__aenter__())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not limit._gate().locked()
