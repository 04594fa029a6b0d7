"""What is made of all results together: by one worker at a time, once, again where it was corrected, and never half."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from siseon.applications.registry import find
from siseon.contracts import Encoded, Failure, FailureCode, InputError, JobError
from siseon.jobs import concluding as making
from siseon.jobs import store
from siseon.jobs.database import Database
from siseon.jobs.inputs import of_upload
from siseon.jobs.opening import opened
from siseon.jobs.store import concluding
from siseon.jobs.store.concluding import Concluding
from siseon.jobs.wire import ConclusionFile, ConclusionState, Job, State
from siseon.settings import Settings

HOLD_S = 10.0
FILE = ConclusionFile(name="a.json", nbytes=2, artifact="out/x/end-1/0.json")
PASSES = Failure(code=FailureCode.storage_failed, message="full", retryable=True)
STAYS = Failure(code=FailureCode.invalid_input, message="no", retryable=False)


def answered(database: Database, *, webhook: str | None = None, count: int = 1) -> str:
    """A job whose items have all ended, and of which something is to be made."""
    new = store.NewJob("text", ["file:/a.png"] * count, concludes=True, webhook=webhook)
    job = store.submit(database, new, queue_items=10)
    worker = "w" * 16
    store.register(database, worker, ["text"], lease_s=60)
    items = store.claim(database, worker, ["text"], count)
    done = [store.Finished(one.job, one.number, one.attempt, store.Done("{}")) for one in items]
    store.finish(database, worker, done)
    return job.id


def job_of(database: Database, job: str) -> Job:
    return store.job(database, job)


def take(database: Database, name: str = "one") -> Concluding:
    taken = concluding.take(database, name, ["text"], hold_s=HOLD_S)
    assert taken is not None
    return taken


def kinds(database: Database, job: str) -> list[str]:
    return [event.kind.value for event in store.events(database, job)]


def test_a_job_ends_when_what_is_made_of_its_results_is_there(database):
    job = answered(database, webhook="https://example.com/")
    standing = job_of(database, job)
    assert (standing.state, standing.conclusion.state) == (State.running, ConclusionState.waiting)
    assert store.due(database, hold_s=1) == []  # nobody is told that it has ended
    taken = take(database)
    assert job_of(database, job).conclusion.state is ConclusionState.running
    assert concluding.take(database, "two", ["text"], hold_s=HOLD_S) is None
    assert concluding.take(database, "two", ["people"], hold_s=HOLD_S) is None
    assert concluding.concluded(database, taken, [FILE])
    standing = job_of(database, job)
    assert (standing.state, standing.conclusion.state) == (State.done, ConclusionState.done)
    assert standing.conclusion.files == (FILE,)
    assert kinds(database, job)[-3:] == ["concluding", "concluded", "result"]
    assert len(store.due(database, hold_s=1)) == 1
    assert not concluding.concluded(database, taken, [FILE])  # once


def test_what_a_dead_worker_held_is_made_by_another_and_the_first_one_counts_no_more(database):
    job = answered(database)
    first = concluding.take(database, "one", ["text"], hold_s=0)
    second = take(database, "two")
    assert (first.attempt, second.attempt) == (1, 2)
    assert not concluding.keep(database, first, hold_s=HOLD_S)
    assert concluding.keep(database, second, hold_s=HOLD_S)
    assert not concluding.concluded(database, first, [FILE])
    assert not concluding.not_concluded(database, first, STAYS)
    assert concluding.concluded(database, second, [FILE])
    assert job_of(database, job).state is State.done


def test_what_kills_workers_is_given_up_and_named_and_retry_has_it_made_again(database):
    job = answered(database)
    for _ in range(concluding.FAILURES):
        assert concluding.take(database, "one", ["text"], hold_s=0) is not None
    assert concluding.take(database, "one", ["text"], hold_s=0) is None
    standing = job_of(database, job)
    assert (standing.state, standing.conclusion.state) == (State.done, ConclusionState.failed)
    assert standing.conclusion.failure.code is FailureCode.worker_died
    assert store.retry(database, job).state is State.running
    assert concluding.concluded(database, take(database), [FILE])
    assert job_of(database, job).conclusion.state is ConclusionState.done
    with pytest.raises(Exception, match="no failed items"):
        store.retry(database, job)


def test_a_failure_that_may_pass_is_tried_again_and_another_ends_the_job_without(database):
    job = answered(database)
    assert concluding.not_concluded(database, take(database), PASSES)
    standing = job_of(database, job)
    assert (standing.state, standing.conclusion.state) == (State.running, ConclusionState.waiting)
    assert standing.conclusion.failure == PASSES
    other = answered(database)
    assert concluding.not_concluded(database, take(database), STAYS)
    standing = job_of(database, other)
    assert (standing.state, standing.conclusion.state) == (State.done, ConclusionState.failed)
    assert kinds(database, other)[-2:] == ["conclusion_failed", "result"]


def test_a_correction_has_it_made_again_and_what_is_being_made_counts_no_more(database):
    job = answered(database)
    old = take(database)
    again = concluding.restate(database, job, lambda options: {**options, "files": {"a": "b"}})
    assert again.options == {"files": {"a": "b"}}
    assert not concluding.keep(database, old, hold_s=HOLD_S)
    assert not concluding.concluded(database, old, [FILE])
    new = take(database)
    assert (new.revision, new.attempt) == (2, 2)
    assert concluding.concluded(database, new, [FILE])
    concluding.restate(database, job, lambda options: {})
    standing = job_of(database, job)
    assert (standing.state, standing.conclusion.revision) == (State.running, 3)
    assert standing.conclusion.files == (FILE,)  # those of before are there meanwhile


def test_a_cancelled_job_is_concluded_by_nobody_until_it_is_tried_again(database):
    job = answered(database)
    taken = take(database)
    assert store.cancel(database, job).state is State.cancelled
    assert not concluding.keep(database, taken, hold_s=HOLD_S)
    assert not concluding.concluded(database, taken, [FILE])
    assert concluding.take(database, "one", ["text"], hold_s=HOLD_S) is None
    with pytest.raises(JobError, match="cancelled"):
        concluding.restate(database, job, lambda options: {})
    assert store.retry(database, job).state is State.running
    assert concluding.concluded(database, take(database), [FILE])


def test_how_far_it_is_is_told_as_long_as_it_counts(database):
    job = answered(database)
    taken = take(database)
    step = {"name": "visualiser", "done": 1, "total": 2, "unit": "frames", "seconds": 0.5}
    concluding.tell(database, taken, step)
    last = store.events(database, job)[-1]
    assert (last.kind.value, last.data) == ("concluding", {"revision": 1, "steps": [step]})
    store.cancel(database, job)
    count = len(store.events(database, job))
    concluding.tell(database, taken, step)
    assert len(store.events(database, job)) == count


def test_a_job_that_is_removed_takes_it_along(database):
    job = answered(database)
    concluding.concluded(database, take(database), [FILE])
    store.remove(database, job)
    assert concluding.take(database, "one", ["text"], hold_s=HOLD_S) is None


def test_files_of_one_name_are_told_apart_and_lead_nowhere_and_what_failed_is_named(
    url, database, tmp_path, monkeypatch
):
    settings = Settings(cache_dir=tmp_path, jobs_database=url)

    failures = []

    def conclude(_options, answered, unanswered):
        failures.extend((one.name, one.failure.code) for one in unanswered)
        return [
            Encoded(one.name.encode(), name) for one in answered for name in ("all.txt", "../../a/b.json")
        ]

    whole = replace(find("text"), conclude=conclude)
    monkeypatch.setattr(making, "find", lambda _name: whole)
    monkeypatch.setattr(making, "data_of", lambda *_: whole.result.model_construct())
    new = store.NewJob(
        "text", [of_upload("in/0/0", name) for name in ("a.png", "b.png", "c.png")], concludes=True
    )
    job = store.submit(database, new, queue_items=10).id
    worker = "w" * 16
    store.register(database, worker, ["text"], lease_s=60)
    items = store.claim(database, worker, ["text"], 3)
    ends = (store.Done("{}"), store.Done("{}"), store.Failed(STAYS))
    done = [
        store.Finished(one.job, one.number, one.attempt, end) for one, end in zip(items, ends, strict=True)
    ]
    store.finish(database, worker, done)
    taken = take(database)
    made = making.make(settings, taken)
    assert failures == [("c.png", STAYS.code)]
    assert [file["name"] for file in made] == ["all.txt", "b.json", "all-2.txt", "b-2.json"]
    with opened(settings) as jobs:
        assert [jobs.artifacts.read(str(file["artifact"]), 99) for file in made] == [b"a.png"] * 2 + [
            b"b.png"
        ] * 2
    assert all(str(file["artifact"]).startswith(f"out/{job}/end-1/") for file in made)
    with opened(settings) as jobs:
        concluding.concluded(jobs.database, taken, [ConclusionFile.model_validate(file) for file in made])
        assert [file.path.read_bytes() for file in making.conclusion(jobs, job)][:1] == [b"a.png"]

        def full(_name: str) -> Iterator[bytes]:
            yield b"a"
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(jobs.artifacts, "pieces", full)
        with pytest.raises(InputError, match=r"all\.txt cannot be fetched: No space left") as caught:
            list(making.conclusion(jobs, job))
        assert caught.value.code is FailureCode.storage_failed
