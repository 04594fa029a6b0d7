"""Artifacts in a folder and in a real S3 server: the same behaviour, and the same names for what goes wrong."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from jobs.s3 import s3
from siseon.contracts import FailureCode, InputError
from siseon.jobs.artifact_names import (
    is_name,
    media_type,
    output_name,
    outputs_of,
    outputs_of_attempt,
    outputs_of_conclusion,
    upload_name,
    uploads_of_submission,
)
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.videos import Videos

__all__ = ["s3"]

JOB = "0" * 25 + "a"


def name_of(job: str, number: int, suffix: str) -> str:
    return output_name(outputs_of_attempt(job, number, 1), 0, suffix)


@pytest.fixture(params=["folder", "s3"])
def artifacts(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Artifacts:
    if request.param == "folder":
        return Artifacts.at(str(tmp_path / "artifacts"))
    for variable, value in request.getfixturevalue("s3").items():
        monkeypatch.setenv(variable, value)
    return Artifacts.at(f"s3://jobs/{tmp_path.name}")


def test_what_was_put_is_read_in_one_and_in_pieces(artifacts: Artifacts) -> None:
    name, data = name_of(JOB, 3, ".JPG"), os.urandom(3 << 20)
    artifacts.put(name, data)
    assert name == f"out/{JOB}/000003-1/0.jpg"
    assert artifacts.size(name) == len(data)
    assert artifacts.read(name, len(data)) == data
    assert b"".join(artifacts.pieces(name)) == data


def test_parts_of_it_are_read_as_a_player_asks_for_them(artifacts: Artifacts) -> None:
    name, data = name_of(JOB, 3, "mp4"), os.urandom(3 << 20)
    artifacts.put(name, data)
    for span in (range(5), range(7, 2 << 20), range(len(data) - 1, len(data))):
        assert b"".join(artifacts.pieces(name, span)) == data[span.start : span.stop]


def test_a_file_is_taken_over_and_is_a_file_of_this_machine_again(
    artifacts: Artifacts, tmp_path: Path
) -> None:
    folder, data = uploads_of_submission(), os.urandom(12 << 20)
    file = (artifacts.folder or tmp_path) / "arrived"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(data)
    name = upload_name(folder, data)
    artifacts.adopt(name, file)
    assert artifacts.size(name) == len(data)
    videos = Videos(artifacts, tmp_path / "videos")
    path = videos.local(name)
    assert path.read_bytes() == data
    assert videos.local(name) == path
    assert sorted(other.name for other in (tmp_path / "videos").glob("*")) == (
        [] if artifacts.folder else [path.name]
    )
    assert videos.forget() == 0
    artifacts.delete_folder(folder)
    assert videos.forget() == (0 if artifacts.folder else 1)
    assert not path.exists()
    with pytest.raises(InputError) as caught:
        videos.local(name)
    assert caught.value.code is FailureCode.not_found


def test_a_file_of_another_disk_is_taken_over_too(artifacts: Artifacts) -> None:
    name = output_name(outputs_of_conclusion("a" * 26, 1), 0, ".mp4")
    with TemporaryDirectory(dir="/dev/shm") as there:
        file = Path(there) / "made"
        file.write_bytes(b"film")
        artifacts.adopt(name, file)

    assert artifacts.read(name, 9) == b"film"
    assert artifacts.delete_folder(outputs_of_conclusion("a" * 26, 1)) == 1  # nothing else is left there


def test_a_file_of_another_disk_that_does_not_fit_leaves_nothing(tmp_path) -> None:
    resource = pytest.importorskip("resource")
    artifacts = Artifacts.at(str(tmp_path))
    name = output_name(outputs_of_conclusion("a" * 26, 1), 0, ".mp4")
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with TemporaryDirectory(dir="/dev/shm") as there:
        file = Path(there) / "made"
        file.write_bytes(bytes(20_000))
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
        try:
            with pytest.raises(InputError) as caught:
                artifacts.adopt(name, file)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        assert file.exists()

    assert caught.value.code is FailureCode.storage_failed
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_second_write_takes_the_place_of_the_first(artifacts: Artifacts) -> None:
    name = name_of(JOB, 0, "json")
    artifacts.put(name, b"first")
    artifacts.put(name, b"second")
    assert artifacts.read(name, 100) == b"second"


def test_what_is_longer_than_its_reader_takes_is_not_read(artifacts: Artifacts) -> None:
    name = name_of(JOB, 0, "json")
    artifacts.put(name, b"12345")
    with pytest.raises(InputError) as caught:
        artifacts.read(name, 4)
    assert caught.value.code is FailureCode.image_too_large


def test_what_is_not_there_is_named(artifacts: Artifacts) -> None:
    name = name_of(JOB, 0, "json")
    for look in (
        lambda: artifacts.read(name, 100),
        lambda: artifacts.size(name),
        lambda: list(artifacts.pieces(name)),
    ):
        with pytest.raises(InputError) as caught:
            look()
        assert caught.value.code is FailureCode.not_found
        assert "\n" not in caught.value.message


def test_all_that_a_job_has_goes_and_nothing_of_another_one(artifacts: Artifacts) -> None:
    other = "0" * 25 + "b"
    for job in (JOB, other):
        for number in range(3):
            artifacts.put(name_of(job, number, "jpg"), b"x")
    assert artifacts.delete_folder(outputs_of(JOB)) == 3
    assert list(artifacts.folders(datetime.now(UTC) + timedelta(days=1))) == [outputs_of(other)]
    assert list(artifacts.folders(datetime.now(UTC) - timedelta(days=1))) == []


def test_an_attempt_that_does_not_count_takes_nothing_of_another_one_with_it(artifacts: Artifacts) -> None:
    kept = name_of(JOB, 3, "jpg")
    artifacts.put(kept, b"x")
    for attempt in (10, 11):
        artifacts.put(output_name(outputs_of_attempt(JOB, 3, attempt), 0, "jpg"), b"x")
    assert artifacts.delete_folder(outputs_of_attempt(JOB, 3, 10)) == 1
    artifacts.delete_folder(outputs_of_attempt(JOB, 3, 11))
    assert artifacts.read(kept, 1) == b"x"


def test_what_is_gone_already_is_not_missed(artifacts: Artifacts) -> None:
    names = [name_of(JOB, number, "jpg") for number in range(3)]
    artifacts.put(names[0], b"x")
    artifacts.put(names[2], b"x")
    artifacts.delete(names)
    with pytest.raises(InputError):
        artifacts.size(names[2])
    assert artifacts.delete_folder(outputs_of(JOB)) == 0


def test_uploads_lie_under_their_bytes_in_a_folder_of_their_submission() -> None:
    folder = uploads_of_submission()
    assert upload_name(folder, b"a") == upload_name(folder, b"a") != upload_name(folder, b"b")
    assert uploads_of_submission() != folder
    assert is_name(upload_name(folder, b"a"))


@pytest.mark.parametrize(
    "name",
    [
        "", "/etc/passwd", f"out/{JOB}/../../x", f"out/{JOB}/000001-1/0.jpg\n", f"out/{JOB}/000001-1/0",
        f"../out/{JOB}/000001-1/0.jpg", "in/x", f"out/{JOB}", f"out/{'A' * 26}/000001-1/0.jpg",
    ],
)  # fmt: skip
def test_what_leads_elsewhere_is_not_a_name(name: str) -> None:
    assert not is_name(name)


def test_a_suffix_of_an_application_s_own_cannot_lead_elsewhere_nor_be_what_a_browser_runs() -> None:
    assert name_of(JOB, 1, "/../x") == f"out/{JOB}/000001-1/0.bin"
    assert media_type(name_of(JOB, 1, ".xhtml")) == "application/octet-stream"
    assert media_type(name_of(JOB, 1, ".svg")) == "application/octet-stream"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        Artifacts.at(str(tmp_path / "file" / "artifacts"))
    assert caught.value.code is FailureCode.storage_failed
