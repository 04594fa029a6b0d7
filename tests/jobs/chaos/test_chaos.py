"""Real workers, databases and carriers that die, stand still and come back: nothing lost, no result twice.

In CI a worker is killed 8 times during 130 items, and servers are away for 2 s; ``SISEON_CHAOS=1 pytest
tests/jobs/chaos`` kills 50 during 200 and waits 10 s.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from multiprocessing.process import BaseProcess

import psutil
import pytest
from sqlalchemy import event, text

from jobs.chaos.workers import LEASE_S, LONG_S, Site, end_all, submit, verify
from jobs.passed import let_lease_end
from jobs.servers import RabbitMQ, Redis, postgres, rabbitmq, redis
from siseon.contracts import FailureCode, StoreError
from siseon.jobs import store
from siseon.jobs.database import Database
from siseon.jobs.store import NewJob

LONG = "SISEON_CHAOS" in os.environ
KILLS, ITEMS = (50, 200) if LONG else (8, 130)
AWAY_S = 10.0 if LONG else 2.0


PLACES = ["sqlite", "postgres", "sqlite and redis", *["postgres and redis", "postgres and rabbitmq"] * LONG]
SERVERS = {"redis": redis, "rabbitmq": rabbitmq}


@pytest.fixture(params=PLACES)
def site(request: pytest.FixtureRequest, tmp_path) -> Iterator[Site]:
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    if request.param.startswith("postgres"):
        url = request.getfixturevalue("postgres_url")()
    carrier = request.param.rpartition(" and ")[2]
    if carrier not in SERVERS:
        yield Site(tmp_path, url)
        return
    with SERVERS[carrier](tmp_path / carrier) as server:
        yield Site(tmp_path, url, server.url)


@pytest.fixture
def database(site: Site) -> Iterator[Database]:
    with Database(site.url) as opened:
        yield opened


def test_workers_that_are_killed_again_and_again_lose_nothing(site, database):
    chance, site = random.Random(4711), replace(site, lease_s=LONG_S)
    job = submit(database, ITEMS)
    processes = [site.start(), site.start()]
    try:
        for _ in range(KILLS):
            begun = len(site.ran())
            more = chance.randint(1, 6)
            site.wait_for(lambda b=begun, m=more: len(site.ran()) >= b + m or _over(database, job), "work")
            victim = processes.pop(0)
            victim.kill()
            victim.join()
            let_lease_end(database, victim.pid)
            processes.append(site.start())  # its first look is for those that are dead
        site.wait_for(lambda: _over(database, job), "the end of the job")
    finally:
        end_all(processes)
    ran = verify(site, database, job.id)
    assert ran.total() >= ITEMS
    # Each death may cost what its worker held, and no more.
    assert ran.total() <= ITEMS + KILLS * site.concurrency


@pytest.mark.parametrize("site", ["sqlite", "postgres"], indirect=True)
def test_a_worker_that_never_returns_is_replaced(site, database):
    job = submit(database, 20)
    stuck = site.start(stuck=True)
    try:
        site.wait_for(site.ran, "the stuck one to begin")
        with site.started(1):
            site.wait_for(lambda: _over(database, job), "the end of the job")
    finally:
        stuck.kill()
        stuck.join()
    verify(site, database, job.id)


@pytest.mark.parametrize("site", ["sqlite", "postgres and redis"], indirect=True)
def test_a_worker_that_stood_still_too_long_changes_nothing_when_it_goes_on(site, database):
    job = submit(database, 60)
    first = site.start()
    try:
        site.wait_for(lambda: len(site.ran()) >= 8, "work")
        stand_still(first, database)
        stopped = store.items(database, job.id, state=store.item(database, job.id, 0).state, limit=60)
        assert stopped
        with site.started(1):
            site.wait_for(lambda: _over(database, job), "the end of the job")
        os.kill(first.pid, signal.SIGCONT)
        again = submit(database, 10)  # it works on, under another name
        site.wait_for(lambda: _over(database, again), "the end of the next job")
    finally:
        end_all([first])
    verify(site, database, job.id)


def stand_still(process: BaseProcess, database: Database) -> None:
    """Not within a transaction of SQLite, for which all others would wait: see ``siseon.jobs.database``."""
    stopped = psutil.Process(process.pid)
    while True:
        stopped.suspend()
        while stopped.status() != psutil.STATUS_STOPPED:
            time.sleep(0.001)
        if not database.sqlite or _may_write(database):
            return
        stopped.resume()
        time.sleep(0.003)


def _may_write(database: Database) -> bool:
    with closing(sqlite3.connect(str(database.engine.url.database), 0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        other.execute("ROLLBACK")
        return True


# A broker that was killed has lost what was not on its disk yet, which is put again after 30 s.
AWAY = [("redis", signal.SIGKILL), ("rabbitmq", signal.SIGTERM)]
AWAY += [("redis", signal.SIGTERM), ("rabbitmq", signal.SIGKILL)] * LONG


@pytest.mark.parametrize(("carrier", "how"), AWAY)
def test_a_carrier_that_is_away_is_waited_for(tmp_path, carrier, how):
    with SERVERS[carrier](tmp_path / carrier) as server:
        site = Site(tmp_path, f"sqlite:///{tmp_path / 'jobs.db'}", server.url)
        _survives(site, server, how)


def test_a_postgresql_that_is_away_is_waited_for(tmp_path):
    with postgres(tmp_path / "postgres", durable=True) as server:
        _survives(Site(tmp_path, server.url), server, signal.SIGINT)


def _survives(site: Site, server: Redis | RabbitMQ, how: signal.Signals) -> None:
    with Database(site.url) as database:
        job = submit(database, 100)
        with site.started(2):
            site.wait_for(lambda: len(site.ran()) >= 20, "work")
            server.stop(how)
            time.sleep(AWAY_S)
            server.start()
            site.wait_for(lambda: _over(database, job), "the end of the job")
        verify(site, database, job.id)


@pytest.mark.parametrize("site", ["sqlite", "postgres"], indirect=True)
def test_eight_submits_with_one_key_are_one_job(site, database):
    def send(_: int) -> str:
        with Database(site.url) as own:
            return store.submit(own, NewJob("text", ["a", "b"], key="one"), queue_items=100).id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(send, range(8)))) == 1
    assert len(store.jobs(database)) == 1


def test_a_full_disk_refuses_by_name_and_what_was_accepted_stays(tmp_path):
    """SQLite is given a bound of its own, which it reports as it does a full disk."""
    with Database(f"sqlite:///{tmp_path / 'jobs.db'}") as database:

        @event.listens_for(database.engine, "checkout")
        def _bounded(connection, entry, proxy) -> None:
            connection.execute("PRAGMA max_page_count = 150").close()

        accepted: list[str] = []
        full = _until_refused(lambda: accepted.append(submit(database, 500).id))
        assert full.code is FailureCode.storage_failed
        assert {job.id for job in store.jobs(database, limit=1000)} == set(accepted) != set()
        store.register(database, "w", ["text"], LEASE_S)
        _until_refused(lambda: store.claim(database, "w", ["text"], 50))
        with database.read() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert sum(store.job(database, job).total for job in accepted) == 500 * len(accepted)


def _until_refused(call: Callable[[], object]) -> StoreError:
    for _ in range(1000):
        try:
            call()
        except StoreError as error:
            return error
    pytest.fail("it was never refused")


def _over(database: Database, job) -> bool:
    try:
        return store.job(database, job.id).state.ended
    except StoreError:
        return False
