"""No file of the user is lost: outputs never replace what was there, and never an input."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from siseon.cli.written import PART, Written
from siseon.contracts import FailureCode, InputError


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"the only copy")
    return path


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("way", ["itself", "through a link", "by a hard link", "by another path"])
def test_results_are_never_written_onto_an_input(photo, force, way):
    target = {
        "itself": photo,
        "through a link": photo.parent / "link.jpg",
        "by a hard link": photo.parent / "hard.jpg",
        "by another path": photo.parent / "x" / ".." / "photo.jpg",
    }[way]
    (photo.parent / "x").mkdir()
    if way == "through a link":
        target.symlink_to(photo)
    if way == "by a hard link":
        target.hardlink_to(photo)
    with pytest.raises(InputError, match="is an input"):
        Written([photo], force=force).lines(target)
    assert photo.read_bytes() == b"the only copy"


@pytest.mark.parametrize("force", [False, True])
def test_a_drawing_beside_its_photo_gets_another_name(photo, force):
    made = Written([photo], force=force).picture(photo.parent, "photo.jpg", ".jpg", b"drawn")
    assert made.name == "photo-2.jpg"
    assert photo.read_bytes() == b"the only copy"


def test_a_file_that_was_there_is_replaced_only_by_force(tmp_path):
    there = tmp_path / "results.jsonl"
    there.write_text("of yesterday")
    with pytest.raises(InputError, match="there already"):
        Written([], force=False).lines(there)
    assert there.read_text() == "of yesterday"
    with Written([], force=True).lines(there) as lines:
        lines.write(b"of today")
    assert there.read_text() == "of today"
    assert [path.name for path in tmp_path.iterdir()] == ["results.jsonl"]


def test_a_run_that_is_ended_leaves_the_file_that_it_was_to_replace(tmp_path):
    there = tmp_path / "results.jsonl"
    there.write_text("of yesterday")
    there.chmod(0o600)
    for _ in range(2):  # the second run finds what the first one left
        lines = Written([], force=True).lines(there)
        lines.write(b"half of today")
        assert there.read_text() == "of yesterday"
        lines.close()
        assert there.read_text() == "of yesterday"
        assert lines.place.read_text() == "half of today"
    with Written([], force=True).lines(there) as lines:
        lines.write(b"of today")
    assert there.read_text() == "of today"
    assert there.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["results.jsonl"]


def test_a_run_that_could_not_begin_or_not_write_replaces_nothing(tmp_path, monkeypatch):
    there = tmp_path / "results.jsonl"
    there.write_text("of yesterday")
    Written([], force=True).lines(there).close()
    assert [path.name for path in tmp_path.iterdir()] == ["results.jsonl"]
    lines = Written([], force=True).lines(there)
    lines.write(b"first\n")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(InputError, match="the disk is full"):
            lines.write(b"second\n")
    lines.finish()
    lines.close()
    assert there.read_text() == "of yesterday"
    assert lines.place.read_text() == "first\n"


@pytest.mark.parametrize("force", [False, True])
def test_a_link_is_neither_written_through_nor_replaced_and_a_folder_is_in_nobodys_way(tmp_path, force):
    kept = tmp_path / "kept"
    kept.write_bytes(b"of somebody else")
    link = tmp_path / "x.jpg"
    link.symlink_to(kept)
    written = Written([], force=force)
    with pytest.raises(InputError, match="is a link"):
        written.lines(link)
    (tmp_path / "x-2.jpg").mkdir()
    assert written.picture(tmp_path, "x.png", ".jpg", b"drawn").name == "x-3.jpg"
    assert link.readlink() == kept
    assert kept.read_bytes() == b"of somebody else"


@pytest.mark.parametrize("force", [False, True])
def test_two_runs_never_write_one_file(tmp_path, force):
    there = tmp_path / "results.jsonl"
    if force:
        there.write_text("of yesterday")
    with Written([], force=force).lines(there) as lines:
        lines.write(b"of the first run")
        with pytest.raises(InputError, match="being written by another run"):
            Written([], force=True).lines(there)
    assert there.read_text() == "of the first run"


def test_a_picture_is_there_as_a_whole_or_not_at_all(tmp_path, monkeypatch):
    (tmp_path / "x.jpg").write_bytes(b"old")
    (tmp_path / PART).write_bytes(b"of a run that was killed")
    seen = []
    original = os.write

    def watched(descriptor, data):
        seen.append({path.name: path.read_bytes() for path in tmp_path.glob("x*")})
        return original(descriptor, data[:1])

    monkeypatch.setattr(os, "write", watched)
    for force, name in ((False, "x-2.jpg"), (True, "x.jpg")):
        assert Written([], force=force).picture(tmp_path, "x.png", ".jpg", b"new").name == name
    assert [now.get("x.jpg") for now in seen] == [b"old"] * 6
    assert [now.get("x-2.jpg") for now in seen] == [None] * 3 + [b"new"] * 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x-2.jpg", "x.jpg"]


def test_an_input_called_like_an_unfinished_file_stays(tmp_path):
    odd = tmp_path / PART
    odd.write_bytes(b"the only copy")
    with pytest.raises(InputError, match="is an input"):
        Written([odd], force=True).picture(tmp_path, "x.png", ".jpg", b"drawn")
    assert odd.read_bytes() == b"the only copy"


def test_a_file_called_unfinished_is_not_taken_for_one_of_ours(tmp_path):
    (tmp_path / ".unfinished").write_bytes(b"of the user")
    Written([], force=False).picture(tmp_path, "x.png", ".jpg", b"drawn")
    assert (tmp_path / ".unfinished").read_bytes() == b"of the user"


def test_a_run_that_was_killed_while_it_named_a_picture_is_in_nobodys_way(tmp_path):
    (tmp_path / "x.jpg").write_bytes(b"drawn")
    os.link(tmp_path / "x.jpg", tmp_path / PART)
    made = Written([tmp_path / "x.jpg"], force=True).picture(tmp_path, "x.jpg", ".jpg", b"again")
    assert (made.name, (tmp_path / "x.jpg").read_bytes()) == ("x-2.jpg", b"drawn")


@pytest.mark.parametrize("way", ["another name of a file", "a link", "a pipe", "a folder"])
def test_unfinished_lines_that_are_no_file_of_ours_stay_and_are_told(tmp_path, way):
    there, part, kept = tmp_path / "r", tmp_path / "r.unfinished", tmp_path / "kept"
    there.write_text("of yesterday")
    kept.write_text("of the user")
    if way == "another name of a file":
        part.hardlink_to(kept)
    elif way == "a link":
        part.symlink_to(kept)
    elif way == "a pipe":
        os.mkfifo(part)
    else:
        part.mkdir()
    with pytest.raises(InputError, match=r"r\.unfinished"):
        Written([], force=True).lines(there)
    assert (there.read_text(), kept.read_text()) == ("of yesterday", "of the user")


def test_a_file_that_the_run_before_has_just_put_into_its_place_is_not_emptied(tmp_path, monkeypatch):
    there = tmp_path / "r"
    there.write_text("of yesterday")
    first = Written([], force=True).lines(there)
    first.write(b"of the first run")
    lock = fcntl.flock

    def later(descriptor: int, how: int) -> None:
        if os.path.samestat(os.fstat(descriptor), first.place.stat()):  # open, and not reserved yet
            first.finish()
            first.close()
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", later)
    with pytest.raises(InputError, match="has just ended"):
        Written([], force=True).lines(there)
    assert there.read_text() == "of the first run"


def test_a_name_that_is_too_long_or_a_loop_is_a_named_failure(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    for name, told in (("x" * 300, "too long"), ("loop", "is a link")):
        with pytest.raises(InputError, match=told):
            Written([], force=False).lines(tmp_path / name)


def test_an_empty_file_that_somebody_put_in_the_place_of_ours_stays(tmp_path):
    lines = Written([], force=False).lines(tmp_path / "r")
    (tmp_path / "r").unlink()
    (tmp_path / "r").write_text("of the user")
    lines.close()
    assert (tmp_path / "r").read_text() == "of the user"


def test_pictures_are_placed_where_the_file_system_knows_no_hard_links(tmp_path, monkeypatch):
    def unknown(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", unknown)
    written = Written([], force=False)
    assert [written.picture(tmp_path, "x.png", ".jpg", b"1").name for _ in range(2)] == ["x.jpg", "x-2.jpg"]
    assert (tmp_path / "x-2.jpg").read_bytes() == b"1"


def test_pictures_of_earlier_runs_stay_and_by_force_only_those_of_this_run_stay(tmp_path):
    first = Written([], force=False)
    assert [first.picture(tmp_path, "a/x.png", ".jpg", b"1").name for _ in range(2)] == ["x.jpg", "x-2.jpg"]
    assert Written([], force=False).picture(tmp_path, "x.png", ".jpg", b"2").name == "x-3.jpg"
    forced = Written([], force=True)
    assert [forced.picture(tmp_path, "x.png", ".jpg", b"3").name for _ in range(2)] == ["x.jpg", "x-2.jpg"]
    assert (tmp_path / "x.jpg").read_bytes() == b"3"


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path):
    (tmp_path / "x.jpg").symlink_to(tmp_path / "elsewhere" / "victim.jpg")
    assert Written([], force=False).picture(tmp_path, "x.png", ".jpg", b"1").name == "x-2.jpg"


def test_a_name_cannot_leave_the_output_folder(tmp_path):
    made = Written([], force=False).picture(tmp_path, "../../etc/passwd.png", ".jpg", b"1")
    assert made == tmp_path / "passwd.jpg"


@pytest.mark.parametrize("stem", ["x" * 251, "한" * 83, "\udcff" * 251])
def test_the_longest_names_are_shortened_between_characters(tmp_path, stem):
    written = Written([], force=False)
    names = [written.picture(tmp_path, f"{stem}.png", ".jpg", b"1").name for _ in range(2)]
    assert len(set(names)) == 2
    assert all(len(os.fsencode(name)) <= 255 and name.startswith(stem[:80]) for name in names)


def test_what_cannot_be_written_whole_is_a_named_failure_and_leaves_nothing_of_itself(tmp_path, monkeypatch):
    written = Written([], force=False)
    lines = written.lines(tmp_path / "results.jsonl")
    lines.write(b"first\n")
    write = os.write

    def full(descriptor: int, data: memoryview) -> int:
        if len(data) > 3:
            return write(descriptor, data[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(InputError, match="the disk is full") as failed:
        lines.write(b"second")
    assert failed.value.code is FailureCode.storage_failed
    with pytest.raises(InputError, match="the disk is full"):
        written.picture(tmp_path, "x.png", ".jpg", b"drawn!")
    monkeypatch.undo()
    lines.write(b"third\n")
    lines.close()
    assert (tmp_path / "results.jsonl").read_bytes() == b"first\nthird\n"
    assert [path.name for path in tmp_path.iterdir()] == ["results.jsonl"]


def test_a_device_takes_results_as_it_is():
    lines = Written([], force=False).lines(Path("/dev/null"))
    lines.write(b"x")
    lines.close()


def test_thousands_of_pictures_of_one_name_cost_one_look_each(tmp_path, monkeypatch):
    written = Written([], force=False)
    looked = []
    original = Path.stat
    monkeypatch.setattr(Path, "stat", lambda path, **how: looked.append(path) or original(path, **how))
    names = [written.picture(tmp_path, "b/y.png", ".jpg", b"1").name for _ in range(100)]
    assert names[-1] == "y-100.jpg"
    assert len(looked) < 1000


def test_failures_of_the_same_run_alone_are_replaced_without_force(tmp_path):
    there = tmp_path / "results.jsonl"
    failed = b'{"input":"a.png","run":"abc","failure":{"code":"corrupt_image"}}\n'
    there.write_bytes(failed * 2)
    with Written([], force=False).lines(there, mark="abc") as lines:
        lines.write(b"of today")
    assert there.read_bytes() == b"of today"
    read = b'{"input":"a.png","run":"abc","result":{}}\n'
    for content in (
        failed + read,
        failed + failed[:20],
        failed.replace(b"abc", b"abd"),
        b"",
        b"of yesterday\n",
    ):
        there.write_bytes(content)
        with pytest.raises(InputError, match="there already"):
            Written([], force=False).lines(there, mark="abc")
        assert there.read_bytes() == content
