"""What the log says of a run."""

from __future__ import annotations

import hashlib

from siseon.applications.accounts import Account
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.privacy.accounting import account
from siseon.applications.people.privacy.audit import LOG, read_log


def test_a_run_is_told_with_its_files_options_and_consents_and_without_names(tmp_path) -> None:
    record = tmp_path / "consent.toml"
    record.write_bytes(b"agreed")
    options = PeopleOptions(
        expressions="mini-xception", hide=False, keep=("Mina",), consent=str(record), retention=3
    )

    begun = Account(log=tmp_path, what="begun", by="ana@desk", run="r", inputs={"a.mp4": "aa", "b.mp4": None})
    account(options, begun)
    account(options, Account(log=tmp_path, what="made", by="ana@desk", run="r", made={"results.jsonl": "bb"}))

    first, second = read_log(tmp_path).entries
    assert (first.what, first.by) == ("begun", "ana@desk")
    assert first.about["inputs"] == [{"name": "a.mp4", "sha256": "aa"}, {"name": "b.mp4", "sha256": None}]
    assert first.about["consent"] == {"path": str(record), "sha256": hashlib.sha256(b"agreed").hexdigest()}
    assert (first.about["expressions"], first.about["heads_hidden"]) == (True, False)
    assert first.about["people_kept_visible"] == 1
    assert first.about["corrections"] is None
    assert second.about == {"run": "r", "retention_days": 3, "files": {"results.jsonl": "bb"}}
    assert b"Mina" not in (tmp_path / LOG).read_bytes()


def test_a_job_is_told_when_it_is_concluded_fetched_and_removed(tmp_path) -> None:
    for what in ("concluded", "fetched", "removed"):
        made = {} if what == "removed" else {"report.pdf": "cc"}
        account(PeopleOptions(), Account(log=tmp_path, what=what, by="a@b", job="01m8", made=made))
    concluded, fetched, removed = read_log(tmp_path).entries
    assert (concluded.about["job"], concluded.about["artifacts"]) == ("01m8", {"report.pdf": "cc"})
    assert fetched.about["files"] == {"report.pdf": "cc"}
    assert fetched.about["heads_hidden"] is True
    assert removed.about == {"job": "01m8"}


def test_a_record_that_cannot_be_read_any_more_is_named_without_a_digest(tmp_path) -> None:
    gone = str(tmp_path / "none.toml")
    account(PeopleOptions(consent=gone), Account(log=tmp_path, what="begun", by="a@b"))
    (begun,) = read_log(tmp_path).entries
    assert begun.about["consent"] == {"path": gone, "sha256": None}
