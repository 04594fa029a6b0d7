"""A worker as a whole, on real databases and a real Redis: each item once, whatever happens to worker or carrier."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager, closing

import pytest

from siseon.contracts import FailureCode, InputError
from siseon.jobs import lease, store
from siseon.jobs.carrier import Carried, InMemory, Polled
from siseon.jobs.database import Database, DatabaseLost
from siseon.jobs.rabbit_carrier import RabbitCarrier
from siseon.jobs.redis_carrier import RedisCarrier
from siseon.jobs.store import Claimed, Done, NewJob, finishing, intake
from siseon.jobs.wire import State
from siseon.jobs.worker import Worker

LEASE_S = 30.0
"""Longer than any machine stands still: of what is to end, the tests see to it."""
HEARTBEAT_S = 2.0
"""Of a RabbitMQ, at the least."""


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """By the real time."""
    with Database(url) as opened:
        yield opened


def emptied(carrier: RabbitCarrier) -> None:
    """As a broker that was set up anew."""
    with carrier._open() as channel:
        channel.queue_delete("siseon.items.text")


@pytest.fixture(params=["polled", "memory", "redis", "rabbitmq"])
def supply(request: pytest.FixtureRequest, database: Database) -> Iterator[Callable[[], object]]:
    """Makes the supply of a worker."""
    memory = InMemory()
    if request.param == "polled":
        yield lambda: Polled(database, ["text"])
    elif request.param == "memory":
        yield lambda: Carried(database, memory, ["text"], ahead=50)
    elif request.param == "rabbitmq":
        carrier = RabbitCarrier(request.getfixturevalue("rabbitmq_server").url, lease_s=LEASE_S)
        emptied(carrier)
        yield lambda: Carried(database, carrier, ["text"], ahead=50)
        carrier.close()
    else:
        server = request.getfixturevalue("redis_server")
        carrier = RedisCarrier(server.url, lease_s=LEASE_S)
        carrier._client.flushall()
        yield lambda: Carried(database, carrier, ["text"], ahead=50)
        carrier.close()


async def wait_for(ready: Callable[[], bool], allowed_s: float = 60.0) -> None:
    end = time.monotonic() + allowed_s
    while not await asyncio.to_thread(ready):
        assert time.monotonic() < end, "it did not come to that"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def working(database, supply, run, **options):
    options = {"concurrency": 8, "lease_s": LEASE_S, "applications": ("text",), **options}
    worker = Worker(database=database, supply=supply, run=run, **options)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.work(stop))
        try:
            yield worker
        finally:
            stop.set()


def submit(database, count, **options):
    inputs = [str(number) for number in range(count)]
    return store.submit(database, NewJob("text", inputs, **options), queue_items=10**6)


def ended(database, job):
    return lambda: store.job(database, job.id).state.ended


async def test_every_item_is_run_once_and_its_result_kept(database, supply, monkeypatch):
    monkeypatch.setattr(intake, "CHUNK", 200)  # so that a few of them are more than one
    ran: Counter[int] = Counter()

    async def run(item: Claimed) -> Done:
        ran[item.number] += 1
        await asyncio.sleep(0)
        return Done(f'"{item.input}"')

    job = submit(database, 280)
    async with working(database, supply(), run) as first, working(database, supply(), run) as second:
        await wait_for(ended(database, job))
    assert first.counts.done + second.counts.done == 280
    assert set(ran.values()) == {1}
    assert [item.result for item in store.items(database, job.id, limit=1000)] == list(map(str, range(280)))


async def test_items_go_on_while_the_database_takes_no_writes_and_are_written_down_behind(tmp_path):
    ran, locked = [], asyncio.Event()

    async def run(item: Claimed) -> Done:
        await locked.wait()
        ran.append(item.number)
        return Done(str(item.number))

    path = tmp_path / "jobs.db"
    with (
        Database(f"sqlite:///{path}") as database,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        job = submit(database, 8)

        def begun() -> bool:
            return len(store.items(database, job.id, state=State.running, limit=8)) == 8

        async with working(database, Polled(database, ["text"]), run):
            await wait_for(begun)
            other.execute("BEGIN IMMEDIATE")
            locked.set()
            await wait_for(lambda: len(ran) == 8)
            assert store.job(database, job.id).done == 0
            other.execute("ROLLBACK")
            await wait_for(ended(database, job))
        assert [item.result for item in store.items(database, job.id, limit=8)] == list(range(8))


async def test_a_cancelled_job_stops_its_running_items_and_discards_what_they_left(database, supply):
    started, stopped, discarded = asyncio.Event(), [], []

    async def run(item: Claimed) -> Done:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append(item.number)
            raise
        return Done("null")

    async def discard(item: Claimed) -> None:
        discarded.append(item.number)

    job = submit(database, 3)
    brought = supply()
    async with working(database, brought, run, discard=discard) as worker:
        await started.wait()
        await asyncio.to_thread(store.cancel, database, job.id)
        await wait_for(lambda: worker.counts.discarded == worker.counts.claimed)
        await wait_for(lambda: sorted(discarded) == sorted(stopped))
        if isinstance(brought, Carried):  # it has forgotten them: else it would be full one day
            await wait_for(lambda: brought._carrier.waiting("text") == 0)
    assert stopped


async def test_what_was_cancelled_while_it_ran_leaves_a_carrier_room_for_more(database, supply):
    async def run(item: Claimed) -> Done:
        if item.priority:
            await asyncio.Event().wait()
        return Done("1")

    async with working(database, supply(), run, concurrency=50) as worker:
        cancelled = submit(database, 50, priority=1)  # as many as the carrier takes
        await wait_for(lambda: worker.counts.claimed == 50)
        await asyncio.to_thread(store.cancel, database, cancelled.id)
        following = submit(database, 1)
        await wait_for(ended(database, following))
    assert store.job(database, following.id).state is State.done


async def test_a_stopped_worker_finishes_what_runs_in_time_and_hands_back_the_rest(database, supply):
    running, go_on = asyncio.Event(), asyncio.Event()

    async def run(item: Claimed) -> Done:
        running.set()
        if item.number:
            await asyncio.Event().wait()
        await go_on.wait()
        return Done("1")

    job = submit(database, 2)
    async with working(database, supply(), run, concurrency=2, grace_s=0.5) as worker:
        await wait_for(lambda: worker.counts.claimed == 2)
        go_on.set()
        await wait_for(lambda: store.item(database, job.id, 0).state is State.done)
    left = store.item(database, job.id, 1)
    assert (left.state, left.deliveries) == (State.queued, 0)


async def test_what_an_item_raises_or_takes_too_long_for_is_its_failure(database, monkeypatch):
    monkeypatch.setattr(finishing, "BACKOFF_S", 0.05)

    async def run(item: Claimed) -> Done:
        if item.number == 0:
            raise InputError("no picture")
        if item.number == 1:
            raise TimeoutError  # not ours
        if item.number == 2:
            await asyncio.Event().wait()
        return Done("\0")

    job = submit(database, 4)
    supply = Polled(database, ["text"])
    async with working(database, supply, run, item_s=0.2):
        await wait_for(ended(database, job))
    codes = [item.failure.code for item in store.dead(database) if item.failure]
    assert codes == [
        FailureCode.invalid_input,
        FailureCode.stage_failed,
        FailureCode.deadline_exceeded,
        FailureCode.contract_violation,
    ]
    assert store.item(database, job.id, 2).failures == 3


@pytest.mark.parametrize(
    "odd", [SystemExit(3), GeneratorExit(), asyncio.CancelledError(), BaseExceptionGroup("", [SystemExit()])]
)
async def test_an_application_that_exits_or_cancels_itself_fails_its_item_alone(database, odd):
    async def run(item: Claimed) -> Done:
        if item.number == 0:
            raise odd
        return Done("1")

    job = submit(database, 3)
    async with working(database, Polled(database, ["text"]), run) as worker:
        await wait_for(ended(database, job))
    (dead,) = store.dead(database)
    assert (dead.number, dead.failure.code) == (0, FailureCode.stage_failed)
    assert (worker.counts.done, worker.counts.failed) == (2, 1)


async def test_what_a_worker_held_that_was_ended_by_an_error_counts_as_delivered(database):
    """Else an item that ends its worker each time would be run for ever, and nothing beside it."""
    began = asyncio.Event()

    async def run(item: Claimed) -> Done:
        began.set()
        return await asyncio.Event().wait()

    job = submit(database, 1)
    supply = Polled(database, ["text"])
    worker = Worker(database=database, supply=supply, run=run, concurrency=1, applications=("text",))
    task = asyncio.create_task(worker.work(asyncio.Event()))
    await began.wait()
    task.cancel()
    await asyncio.wait([task])
    left = store.item(database, job.id, 0)
    assert (left.state, left.deliveries) == (State.queued, 1)


async def test_a_worker_that_was_taken_for_dead_begins_anew_and_its_items_run_again(database):
    """As after SIGSTOP and SIGCONT: its row is gone when it looks."""
    runs: Counter[int] = Counter()

    async def run(item: Claimed) -> Done:
        runs[item.number] += 1
        if runs[item.number] == 1:
            await asyncio.Event().wait()
        return Done("1")

    job = submit(database, 1)
    async with working(database, Polled(database, ["text"]), run) as worker:
        await wait_for(lambda: runs[0] == 1)
        await asyncio.to_thread(_bury, database)
        await wait_for(ended(database, job))
    assert worker.counts.leases_lost == 1
    assert worker.counts.done == 1
    assert store.item(database, job.id, 0).attempt == 2


def _bury(database: Database) -> None:
    """In one step: between the end of a lease and its reaping a beat might come."""
    from sqlalchemy import select

    from siseon.jobs import schema

    with database.read() as connection:
        worker = connection.execute(select(schema.workers.c.id)).scalar_one()
    assert store.leave(database, worker, in_order=False) == 1


def _end_of_lease(database: Database) -> float:
    from sqlalchemy import select

    from siseon.jobs import schema

    with database.read() as connection:
        return float(connection.execute(select(schema.workers.c.expires_at)).scalar_one())


def _let_the_leases_end(database: Database) -> None:
    from sqlalchemy import update

    from siseon.jobs import schema

    with database.write() as connection:
        connection.execute(update(schema.workers).values(expires_at=0.0))


async def test_a_worker_whose_database_was_removed_ends_and_says_so(tmp_path):
    started = asyncio.Event()

    async def run(item: Claimed) -> Done:
        started.set()
        await asyncio.Event().wait()
        return Done("1")

    with Database(f"sqlite:///{tmp_path / 'jobs.db'}") as database:
        submit(database, 1)
        worker = Worker(
            database=database,
            supply=Polled(database, ["text"]),
            run=run,
            applications=("text",),
            concurrency=1,
        )
        working = asyncio.create_task(worker.work(asyncio.Event()))
        await started.wait()
        (tmp_path / "jobs.db").unlink()
        with pytest.raises(DatabaseLost):
            await asyncio.wait_for(working, 60)


async def test_an_item_left_by_a_lost_answer_is_handed_back(database, monkeypatch):
    """The claim was committed, and the worker was told that it failed."""
    from siseon.contracts import StoreError

    monkeypatch.setattr(lease, "STRAY_S", 0.2)
    supply = Polled(database, ["text"])
    claim, lost = supply.claim, []

    def losing(worker: str, count: int) -> list[Claimed]:
        found = claim(worker, count)
        if found and not lost:
            lost.extend(found)
            raise StoreError("the answer was lost")
        return found

    supply.claim = losing

    async def run(item: Claimed) -> Done:
        return Done("1")

    job = submit(database, 2)
    async with working(database, supply, run):
        await wait_for(ended(database, job))
    assert len(lost) == 2
    assert store.job(database, job.id).done == 2


def wiped(carrier: RedisCarrier) -> None:
    carrier._client.flushall()


@pytest.mark.parametrize(
    ("server", "made", "empty"),
    [("redis_server", RedisCarrier, wiped), ("rabbitmq_server", RabbitCarrier, emptied)],
)
async def test_a_carrier_that_has_lost_all_is_filled_again(request, database, server, made, empty):
    carrier = made(request.getfixturevalue(server).url, lease_s=LEASE_S)
    lost = []

    async def run(item: Claimed) -> Done:
        if item.number == 50 and not lost:
            lost.append(await asyncio.to_thread(empty, carrier))
        await asyncio.sleep(0.001)
        return Done("1")

    job = submit(database, 300)
    async with working(database, Carried(database, carrier, ["text"], ahead=100), run):
        await wait_for(ended(database, job))
    carrier.close()
    assert lost
    assert store.job(database, job.id).done == 300


async def test_a_rabbitmq_that_falls_silent_ends_no_lease(database, rabbitmq_server, monkeypatch):
    """It is extended all the while, also when the connection counts as lost."""
    monkeypatch.setattr(lease, "BEATS", int(LEASE_S))  # one a second
    carrier = RabbitCarrier(rabbitmq_server.url, lease_s=HEARTBEAT_S)
    silent, go_on = asyncio.Event(), asyncio.Event()

    async def run(item: Claimed) -> Done:
        if item.number == 0:
            rabbitmq_server.send(signal.SIGSTOP)
            silent.set()
        await go_on.wait()
        return Done("1")

    job = submit(database, 4)
    try:
        async with working(database, Carried(database, carrier, ["text"], ahead=100), run) as worker:
            await silent.wait()
            late = _end_of_lease(database) + 3 * HEARTBEAT_S
            await wait_for(lambda: _end_of_lease(database) > late)
            go_on.set()
            await wait_for(ended(database, job))
            rabbitmq_server.send(signal.SIGCONT)
    finally:
        rabbitmq_server.send(signal.SIGCONT)
        carrier.close()
    assert (worker.counts.leases_lost, worker.counts.done) == (0, 4)


@pytest.mark.parametrize("wrong", [{"concurrency": 0}, {"applications": ()}, {"lease_s": 0.0}])
def test_a_worker_that_could_do_nothing_is_refused(tmp_path, wrong):
    database = Database(f"sqlite:///{tmp_path / 'jobs.db'}")
    usual = {"concurrency": 1, "applications": ("text",)}
    with pytest.raises(InputError):
        Worker(database=database, supply=Polled(database, ["text"]), run=None, **{**usual, **wrong})


async def test_a_worker_that_was_killed_is_named_by_the_next_with_what_it_held(database, caplog):
    async def run(item: Claimed) -> Done:
        return Done("1")

    job = submit(database, 3)
    store.register(database, "host-7-abcd", ["text"], LEASE_S)
    assert len(store.claim(database, "host-7-abcd", ["text"], 3)) == 3
    _let_the_leases_end(database)
    async with working(database, Polled(database, ["text"]), run):
        await wait_for(ended(database, job))
    assert (
        "worker host-7-abcd is taken for dead, since its lease ended without a beat; 3 items that it held are queued "
        "again" in caplog.messages
    )
