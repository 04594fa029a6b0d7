"""References to pictures: what strangers may name, and what workers find there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from media.loopback import Names, ok, open_site
from siseon.contracts import ContractViolation, FailureCode, InputError
from siseon.jobs.artifact_names import upload_name, uploads_of_submission
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.inputs import (
    Reader,
    in_folder,
    of_artifact,
    of_file,
    of_part,
    of_upload,
    of_url,
    place,
)
from siseon.jobs.videos import Videos
from siseon.media.addresses import networks
from siseon.media.bounds import MediaBounds
from siseon.media.fetch import FetchBounds, Fetcher
from siseon.media.film.parts import VideoPart


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    bounds = FetchBounds(allow=networks("127.0.0.1"))
    async with Fetcher(bounds, resolve=Names()) as fetcher:
        artifacts = Artifacts.at(str(tmp_path / "artifacts"))
        videos = Videos(artifacts, tmp_path / "videos")
        yield Reader(artifacts, videos, fetcher, MediaBounds(max_bytes=1000))


async def test_a_picture_is_read_wherever_it_is(reader: Reader, tmp_path: Path) -> None:
    file = tmp_path / "a b.png"
    file.write_bytes(b"of a file")
    name = upload_name(uploads_of_submission(), b"uploaded")
    reader.artifacts.put(name, b"uploaded")
    async with open_site() as site:
        site.answers["/c.png?x=1"] = ok(b"fetched")
        references = (
            of_file(file),
            of_upload(name, "my photo.png"),
            of_artifact(name),
            of_url(site.url("/c.png?x=1")),
        )
        found = [await reader.read(reference) for reference in references]
    assert [picture.data for picture in found] == [b"of a file", b"uploaded", b"uploaded", b"fetched"]
    assert [picture.name for picture in found] == [
        "a b.png",
        "my photo.png",
        name.rpartition("/")[2],
        "c.png",
    ]
    assert [place(reference).name for reference in references] == [picture.name for picture in found]


def test_a_file_may_be_called_by_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "flight" / "a" / "1.png"
    for name in ("1.png", "a/1.png", "flight/a/1.png"):
        at = place(of_file(path, name))
        assert (at.at, at.name) == (str(path), name)
    assert place(of_file(path)).name == "1.png"
    assert place("file:/of/before.png").name == "before.png"


async def test_a_part_of_a_video_is_which_one_it_is(reader: Reader, tmp_path: Path) -> None:
    video = tmp_path / "day 1" / "clip #2.mp4"
    video.parent.mkdir()
    video.write_bytes(b"not looked at here")
    part = VideoPart(video, 3, 30_000, 39_500)

    reference = of_part(video, "day 1/clip #2.mp4#t=30,39.5", part)

    assert place(reference).name == "day 1/clip #2.mp4#t=30,39.5"
    assert await reader.read(reference) == part
    for wrong in ("part:/a.mp4", "part:/a.mp4#3", f"part:/a.mp4#{'9' * 20},0,1"):
        with pytest.raises(ContractViolation):
            place(wrong)


async def test_what_is_too_long_or_gone_is_a_named_failure(reader: Reader, tmp_path: Path) -> None:
    name = upload_name(uploads_of_submission(), b"x" * 1001)
    with pytest.raises(InputError) as caught:
        await reader.read(of_artifact(name))
    assert caught.value.code is FailureCode.not_found
    reader.artifacts.put(name, b"x" * 1001)
    with pytest.raises(InputError) as caught:
        await reader.read(of_artifact(name))
    assert caught.value.code is FailureCode.image_too_large
    with pytest.raises(InputError) as caught:
        await reader.read(of_file(tmp_path / "none.png"))
    assert caught.value.code is FailureCode.file_unreadable


async def test_a_pipe_is_not_waited_for(reader: Reader, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    async with asyncio.timeout(30):
        with pytest.raises(InputError) as refused:
            await reader.read(of_file(tmp_path / "pipe.png"))
    assert refused.value.code is FailureCode.file_unreadable


async def test_what_may_not_be_fetched_is_its_own_item_s_failure(reader: Reader) -> None:
    for url in ("http://user:word@example.com/", "http://0x7f.1/", "http://10.0.0.1/"):
        with pytest.raises(InputError) as caught:
            await reader.read(of_url(url))
        assert caught.value.code is FailureCode.url_blocked


def test_what_is_not_a_url_is_refused_when_a_job_is_submitted() -> None:
    for url in ("file:///etc/passwd", "x", "http://a/\0", "http://a/\n"):
        with pytest.raises(InputError) as caught:
            of_url(url)
        assert caught.value.code is FailureCode.url_blocked


def test_a_folder_that_the_owner_opened_is_all_its_pictures(tmp_path: Path) -> None:
    for name in ("b.jpg", "a.png", "sub/c.webp", "notes.txt"):
        (tmp_path / "open" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "open" / name).write_bytes(b"x")
    found = in_folder(tmp_path / "open", ".", 10)
    assert [place(each).name for each in found] == ["a.png", "b.jpg", "sub/c.webp"]
    assert [place(each).name for each in in_folder(tmp_path / "open", "sub", 10)] == ["c.webp"]


def test_nothing_outside_of_it_can_be_named(tmp_path: Path) -> None:
    root = tmp_path / "open"
    root.mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "s.png").write_bytes(b"x")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "link.png").symlink_to(tmp_path / "secret" / "s.png")
    (root / "mine.png").write_bytes(b"x")
    for folder in ("..", "../secret", str(tmp_path / "secret"), "link", "none", "a\0b", "x" * 5000):
        with pytest.raises(InputError):
            in_folder(root, folder, 10)
    assert [place(each).name for each in in_folder(root, ".", 10)] == ["mine.png"]
    with pytest.raises(InputError, match="not open"):
        in_folder(None, ".", 10)


def test_a_folder_with_too_many_pictures_is_refused(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.png").write_bytes(b"x")
    with pytest.raises(InputError, match="more than 3"):
        in_folder(tmp_path, ".", 3)


def test_names_that_a_row_cannot_keep_are_refused() -> None:
    for name in (b"a\xff.png".decode("utf-8", "surrogateescape"), "a\nb.png"):
        with pytest.raises(InputError):
            of_file(Path(name))


def test_what_is_not_a_reference_of_ours_is_no_picture() -> None:
    with pytest.raises(ContractViolation):
        place("s3:x")
    with pytest.raises(InputError):
        of_artifact("../../etc/passwd")
