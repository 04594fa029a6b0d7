from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from siseon.contracts import Encoded, FailureCode, InputError, MadeFile
from siseon.media import nameless as module
from siseon.media.nameless import made_of, name_file, nameless

linux = pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="files without a name are Linux's")
HOLDS_ONE = """
import sys
from siseon.media.nameless import nameless
with nameless() as path:
    path.write_bytes(b"a face")
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    there = tmp_path / "temporary"
    there.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(there))
    return there


@linux
def test_nobody_finds_it_and_it_gets_its_name_without_a_copy(tmp_path: Path, place: Path) -> None:
    with nameless() as path:
        path.write_bytes(b"film")
        assert path.read_bytes() == b"film"
        assert not os.listdir(place)
        number = path.stat().st_ino
        name_file(path, tmp_path / "film.mp4")

    assert (tmp_path / "film.mp4").read_bytes() == b"film"
    assert (tmp_path / "film.mp4").stat().st_ino == number


@linux
def test_one_that_nobody_has_named_is_gone(place: Path) -> None:
    with nameless() as path:
        path.write_bytes(b"film")

    assert not path.exists()
    assert not os.listdir(place)


def test_on_another_disk_it_is_copied(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as there, nameless() as path:
        path.write_bytes(b"film")
        name_file(path, Path(there) / "film.mp4")

        assert (Path(there) / "film.mp4").read_bytes() == b"film"


@pytest.mark.parametrize("there", ["a file", "a link", "a link that leads nowhere"])
@pytest.mark.parametrize("folder", [None, "/dev/shm"])
@pytest.mark.parametrize("named", [False, True])
def test_what_has_the_name_stays_as_it_is(
    there: str, folder: str | None, named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if named:
        monkeypatch.setattr(module, "_opened", lambda folder: None)
    other = tmp_path / "other"
    with tempfile.TemporaryDirectory(dir=folder) as place, nameless() as path:
        target = Path(place) / "film.mp4"
        if there == "a file":
            target.write_bytes(b"another's")
        else:
            target.symlink_to(other)
        if there == "a link":
            other.write_bytes(b"another's")
        path.write_bytes(b"film")
        with pytest.raises(FileExistsError):
            name_file(path, target)

        assert path.read_bytes() == b"film"
        if there == "a link that leads nowhere":
            assert not other.exists()
        else:
            assert target.read_bytes() == b"another's"


@linux
def test_a_kill_leaves_nothing(place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_ONE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(place)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.kill()

    assert not os.listdir(place)


def test_where_there_are_none_it_has_a_name_until_the_end(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_opened", lambda folder: None)
    with nameless() as path:
        path.write_bytes(b"film")
        assert len(os.listdir(place)) == 1
        name_file(path, tmp_path / "film.mp4")
        assert not path.exists()

    assert (tmp_path / "film.mp4").read_bytes() == b"film"
    assert not os.listdir(place)


def test_what_is_made_in_pieces_is_a_file_where_it_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 5)

    assert list(made_of([b"12", b"345"], "a")) == [Encoded(b"12345", "a")]
    assert list(made_of([], "a")) == [Encoded(b"", "a")]
    for one in made_of([b"12", b"345", b"6", b"7"], "a"):
        assert isinstance(one, MadeFile)
        assert (one.path.read_bytes(), one.name, one.nbytes) == (b"1234567", "a", 7)


def test_no_room_for_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 5)
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(InputError) as caught:
        list(made_of([b"123456"], "a"))

    assert caught.value.code is FailureCode.storage_failed


@pytest.mark.parametrize("before", [0, 2])
def test_what_fails_where_the_pieces_come_from_is_not_blamed_on_the_disk(
    before: int, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With pieces that are in memory still, and with some that are on the disk."""
    monkeypatch.setattr(module, "IN_MEMORY", 5)

    def pieces() -> Iterator[bytes]:
        yield from [b"123456"] * before
        raise PermissionError(errno.EACCES, "Permission denied", "film.mp4")

    with pytest.raises(PermissionError, match=r"film\.mp4"):
        list(made_of(pieces(), "a"))

    assert not os.listdir(place)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is Linux's")
@pytest.mark.parametrize("nbytes", [6, 1_000_000])
def test_a_disk_that_is_full_is_told(nbytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a piece, or at the end: what little there is waits in the process until then."""
    monkeypatch.setattr(module, "IN_MEMORY", 5)
    monkeypatch.setattr(module, "nameless", lambda: nullcontext(Path("/dev/full")))
    with pytest.raises(InputError, match="No space left") as caught:
        list(made_of([b"1" * nbytes], "a"))

    assert caught.value.code is FailureCode.storage_failed
