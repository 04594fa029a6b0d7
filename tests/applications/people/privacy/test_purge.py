"""What is past its time goes: what a run has made, as it has made it, and nothing else."""

from __future__ import annotations

import fcntl
import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from siseon.applications.accounts import Account
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.privacy.accounting import account
from siseon.applications.people.privacy.audit import LOG, append, read_log
from siseon.applications.people.privacy.purge import purge
from siseon.contracts import InputError

BY = "ana@desk"
RUN = "0123456789ab"
RESULTS = "results.jsonl"
LATER = datetime.now(UTC) + timedelta(days=8)


def begun(folder: Path) -> None:
    account(PeopleOptions(), Account(log=folder, what="begun", by=BY, run=RUN, results=RESULTS))


def made(folder: Path, options: PeopleOptions, *paths: str) -> None:
    digests = {path: hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in paths}
    account(options, Account(log=folder, what="made", by=BY, run=RUN, results=RESULTS, made=digests))


@pytest.fixture
def folder(tmp_path) -> Path:
    out = tmp_path / "out"
    (out / "conclusion").mkdir(parents=True)
    (out / RESULTS).write_text(f'{{"input": "a", "run": "{RUN}"}}\n')
    (out / "conclusion/timeline.json").write_text("{}")
    (out / "conclusion/annotated.mp4").write_bytes(b"video")
    (out / "mine.txt").write_text("notes")
    begun(out)
    made(out, PeopleOptions(), "results.jsonl", "conclusion/timeline.json", "conclusion/annotated.mp4")
    return out


def there(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_before_its_time_nothing_goes_and_the_day_is_told(folder) -> None:
    before = there(folder)
    done = purge(folder, by=BY)
    assert there(folder) == before
    assert not done.deleted
    assert {path for path, _ in done.later} == {
        "results.jsonl",
        "conclusion/timeline.json",
        "conclusion/annotated.mp4",
    }
    assert all(due is not None and due - datetime.now(UTC) > timedelta(days=6.9) for _, due in done.later)


def test_past_its_time_all_of_it_goes_but_not_what_is_not_ours_and_the_log_says_so(folder) -> None:
    done = purge(folder, by=BY, now=LATER)
    assert there(folder) == {"mine.txt", LOG}
    assert (len(done.deleted), done.left) == (3, [])
    last = read_log(folder).entries[-1]
    assert (last.what, last.about["files"]) == ("purged", done.deleted)
    again = purge(folder, by=BY, now=LATER)
    assert (again.deleted, again.left, again.later) == ([], [], [])


def test_a_dry_run_says_the_same_and_changes_nothing(folder) -> None:
    before, log = there(folder), (folder / LOG).read_bytes()
    assert len(purge(folder, by=BY, now=LATER, dry_run=True).deleted) == 3
    assert there(folder) == before
    assert (folder / LOG).read_bytes() == log


def test_on_demand_it_goes_before_its_time(folder) -> None:
    assert len(purge(folder, by=BY, at_once=True).deleted) == 3
    assert read_log(folder).entries[-1].about["at_once"] is True


def test_without_a_time_it_stays_until_somebody_demands_it(folder) -> None:
    made(folder, PeopleOptions(retention=None), "results.jsonl", "conclusion/timeline.json")
    done = purge(folder, by=BY, now=LATER)
    assert done.deleted == ["conclusion/annotated.mp4"]
    assert dict(done.later)["results.jsonl"] is None


def test_what_was_changed_since_stays_and_is_told(folder) -> None:
    (folder / "conclusion/timeline.json").write_text('{"mine": 1}')
    done = purge(folder, by=BY, now=LATER)
    assert done.left == [("conclusion/timeline.json", "it was changed since it was made")]
    assert (folder / "conclusion/timeline.json").exists()


def test_what_a_run_that_was_ended_has_left_is_known_by_its_lines(tmp_path) -> None:
    begun(tmp_path)
    line = f'{{"input": "a", "run": "{RUN}"}}\n'
    (tmp_path / RESULTS).write_text(line + line[:9])
    assert purge(tmp_path, by=BY, now=LATER).deleted == ["results.jsonl"]
    (tmp_path / RESULTS).write_text(line + '{"input": "a", "run": "another"}\n')
    begun(tmp_path)
    assert purge(tmp_path, by=BY, now=LATER).left == [("results.jsonl", "it was changed since it was made")]


def test_a_file_that_a_run_is_writing_stays(folder) -> None:
    with (folder / RESULTS).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = purge(folder, by=BY, now=LATER)
    assert done.left == [("results.jsonl", "a run is writing it")]


def test_links_are_not_followed_neither_files_nor_folders(folder, tmp_path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "timeline.json").write_text("{}")
    (outside / "results.jsonl").write_bytes((folder / RESULTS).read_bytes())
    (folder / RESULTS).unlink()
    os.symlink(outside / "results.jsonl", folder / RESULTS)
    os.rename(folder / "conclusion", folder / "elsewhere")
    os.symlink(outside, folder / "conclusion")
    done = purge(folder, by=BY, now=LATER)
    assert not done.deleted
    assert {path for path, _ in done.left} == {"results.jsonl", "conclusion/timeline.json"} | {
        path for path, _ in done.left if path == "conclusion/annotated.mp4"
    }
    assert {path.name for path in outside.iterdir()} == {"timeline.json", "results.jsonl"}


@pytest.mark.parametrize(
    "path", ["../victim", "/etc/hostname", "a/b/c", "conclusion/../../victim", "a\0b", LOG, "", "."]
)
def test_a_log_that_names_what_no_run_makes_deletes_none_of_it(tmp_path, path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "victim").write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    append(out, "made", BY, {"run": RUN, "retention_days": 1, "files": {path: empty}})
    done = purge(out, by=BY, now=LATER)
    assert not done.deleted
    assert (tmp_path / "victim").exists()
    assert (out / LOG).exists()


def test_a_folder_without_a_log_or_with_one_that_was_changed_is_refused(folder, tmp_path) -> None:
    with pytest.raises(InputError, match="no log of siseon"):
        purge(tmp_path, by=BY, now=LATER)
    log = (folder / LOG).read_bytes()
    (folder / LOG).write_bytes(log.replace(b'"number":1,', b'"number":9,'))
    before = there(folder)
    with pytest.raises(InputError, match="was changed, in line"):
        purge(folder, by=BY, now=LATER)
    assert there(folder) == before


def test_what_a_run_left_half_made_is_told_since_no_log_says_what_is_in_it(folder) -> None:
    (folder / ".conclusion.unfinished").mkdir()
    assert not purge(folder, by=BY).left
    ((name, reason),) = purge(folder, by=BY, now=LATER).left
    assert name == ".conclusion.unfinished"
    assert "delete it by hand" in reason
    assert (folder / name).is_dir()


def test_a_time_that_no_option_takes_is_none(tmp_path) -> None:
    (tmp_path / "a").write_bytes(b"")
    append(tmp_path, "made", BY, {"run": RUN, "retention_days": 10**15, "files": {"a": "0"}})
    assert purge(tmp_path, by=BY, now=LATER).later == [("a", None)]
