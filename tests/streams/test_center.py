"""All kept streams of a database as a service runs them: real cameras on loopback, real databases, real restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from siseon.contracts import StoreError
from siseon.hosting import Host
from siseon.jobs.database import Database
from siseon.jobs.stream_tables import stream_services
from siseon.streams import kept, ownership
from siseon.streams.center import Center
from siseon.streams.hub import Hub
from siseon.streams.kept_options import KeptOptions
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


async def test_two_services_over_one_database_run_each_stream_once_and_the_second_takes_over(
    centers, url, film
):
    for name in ("gate", "yard"):
        keep(url, name, film, fps=5)
    async with centers() as second:
        async with centers() as first:
            await until(lambda: len(first.hubs()) + len(second.hubs()) == 2)
            names = [hub.name for center in (first, second) for hub in center.hubs()]
            assert sorted(names) == ["gate", "yard"]
        await until(lambda: len(second.hubs()) == 2)
        for hub in second.hubs():
            await until(lambda hub=hub: hub.state is not None and hub.state.state is State.live)


async def test_a_service_that_is_killed_is_succeeded_when_its_lease_is_over(centers, url, film):
    keep(url, "gate", film, fps=5)
    with Database(url) as database:  # as one that was killed a moment ago
        ownership.beat(database, "killed", {})
        ownership.claim(database, "killed", ["gate"])
    async with centers() as center:
        await center.follow()
        assert center.hubs() == []
        await center.ask(_end_leases)
        await center.follow()
        assert center.hub("gate").name == "gate"


def _end_leases(database: Database) -> None:
    with database.write() as connection:
        connection.execute(update(stream_services).values(expires_at=database.now(connection) - 1))


async def test_a_stream_that_another_has_taken_stops_here(centers, url, film):
    keep(url, "gate", film, fps=5)
    async with centers() as center:
        hub = await running(center, "gate")
        with Database(url) as database:
            ownership.give_back(database, center.service)
            ownership.beat(database, "other", {})
            ownership.claim(database, "other", ["gate"])
        await until(lambda: hub.ended)
        assert center.hubs() == []


async def test_streams_go_on_while_the_database_is_away(centers, tmp_path, film, host):
    url = f"sqlite:///{tmp_path / 'away.db'}"
    keep(url, "gate", film, fps=10)
    hosted = host(jobs_database=SecretStr(url))
    await hosted.start()
    async with Center(hosted) as center, asyncio.timeout(BOUND_S):
        hub = await running(center, "gate")
        shot = await hub.next_shot()
        (tmp_path / "away.db").rename(tmp_path / "gone.db")
        await center.follow()
        with pytest.raises(StoreError):
            await center.ask(ownership.standings)
        for _ in range(3):
            shot = await hub.next_shot(shot)
        (tmp_path / "gone.db").rename(tmp_path / "away.db")
        await center.follow()
        assert center.hub("gate") is hub
    await hosted.stop()


async def test_it_makes_no_database_where_there_is_none(host, tmp_path):
    hosted = host(jobs_database=SecretStr(f"sqlite:///{tmp_path / 'none.db'}"))
    await hosted.start()
    async with Center(hosted) as center:
        await center.follow()
        assert center.hubs() == []
    await hosted.stop()
    assert not (tmp_path / "none.db").exists()


async def test_a_sink_that_fails_holds_up_neither_the_stream_nor_the_others(centers, url, film):
    class Broken(Noted):
        def take(self, outcome: Outcome) -> None:
            raise RuntimeError("a mistake of the sink")

        async def run(self) -> None:
            raise RuntimeError("another one")

    keep(url, "gate", film, fps=5)
    noted = Noted()
    async with centers(Broken(), noted):
        await until(lambda: any(isinstance(each.told, ResultTold) for each in noted.outcomes))


async def test_the_allocators_free_memory_goes_back_while_a_stream_runs(centers, url, film, monkeypatch):
    given: list[int] = []
    monkeypatch.setattr("siseon.streams.center.give_back", lambda: given.append(len(center.hubs())))
    monkeypatch.setattr("siseon.streams.center.GIVE_BACK_S", 3600.0)
    async with centers() as center:
        await center.follow()
        assert not given
        keep(url, "gate", film, fps=5)
        await until(lambda: given)
        await center.follow()
    assert given == [1]  # not with each look


async def test_a_follower_who_takes_nothing_loses_the_oldest_and_holds_up_nothing(centers, url, film):
    keep(url, "gate", film)
    async with centers() as center:
        hub = await running(center, "gate")
        with hub.subscribe(most=2) as following:
            await until(lambda: hub.outcomes.answered >= 6)
            told = [(await anext(following)).told for _ in range(2)]
        assert following.dropped >= 3
        assert told[-1] is hub.latest


async def test_new_options_are_fed_without_a_new_connection(centers, url, film):
    keep(url, "gate", film, fps=10, set={"min_side": "16"})
    async with centers() as center:
        hub = await running(center, "gate")
        await until(lambda: hub.outcomes.answered > 0)
        shot = hub.shot
        with Database(url) as database:
            kept.change(database, "gate", options={"set": {"min_side": "24"}, "history": None})
        await center.follow()
        assert hub.kept.options.history is None
        before = hub.outcomes.answered
        await until(lambda: hub.outcomes.answered > before + 3)
        assert shot is not None
        assert hub.shot is not None
        assert hub.shot.number > shot.number
        assert hub.state is not None
        assert hub.state.state is State.live
        assert hub.counts.losses == 0
        assert hub.outcomes.failed == 0
