"""Many at once on a few jobs: no two transactions wait for each other, and everything comes to its end."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

from siseon.contracts import Failure, FailureCode, InputError
from siseon.jobs import store
from siseon.jobs.database import Database
from siseon.jobs.store import Done, Failed, Finished, LeaseLost, NewJob

MAY_PASS = Failure(code=FailureCode.overloaded, message="not now", retryable=True)
THREADS, STEPS = 8, 60
LEASE_S = 60.0


class Wandering:
    """Hours pass in minutes: what waits for another attempt is soon ready."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0
        self.lock = threading.Lock()

    def __call__(self) -> float:
        with self.lock:
            self.time += 0.5
            return self.time


def test_nobody_waits_for_somebody_who_waits_for_him(url):
    with Database(url, clock=Wandering()) as database, ThreadPoolExecutor(THREADS) as pool:
        for at in range(4):
            store.submit(database, NewJob("text", ["x"] * 40, key=f"k{at}"), queue_items=10**6)
        jobs = [job.id for job in store.jobs(database)]
        list(pool.map(lambda seed: _act(database, jobs, seed), range(THREADS)))
        _drain(database)
        for job in store.jobs(database):
            items = store.items(database, job.id, limit=100)
            assert job.state.ended
            assert job.done + job.failed + job.cancelled == len(items) == 40
            events = store.events(database, job.id, limit=10_000)
            assert [event.id for event in events] == list(range(1, len(events) + 1))


def _act(database: Database, jobs: list[str], seed: int) -> None:
    chance = random.Random(seed)
    worker = f"w{seed}"
    store.register(database, worker, ["text"], LEASE_S)
    for step in range(STEPS):
        try:
            given = store.claim(database, worker, ["text"], chance.randint(1, 8))
            store.beat(database, worker, LEASE_S)
            back = [each for each in given if chance.random() < 0.1]
            store.release(database, worker, [(each.job, each.number) for each in back])
            outcome = Failed(MAY_PASS) if chance.random() < 0.1 else Done("1")
            store.finish(
                database, worker, [Finished(each.job, each.number, each.attempt, outcome) for each in given]
            )
            if chance.random() < 0.05:
                store.reap(database)
            if chance.random() < 0.05:
                store.cancel(database, chance.choice(jobs))
            if chance.random() < 0.1:
                store.retry(database, chance.choice(jobs))
            if chance.random() < 0.05:
                store.leave(database, worker)
                raise LeaseLost("it has left")
        except LeaseLost:
            worker = f"w{seed}-{step}"
            store.register(database, worker, ["text"], LEASE_S)
        except InputError:
            continue  # there was nothing to try again


def _drain(database: Database) -> None:
    store.register(database, "last", ["text"], 1e9)
    while not all(job.state.ended for job in store.jobs(database)):
        store.reap(database)
        given = store.claim(database, "last", ["text"], 100)
        store.finish(
            database, "last", [Finished(each.job, each.number, each.attempt, Done("1")) for each in given]
        )


def test_a_job_that_is_cancelled_while_a_carrier_is_filled_has_nothing_queued(postgres_url, monkeypatch):
    """SQLite has one writer at a time: nothing comes between there."""
    from siseon.jobs.store import carrying

    found = carrying.candidates

    def cancelled_since(*words: object) -> list[str]:
        jobs = found(*words)
        for job in jobs:
            store.cancel(database, job)
        return jobs

    with Database(postgres_url()) as database:
        job = store.submit(database, NewJob("text", ["x"] * 3), queue_items=10)
        monkeypatch.setattr(carrying, "candidates", cancelled_since)
        assert store.carry(database, ["text"], 10) == []
        assert {item.state.value for item in store.items(database, job.id)} == {"cancelled"}
