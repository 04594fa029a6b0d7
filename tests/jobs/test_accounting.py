"""The log of jobs in which people are looked at stays when the jobs go."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.conftest import Clock
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.privacy.audit import read_log
from siseon.contracts import FailureCode, SiseonError
from siseon.jobs import accounting, store
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.database import Database
from siseon.jobs.opening import Opened
from siseon.jobs.retention import purge
from siseon.jobs.store import NewJob
from siseon.jobs.wire import Job
from siseon.settings import Settings

PARTS = ["/films/a.mp4#t=0,10", "/films/a.mp4#t=10,20", "b.mp4#t=0,5"]


def job(database: Database, application: str = "people") -> Job:
    return store.submit(database, NewJob(application, ["a"]), queue_items=100)


def test_what_was_made_and_that_it_is_gone_is_told_by_the_number_of_the_job(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    settings = Settings(cache_dir=tmp_path)
    jobs = Opened(database, Artifacts.at(str(tmp_path / "artifacts")))
    one = job(database)
    accounting.concluded(settings, one, PeopleOptions(hide=False), PARTS, {"report.pdf": "aa"})
    store.cancel(database, one.id)
    clock.time += 1000
    assert purge(jobs, 500, lambda gone: accounting.removed(settings, gone)) == 1

    log = read_log(tmp_path / "audit/people")
    concluded, removed = log.entries
    assert not log.faults
    assert [one["name"] for one in concluded.about["inputs"]] == ["a.mp4", "b.mp4"]
    assert (concluded.about["heads_hidden"], concluded.about["artifacts"]) == (False, {"report.pdf": "aa"})
    assert concluded.about["job"] == removed.about["job"] == one.id
    assert removed.what == "removed"


def test_of_other_applications_no_account_is_kept(database: Database, tmp_path: Path) -> None:
    settings = Settings(cache_dir=tmp_path)
    accounting.removed(settings, job(database, "text"))
    accounting.removed(settings, job(database, "nobody knows it"))
    assert not (tmp_path / "audit").exists()


def test_without_a_place_for_the_log_nothing_is_concluded_and_what_is_removed_stays_so(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "audit").write_bytes(b"")
    settings, one = Settings(cache_dir=tmp_path), job(database)
    with pytest.raises(SiseonError) as failed:
        accounting.concluded(settings, one, PeopleOptions(), PARTS, {})
    assert failed.value.code is FailureCode.storage_failed
    accounting.removed(settings, one)
    assert f"no account is kept of job {one.id}" in caplog.text
