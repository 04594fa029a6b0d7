"""Alarms of streams as they run: judged at once, written beside, and right again after everything that may happen."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from siseon.jobs.database import Database
from siseon.streams import kept
from siseon.streams.alarms import looking, sink, store
from siseon.streams.alarms.sink import Alarms
from siseon.streams.alarms.wire import AlarmEvent
from siseon.streams.causes import Cause
from siseon.streams.kept_options import KeptOptions
from siseon.streams.life import State
from streams.alarms.told import HIGH, STALE, options, seen, state

BOUND_S = 60.0
ID = "gate.t.high"


class Machine:
    """Its two clocks, which pass when a test says so."""

    def __init__(self) -> None:
        self.wall = 1_800_000_000.0
        self.monotonic = 5000.0

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds

    def alarms(self, url: str) -> Alarms:
        return Alarms(url, wall=lambda: self.wall, monotonic=lambda: self.monotonic)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jobs.db'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url) as opened:
        yield opened


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks come soon, and what is remembered is written with each."""
    monkeypatch.setattr(sink, "REMEMBER_S", 0.0)
    monkeypatch.setattr(sink, "EVERY_S", 0.02)
    monkeypatch.setattr("siseon.streams.writer.AGAIN_S", 0.02)


@asynccontextmanager
async def running(alarms: Alarms, how: KeptOptions, database: Database) -> AsyncIterator[None]:
    """As long as the context lasts, its stream taken up."""
    task = asyncio.create_task(alarms.run())
    alarms.take(state(how, State.connecting))
    try:
        await until(lambda: len(looking.listed(database, stream="gate")) == len(how.alarms))
        await until(lambda: "gate" in alarms._conditions)
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))
        assert task.cancelled()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(BOUND_S):
        while not holds():
            await asyncio.sleep(0.005)


def gate(database: Database, how: KeptOptions) -> None:
    kept.add(database, "gate", "rtsp://camera/x", "gauges", how)


def log(database: Database) -> list[str]:
    return [str(event.kind) for event in looking.events(database)]


def standing(database: Database, name: str = ID) -> str:
    return next(str(alarm.state) for alarm in looking.listed(database) if alarm.id == name)


def play(alarms: Alarms, machine: Machine, how: KeptOptions, *values: float | None) -> None:
    """A value a second."""
    for value in values:
        machine.passes(1)
        alarms.take(seen(how, value, machine.wall))


async def test_a_value_beyond_its_limit_raises_an_alarm_that_tells_when_and_how_much(url, database, machine):
    how = options({**HIGH, "on_delay_s": 2})
    gate(database, how)
    alarms = machine.alarms(url)
    async with running(alarms, how, database):
        play(alarms, machine, how, 7, 9, 9.5, None, 9.25, 9)
        await until(lambda: log(database) == ["raised"])
        play(alarms, machine, how, 8)
        await until(lambda: log(database) == ["raised", "returned"])
    raised, _ = looking.events(database)
    assert raised.at.timestamp() == machine.wall - 2
    assert (raised.value, raised.unit, raised.limit) == (9.25, "bar", 8.0)


async def test_delays_latches_and_states_survive_a_restart(url, database, machine):
    how = options({**HIGH, "on_delay_s": 10, "latch": True})
    gate(database, how)
    first = machine.alarms(url)
    async with running(first, how, database):
        play(first, machine, how, *[9] * 7)
        first.take(state(how, State.stopped, Cause.asked))
    machine.passes(3600)
    second = machine.alarms(url)
    async with running(second, how, database):
        play(second, machine, how, 9, 9, 9)
        await asyncio.sleep(0.1)
        assert log(database) == []
        play(second, machine, how, 9, 9)
        await until(lambda: log(database) == ["raised"])
    third = machine.alarms(url)
    async with running(third, how, database):
        play(third, machine, how, 5)
        await until(lambda: standing(database) == "latched_unacknowledged")
    assert log(database) == ["raised", "returned"]


async def test_a_camera_that_is_lost_is_stale_and_one_that_was_stopped_is_not(url, database, machine):
    how = options(STALE)
    gate(database, how)
    alarms = machine.alarms(url)
    async with running(alarms, how, database):
        play(alarms, machine, how, 1, 2)
        alarms.take(state(how, State.lost, Cause.unreachable))
        machine.passes(31)
        await until(lambda: log(database) == ["raised"])
        alarms.take(state(how, State.live))
        play(alarms, machine, how, None, 3)
        await until(lambda: log(database) == ["raised", "returned"])
        alarms.take(state(how, State.stopped, Cause.asked))
        machine.passes(100)
        await asyncio.sleep(0.1)
    assert log(database) == ["raised", "returned"]


async def test_a_value_that_comes_late_turns_no_alarm_before_it_was_raised(url, database, machine):
    how = options(STALE)
    gate(database, how)
    alarms = machine.alarms(url)
    async with running(alarms, how, database):
        play(alarms, machine, how, 1)
        machine.passes(31)
        await until(lambda: log(database) == ["raised"])
        alarms.take(seen(how, 2, machine.wall - 20, latency_s=20))
        await until(lambda: log(database) == ["raised", "returned"])
    raised, returned = looking.events(database)
    assert returned.at >= raised.at


async def test_a_service_that_was_down_for_long_does_not_begin_with_a_stale_alarm(url, database, machine):
    how = options(STALE)
    gate(database, how)
    async with running(machine.alarms(url), how, database):
        pass
    machine.passes(3600)
    again = machine.alarms(url)
    async with running(again, how, database):
        play(again, machine, how, 1)
        await asyncio.sleep(0.1)
        assert log(database) == []
        machine.passes(30)
        await until(lambda: log(database) == ["raised"])


async def test_a_clock_that_is_set_back_while_it_runs_stops_no_delay(url, database, machine):
    how = options({**HIGH, "on_delay_s": 5}, STALE)
    gate(database, how)
    alarms = machine.alarms(url)
    async with running(alarms, how, database):
        play(alarms, machine, how, 9, 9)
        machine.wall -= 86400
        play(alarms, machine, how, 9, 9, 9, 9)
        await until(lambda: log(database) == ["raised"])
        machine.passes(31)
        await until(lambda: log(database) == ["raised", "raised"])


async def test_a_clock_that_is_set_back_between_two_lives_hides_no_alarm(url, database, machine):
    how = options({**HIGH, "on_delay_s": 2})
    gate(database, how)
    first = machine.alarms(url)
    async with running(first, how, database):
        play(first, machine, how, 9, 9, 9)
        await until(lambda: log(database) == ["raised"])
    machine.wall -= 30 * 86400
    second = machine.alarms(url)
    async with running(second, how, database):
        play(second, machine, how, 5, 9, 9, 9)
        await until(lambda: log(database) == ["raised", "returned", "raised"])


async def test_a_flood_of_flaps_stays_small_and_ends_as_it_is_and_all_of_them_are_told_or_counted(
    url, database, machine
):
    how = options(HIGH)
    gate(database, how)
    alarms = machine.alarms(url)
    async with running(alarms, how, database):
        for _ in range(10_000):  # without a pause: the task that writes does not get a turn meanwhile
            alarms.take(seen(how, 9, machine.wall))
            alarms.take(seen(how, 7, machine.wall))
        assert len(alarms._turns[ID]) <= sink.MOST_WAITING
        alarms.take(seen(how, 9, machine.wall))
        await until(lambda: standing(database) == "unacknowledged")
        found: list[AlarmEvent] = []
        while page := looking.events(database, after=found[-1].id if found else 0):
            found += page
        assert len(found) + sum(event.missed for event in found) == 20_001
        assert len(found) <= sink.MOST_WAITING


async def test_what_happens_while_the_database_is_away_is_written_when_it_returns(
    url, database, machine, tmp_path, caplog
):
    how = options(HIGH)
    gate(database, how)
    alarms = machine.alarms(url)
    async with running(alarms, how, database):
        (tmp_path / "jobs.db").rename(tmp_path / "away.db")
        play(alarms, machine, how, 9, 7, 9)
        await until(lambda: "alarms cannot be written" in caplog.text)
        (tmp_path / "away.db").rename(tmp_path / "jobs.db")
        await until(lambda: "alarms is written again" in caplog.text or len(log(database)) == 3)
        await until(lambda: log(database) == ["raised", "returned", "raised"])


async def test_rules_that_change_count_from_the_next_value(url, database, machine):
    how = options(HIGH)
    gate(database, how)
    alarms = machine.alarms(url)
    async with running(alarms, how, database):
        play(alarms, machine, how, 9)
        await until(lambda: log(database) == ["raised"])
        lower = options({**HIGH, "limit": 20.0})
        play(alarms, machine, lower, 9)
        await until(lambda: looking.listed(database)[0].rule.limit == 20.0)
        play(alarms, machine, lower, 9)
        await until(lambda: log(database) == ["raised", "returned"])
        none = options()
        play(alarms, machine, none, 30)
        await until(lambda: log(database) == ["raised", "returned", "removed"])


async def test_two_services_that_both_believe_to_run_a_stream_tell_of_it_once(url, database, machine):
    how = options(HIGH)
    gate(database, how)
    one, two = machine.alarms(url), machine.alarms(url)
    async with running(one, how, database), running(two, how, database):
        for value in (9, 7, 9):
            machine.passes(1)
            for alarms in (one, two):
                alarms.take(seen(how, value, machine.wall))
            await until(lambda value=value: looking.listed(database)[0].active == (value == 9))
            await until(lambda: not one._turns and not two._turns)
            await until(lambda: not one._to_take_up and not two._to_take_up)
    assert log(database) == ["raised", "returned", "raised"]


async def test_a_frame_that_was_late_and_a_text_that_no_database_takes_break_nothing(url, database, machine):
    how = options(HIGH)
    gate(database, how)
    alarms = machine.alarms(url)
    async with running(alarms, how, database):
        alarms.take(seen(how, 9, machine.wall, unit="b\0ar\ud800"))
        alarms.take(seen(how, 7, machine.wall - 60))
        await until(lambda: log(database) == ["raised", "returned"])
    assert looking.events(database)[0].unit == "bar?"


KILLED = """
import asyncio, sys
from siseon.streams.alarms.sink import Alarms
from siseon.streams.life import State
from streams.alarms.told import HIGH, options, seen, state

async def main():
    how, alarms = options({**HIGH, "latch": True}), Alarms(sys.argv[1])
    task = asyncio.create_task(alarms.run())
    alarms.take(state(how, State.connecting))
    while "gate" not in alarms._conditions:
        await asyncio.sleep(0.001)
    for n in range(1_000_000):
        alarms.take(seen(how, 9 - n % 2 * 2, 1_800_000_000.0 + n))
        print(n, flush=True)
        await asyncio.sleep(0.0005)

asyncio.run(main())
"""


def kill_after(lines: int, url: str) -> None:
    """A process that flaps, killed when it has said so many."""
    command = [sys.executable, "-c", KILLED, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.kill()


async def test_a_process_that_is_killed_at_any_moment_leaves_what_another_one_goes_on_with(
    url, database, machine
):
    how = options({**HIGH, "latch": True})
    gate(database, how)
    for lines in (1, 40):
        await asyncio.to_thread(kill_after, lines, url)
    alarms = machine.alarms(url)
    async with running(alarms, how, database):
        play(alarms, machine, how, 9)
        await until(lambda: standing(database) == "unacknowledged")
        play(alarms, machine, how, 7)
        await until(lambda: standing(database) == "latched_unacknowledged")
    events = looking.events(database)
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    turns = [str(event.kind) for event in events]
    assert turns == ["raised", "returned"] * (len(turns) // 2)
    store.acknowledge(database, ID, "Eve")
    assert store.reset(database, ID, "Eve").state == "normal"
