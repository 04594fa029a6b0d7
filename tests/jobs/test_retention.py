"""What is old goes as a whole; what is not stays as a whole."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jobs.conftest import Clock
from siseon.contracts import Cancelled, Encoded
from siseon.jobs import store
from siseon.jobs.artifact_names import output_name, outputs_of_attempt, upload_name, uploads_of_submission
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.database import Database
from siseon.jobs.opening import Opened
from siseon.jobs.retention import ORPHAN_S, purge, sweep
from siseon.jobs.submitting import submit


@pytest.fixture
def jobs(database: Database, tmp_path: Path) -> Opened:
    return Opened(database, Artifacts.at(str(tmp_path / "artifacts")))


def kept(folder: Path) -> set[bytes]:
    return {path.read_bytes() for path in (folder / "artifacts").rglob("*") if path.is_file()}


def made(jobs: Opened, word: bytes) -> str:
    """A job with an upload, and something that it made."""
    job = submit(jobs, "text", [], [Encoded(b"in " + word, "a.png")], queue_items=100).id
    jobs.artifacts.put(output_name(outputs_of_attempt(job, 0, 1), 0, "jpg"), b"out " + word)
    return job


def age(folder: Path, seconds: float) -> None:
    """Make every artifact so much older."""
    moment = time.time() - seconds
    for path in (folder / "artifacts").rglob("*"):
        os.utime(path, (moment, moment))


def test_a_job_that_ended_long_ago_goes_with_all_that_it_has(
    jobs: Opened, clock: Clock, tmp_path: Path
) -> None:
    old = made(jobs, b"old")
    store.cancel(jobs.database, old)
    clock.time += 1000
    new, waiting = made(jobs, b"new"), made(jobs, b"waiting")
    store.cancel(jobs.database, new)
    assert purge(jobs, 500) == 1
    assert {job.id for job in store.jobs(jobs.database)} == {new, waiting}
    assert kept(tmp_path) == {b"in new", b"out new", b"in waiting", b"out waiting"}


def test_a_purge_that_is_told_to_stop_leaves_the_rest_to_another(
    jobs: Opened, clock: Clock, tmp_path: Path
) -> None:
    for word in (b"first", b"second"):
        store.cancel(jobs.database, made(jobs, word))
        clock.time += 1
    clock.time += 1000
    asked = iter(range(100))

    def between() -> None:
        if next(asked) == 2:
            raise Cancelled("told to stop")

    with pytest.raises(Cancelled):
        purge(jobs, 500, between=between)
    assert kept(tmp_path) == {b"in second", b"out second"}
    assert store.jobs(jobs.database) == []  # nobody sees what is half gone
    purge(jobs, 500)
    assert kept(tmp_path) == set()


def test_a_purge_that_was_cut_off_is_ended_by_the_next_one(
    jobs: Opened, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        store.cancel(jobs.database, made(jobs, b"old"))
    clock.time += 1000

    def crash(database: Database, job: str, between: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "remove", crash)
        with pytest.raises(KeyboardInterrupt):
            purge(jobs, 500)
    assert purge(jobs, 500) == 3
    assert kept(tmp_path) == set()


def test_artifacts_of_no_job_go_after_a_day_and_none_of_a_job(
    jobs: Opened, clock: Clock, tmp_path: Path
) -> None:
    made(jobs, b"mine")
    jobs.artifacts.put(upload_name(uploads_of_submission(), b"stray"), b"stray")
    assert sweep(jobs) == 0
    age(tmp_path, ORPHAN_S + 60)
    jobs.artifacts.put(upload_name(uploads_of_submission(), b"coming"), b"coming")
    assert sweep(jobs) == 1
    assert kept(tmp_path) == {b"in mine", b"out mine", b"coming"}


def test_a_job_that_is_queued_again_while_it_is_purged_stays_whole(
    jobs: Opened, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = made(jobs, b"mine")
    store.cancel(jobs.database, job)
    clock.time += 1000
    expired = store.expired

    def and_then_retried(database: Database, older_than_s: float, *, limit: int) -> list[str]:
        found = expired(database, older_than_s, limit=limit)
        if found:
            store.retry(database, job)
        return found

    monkeypatch.setattr(store, "expired", and_then_retried)
    assert purge(jobs, 500) == 0
    assert kept(tmp_path) == {b"in mine", b"out mine"}


def test_what_lies_beside_artifacts_and_is_none_stays(jobs: Opened, tmp_path: Path) -> None:
    theirs = tmp_path / "artifacts" / "holiday" / "2020" / "beach.jpg"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"not ours")
    age(tmp_path, ORPHAN_S + 60)
    assert sweep(jobs) == 0
    assert kept(tmp_path) == {b"not ours"}
