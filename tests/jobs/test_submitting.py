"""A submission is whole or nothing: what came with one that was refused does not stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from siseon.contracts import Encoded, SiseonError, StoreError
from siseon.jobs import store
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.database import Database
from siseon.jobs.inputs import place
from siseon.jobs.opening import Opened
from siseon.jobs.order import Order
from siseon.jobs.submitting import submit


@pytest.fixture
def jobs(database: Database, tmp_path: Path) -> Opened:
    return Opened(database, Artifacts.at(str(tmp_path / "artifacts")))


def kept(folder: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in (folder / "artifacts").rglob("*") if path.is_file())


PICTURES = [Encoded(b"one", "one.png"), Encoded(b"two", "two.png")]


def test_pictures_are_kept_before_the_row_that_names_them(jobs: Opened, tmp_path: Path) -> None:
    job = submit(jobs, "text", ["url:http://a/"], PICTURES, queue_items=10)
    items = store.items(jobs.database, job.id)
    assert [place(item.input).kind for item in items] == ["url", "upload", "upload"]
    assert [jobs.artifacts.read(place(item.input).at, 10) for item in items[1:]] == [b"one", b"two"]
    assert Order.of(job.options).uploads is not None


@pytest.mark.parametrize("key", [None, "k"])
@pytest.mark.parametrize(
    "wrong",
    [{"queue_items": 1}, {"priority": 1000}, {"choices": {"nothing": 1}}, {"webhook": "http://a/"}],
)
def test_a_submission_that_is_refused_leaves_nothing(
    jobs: Opened, tmp_path: Path, wrong: dict[str, Any], key: str | None
) -> None:
    with pytest.raises(SiseonError):
        submit(jobs, "text", [], PICTURES, **{"queue_items": 10, "key": key, **wrong})
    assert kept(tmp_path) == []
    assert store.jobs(jobs.database) == []


def test_a_submission_that_is_interrupted_leaves_nothing(jobs: Opened, tmp_path: Path) -> None:
    def interrupted() -> Iterator[Encoded]:
        yield PICTURES[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        submit(jobs, "text", [], interrupted(), queue_items=10)
    assert kept(tmp_path) == []


def test_what_may_have_been_accepted_keeps_its_pictures(
    jobs: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = store.submit

    def lost(*words: Any, **named: Any) -> None:
        accept(*words, **named)
        raise StoreError("the answer was lost")

    monkeypatch.setattr(store, "submit", lost)
    with pytest.raises(StoreError):
        submit(jobs, "text", [], PICTURES, queue_items=10)
    (job,) = store.jobs(jobs.database)
    items = store.items(jobs.database, job.id)
    assert [jobs.artifacts.read(place(item.input).at, 10) for item in items] == [b"one", b"two"]


def test_the_same_key_and_pictures_are_the_same_job_and_the_first_files(jobs: Opened, tmp_path: Path) -> None:
    first = submit(jobs, "text", [], PICTURES, queue_items=10, key="k")
    assert submit(jobs, "text", [], PICTURES, queue_items=10, key="k").id == first.id
    assert kept(tmp_path) == [b"one", b"two"]


def test_another_request_with_the_key_takes_nothing_from_the_first(jobs: Opened, tmp_path: Path) -> None:
    first = submit(jobs, "text", [], PICTURES, queue_items=10, key="k")
    for others in ([Encoded(b"three", "one.png")], PICTURES[:1], PICTURES[::-1]):
        with pytest.raises(SiseonError, match="another request"):
            submit(jobs, "text", [], others, queue_items=10, key="k")
    assert kept(tmp_path) == [b"one", b"two"]
    items = store.items(jobs.database, first.id)
    assert [jobs.artifacts.read(place(item.input).at, 10) for item in items] == [b"one", b"two"]
