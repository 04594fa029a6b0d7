"""A submission is whole or nothing: what came with one that was refused does not stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jobs.conftest import Clock
from siseon.contracts import Encoded, SiseonError
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


@pytest.mark.parametrize(
    "wrong",
    [{"queue_items": 1}, {"priority": 1000}, {"choices": {"nothing": 1}}, {"webhook": "http://a/"}],
)
def test_a_submission_that_is_refused_leaves_nothing(
    jobs: Opened, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    with pytest.raises(SiseonError):
        submit(jobs, "text", [], PICTURES, **{"queue_items": 10, **wrong})
    assert kept(tmp_path) == []
    assert store.jobs(jobs.database) == []


def test_the_same_key_and_pictures_are_the_same_job_and_the_same_files(jobs: Opened, tmp_path: Path) -> None:
    first = submit(jobs, "text", [], PICTURES, queue_items=10, key="k")
    assert submit(jobs, "text", [], PICTURES, queue_items=10, key="k").id == first.id
    assert kept(tmp_path) == [b"one", b"two"]


def test_another_request_with_the_key_takes_nothing_from_the_first(jobs: Opened, clock: Clock) -> None:
    first = submit(jobs, "text", [], PICTURES, queue_items=10, key="k")
    for others in ([Encoded(b"three", "one.png")], PICTURES[:1]):
        with pytest.raises(SiseonError):
            submit(jobs, "text", [], others, queue_items=10, key="k")
    items = store.items(jobs.database, first.id)
    assert [jobs.artifacts.read(place(item.input).at, 10) for item in items] == [b"one", b"two"]
