"""How much waits, by application and state."""

from __future__ import annotations

import pytest

from jobs.store.test_store import FINAL, LEASE_S, done, failed, work
from siseon.contracts import InputError
from siseon.jobs import store
from siseon.jobs.store import NewJob, Waiting


def test_what_waits_runs_and_has_failed_is_counted_by_application(database, clock):
    assert store.depth(database) == store.Depth()
    store.submit(database, NewJob("text", ["x"] * 1000), queue_items=10**6)
    store.submit(database, NewJob("other", ["x"]), queue_items=10**6)
    worker = work(database)
    first, second, *_ = store.claim(database, worker, ["text"], 5)
    store.finish(database, worker, [failed(first, FINAL), done(second)])
    found = store.depth(database)
    assert found.applications == {"text": Waiting(995, 3, 1), "other": Waiting(1, 0, 0)}
    assert found.workers == 1
    clock.time += LEASE_S + 1
    assert store.depth(database).workers == 0


def test_what_was_cancelled_waits_no_more_and_what_was_removed_is_dead_no_more(database):
    job = store.submit(database, NewJob("text", ["x"] * 3), queue_items=10)
    worker = work(database)
    store.finish(
        database, worker, [failed(each, FINAL) for each in store.claim(database, worker, ["text"], 1)]
    )
    store.cancel(database, job.id)
    assert store.depth(database).applications == {"text": Waiting(0, 0, 1)}
    store.remove(database, job.id)
    assert store.depth(database).applications == {}


def test_items_that_have_not_failed_are_told_with_those_that_have(database):
    job = store.submit(database, NewJob("text", ["x"] * 3), queue_items=10)
    worker = work(database)
    for each in store.claim(database, worker, ["text"], 2):
        store.finish(database, worker, [failed(each, FINAL)])
    with pytest.raises(InputError, match="have not failed: 99") as refused:
        store.retry(database, job.id, [99])
    assert refused.value.hint == "those have: 0, 1"


def test_a_job_tells_how_many_work_on_it_and_no_end_where_nobody_does(database, clock):
    job = store.submit(database, NewJob("text", ["x"] * 4), queue_items=10)
    assert job.workers == 0
    assert store.unserved(database) == ["text"]
    worker = work(database)
    clock.time += 1
    (first,) = store.claim(database, worker, ["text"], 1)
    clock.time += 1
    store.finish(database, worker, [done(first)])
    going = store.job(database, job.id)
    assert (going.workers, going.left_s) == (1, 3.0)
    assert store.unserved(database) == []
    clock.time += LEASE_S + 1
    (left,) = store.jobs(database)
    assert (left.state, left.workers, left.left_s) == ("running", 0, None)
    assert store.unserved(database) == ["text"]
