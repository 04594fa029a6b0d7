"""The history of streams that run: written beside them, and what is lost is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from siseon.jobs.database import Database
from siseon.streams import kept
from siseon.streams.causes import Cause
from siseon.streams.history import sink, store
from siseon.streams.history.sink import History
from siseon.streams.history.store import Span
from siseon.streams.kept_options import KeptOptions
from siseon.streams.life import State
from streams.alarms.told import seen, state

BOUND_S = 60.0
AT = 1_800_000_000.0
ALL = KeptOptions()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of a database in which the stream is kept."""
    found = tmp_path / "jobs.db"
    with Database(f"sqlite:///{found}") as database:
        kept.add(database, "gate", "rtsp://camera/x", "gauges", ALL)
    return found


@asynccontextmanager
async def running(history: History) -> AsyncIterator[None]:
    task = asyncio.create_task(history.run())
    await asyncio.sleep(0)  # it begins
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


def values(path: Path) -> list[float | None]:
    with Database(f"sqlite:///{path}") as database:
        return [point.value for point in store.read(database, "gate", Span(), limit=1_000_000)]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink, "EVERY_S", 0.02)
    monkeypatch.setattr("siseon.streams.writer.AGAIN_S", 0.02)


async def test_news_are_written_and_the_last_at_the_end(path):
    history = History(f"sqlite:///{path}")
    async with running(history):
        for number, value in enumerate((1.0, 1.0, 2.0, None, None, 3.0)):
            history.take(seen(ALL, value, AT + number, unit="b\0ar\ud800"))
    assert values(path) == [1.0, 2.0, None, 3.0]
    assert history.written == 4


async def test_who_wants_no_history_gets_none(path):
    history = History(f"sqlite:///{path}")
    async with running(history):
        history.take(seen(KeptOptions(history=None), 1.0, AT))
        history.take(seen(ALL, 2.0, AT + 1))
    assert values(path) == [2.0]


def table(path: Path) -> list[tuple[float | None, str, str | None]]:
    with Database(f"sqlite:///{path}") as database:
        points = store.read(database, "gate", Span(), limit=1000)
    return [(point.value, point.quality, point.reason) for point in points]


async def test_a_stream_that_is_away_leaves_a_row_and_the_next_figure_is_written(path):
    history = History(f"sqlite:///{path}")
    async with running(history):
        history.take(state(ALL, State.lost, Cause.unreachable, at=AT - 1))
        history.take(seen(ALL, 1.0, AT))
        history.take(state(ALL, State.stale, Cause.silent, at=AT + 2))
        history.take(state(ALL, State.lost, Cause.timed_out, at=AT + 3))
        history.take(state(ALL, State.live, at=AT + 20))
        history.take(seen(ALL, 1.0, AT + 20))
        history.take(seen(ALL, 1.0, AT + 21))
        history.take(state(ALL, State.stopped, Cause.asked, at=AT + 22))
    away: list[tuple[float | None, str, str | None]] = [
        (None, "bad", "silent"),
        (None, "bad", "asked"),
    ]
    assert table(path) == [(1.0, "good", None), away[0], (1.0, "good", None), away[1]]


async def test_a_result_that_comes_after_its_stream_was_lost_does_not_end_the_gap(path):
    now = 0.0
    history = History(f"sqlite:///{path}", monotonic=lambda: now)
    async with running(history):
        history.take(seen(ALL, 1.0, AT))
        now = 2.0
        history.take(state(ALL, State.lost, Cause.broken, at=AT + 2))
        now = 3.0
        history.take(seen(ALL, 1.0, AT + 1, latency_s=2.0))
        now = 5.0
        history.take(state(ALL, State.live, at=AT + 5))
        history.take(seen(ALL, 1.0, AT + 5))
    assert [value for value, _quality, _reason in table(path)] == [1.0, 1.0, None, 1.0]


async def test_a_clock_that_is_set_back_in_a_gap_hides_neither_figures_nor_the_next_gap(path):
    now = 0.0
    history = History(f"sqlite:///{path}", monotonic=lambda: now)
    async with running(history):
        history.take(seen(ALL, 1.0, AT + 1000))
        now = 10.0
        history.take(state(ALL, State.lost, Cause.broken, at=AT + 1010))
        for _ in range(5):  # the wall clock has lost a quarter of an hour
            now += 1
            history.take(seen(ALL, 1.0, AT + now))
        now = 20.0
        history.take(state(ALL, State.lost, Cause.broken, at=AT + 20))
    found = sorted(table(path), key=lambda row: row[1])
    assert [quality for _value, quality, _reason in found] == ["bad", "bad", "good", "good"]


async def test_a_database_that_is_away_is_waited_for_and_what_is_dropped_is_counted_and_told(
    path, monkeypatch, caplog
):
    monkeypatch.setattr(sink, "MOST", 10)
    history = History(f"sqlite:///{path}")
    async with running(history):
        history.take(seen(ALL, 0.0, AT))
        async with asyncio.timeout(BOUND_S):
            while history.written < 1:
                await asyncio.sleep(0.005)
        path.rename(path.with_name("away.db"))
        for number in range(1, 31):
            history.take(seen(ALL, float(number), AT + number))
        async with asyncio.timeout(BOUND_S):
            while "history cannot be written" not in caplog.text:
                await asyncio.sleep(0.005)
        path.with_name("away.db").rename(path)
        async with asyncio.timeout(BOUND_S):
            while "figures are missing" not in caplog.text:
                await asyncio.sleep(0.005)
    assert values(path) == [0.0, *map(float, range(21, 31))]
    assert history.dropped == 20


async def test_what_is_kept_long_enough_goes_while_it_runs(path):
    how = KeptOptions.model_validate({"history": {"rows": 5}})
    with Database(f"sqlite:///{path}") as database:
        store.write(database, [store.Row("gone", AT, "t", 1.0, None, "good", None)])
        store.write(
            database, [store.Row("gate", 4e9 + n, "t", float(n), None, "good", None) for n in range(20)]
        )
    history = History(f"sqlite:///{path}")
    async with running(history):
        history.take(seen(how, 99.0, 4e9 + 100))
        async with asyncio.timeout(BOUND_S):
            while len(values(path)) > 5:
                await asyncio.sleep(0.02)
    assert values(path) == [16.0, 17.0, 18.0, 19.0, 99.0]
    with Database(f"sqlite:///{path}") as database:
        assert store.read(database, "gone", Span(), limit=10) == []
