"""All kept streams of a database as a service runs them: real cameras on loopback, real databases, real restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from siseon.hosting import Host
from siseon.jobs.database import Database
from siseon.streams import kept
from siseon.streams.center import Center
from siseon.streams.hub import Hub
from siseon.streams.kept import KeptOptions
from siseon.streams.life import State
from siseon.streams.sink import Outcome, Sink
from siseon.streams.wire import ResultTold, StateTold

BOUND_S = 60


@pytest.fixture
def centers(host: Callable[..., Host], url: str) -> Callable[..., Any]:
    """Starts a service's center over the one database of the test."""

    @asynccontextmanager
    async def begin(*sinks: Sink) -> AsyncIterator[Center]:
        hosted = host(jobs_database=SecretStr(url))
        await hosted.start()
        try:
            async with Center(hosted, sinks) as center:
                yield center
        finally:
            await hosted.stop()

    return begin


def keep(url: str, name: str, source: object, **how: Any) -> None:
    with Database(url) as database:
        kept.add(database, name, str(source), how.pop("application", "inspection"), KeptOptions(**how))


async def until(holds: Callable[[], object]) -> None:
    """Until something holds: what a stream tells comes from threads and from another's loop."""
    async with asyncio.timeout(BOUND_S):
        while not holds():
            await asyncio.sleep(0.02)


async def running(center: Center, name: str) -> Hub:
    await until(lambda: name in {hub.name for hub in center.hubs()})
    return center.hub(name)


class Noted:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.flushed = False

    def take(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    async def run(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.flushed = True


async def test_a_kept_stream_runs_and_whoever_follows_gets_its_results(centers, url, film):
    keep(url, "gate", film, fps=5)
    noted = Noted()
    async with centers(noted) as center, asyncio.timeout(BOUND_S):
        hub = await running(center, "gate")
        with hub.subscribe() as told:
            async for outcome in told:
                if isinstance(outcome.told, ResultTold):
                    break
        assert hub.state is not None
        assert hub.state.state is State.live
        assert hub.answered is not None
        assert hub.answered.told.frame.number == hub.answered.shot.number
        shot = await hub.next_shot(hub.shot)
        assert shot.number > hub.answered.shot.number
        await until(lambda: any(isinstance(each.told, ResultTold) for each in noted.outcomes))
    assert noted.flushed
    assert isinstance(noted.outcomes[-1].told, StateTold)
    assert noted.outcomes[-1].told.state is State.stopped
    assert hub.ended
