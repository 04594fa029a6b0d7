"""What the log says of a run."""

from __future__ import annotations

import hashlib
from pathlib import Path

from siseon.applications.accounts import Account
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.privacy.accounting import account
from siseon.applications.people.privacy.audit import LOG, read_log


def test_a_run_is_told_with_its_files_options_and_consents_and_without_names(tmp_path) -> None:
    clip, record = tmp_path / "a.mp4", tmp_path / "consent.toml"
    clip.write_bytes(b"video")
    record.write_bytes(b"agreed")
    (tmp_path / "results.jsonl").write_bytes(b"1")
    options = PeopleOptions(
        expressions="mini-xception", hide=False, keep=("Mina",), consent=str(record), retention=3
    )

    account(options, Account(tmp_path, "ana@desk", "run", Path("results.jsonl"), [clip]))
    account(options, Account(tmp_path, "ana@desk", "run", Path("results.jsonl"), [], [Path("results.jsonl")]))

    begun, made = read_log(tmp_path).entries
    assert begun.what == "begun"
    assert begun.about["inputs"] == [{"name": "a.mp4", "sha256": hashlib.sha256(b"video").hexdigest()}]
    assert begun.about["consent"] == {"path": str(record), "sha256": hashlib.sha256(b"agreed").hexdigest()}
    assert (begun.about["expressions"], begun.about["heads_hidden"]) == (True, False)
    assert begun.about["people_kept_visible"] == 1
    assert begun.about["corrections"] is None
    assert (made.what, made.about["retention_days"]) == ("made", 3)
    assert made.about["files"] == {"results.jsonl": hashlib.sha256(b"1").hexdigest()}
    assert b"Mina" not in (tmp_path / LOG).read_bytes()


def test_results_of_a_job_that_are_fetched_are_told_with_the_job(tmp_path) -> None:
    (tmp_path / "results.jsonl").write_bytes(b"1")
    told = Account(tmp_path, "a@b", "", Path("results.jsonl"), [], [Path("results.jsonl")], job="01m8")
    account(PeopleOptions(), told)
    (fetched,) = read_log(tmp_path).entries
    assert (fetched.what, fetched.about["job"], fetched.about["heads_hidden"]) == ("fetched", "01m8", True)


def test_a_file_that_is_not_there_is_named_without_a_digest(tmp_path) -> None:
    account(PeopleOptions(), Account(tmp_path, "a@b", "run", Path("results.jsonl"), [tmp_path / "none.mp4"]))
    (begun,) = read_log(tmp_path).entries
    assert begun.about["inputs"] == [{"name": "none.mp4", "sha256": None}]
