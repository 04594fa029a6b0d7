"""Which files a folder's name means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from siseon.contracts import InputError
from siseon.media import expand_inputs
from siseon.media.files import read_labelled


def _folder(place: Path, *names: str) -> None:
    for name in names:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(b"x")


def test_a_folder_means_its_pictures_and_neither_videos_nor_what_is_hidden(tmp_path: Path) -> None:
    camera = "DCIM/100CANON/"
    _folder(
        tmp_path, camera + "IMG_1.JPG", camera + "._IMG_1.JPG", camera + "MVI_2.MP4", camera + "IMG_1.CR2"
    )
    _folder(tmp_path, ".Trashes/old.jpg", "notes.txt")
    assert [path.name for path in expand_inputs([str(tmp_path)])] == ["IMG_1.JPG"]
    assert list(expand_inputs([str(tmp_path / "**" / "*.JPG")])) == list(expand_inputs([str(tmp_path)]))


def test_a_hidden_file_or_folder_that_is_named_is_taken(tmp_path: Path) -> None:
    _folder(tmp_path, ".kept/a.png", ".b.png")
    assert list(expand_inputs([str(tmp_path / ".b.png")])) == [tmp_path / ".b.png"]
    assert list(expand_inputs([str(tmp_path / ".kept")])) == [tmp_path / ".kept" / "a.png"]


def test_an_empty_folder_and_a_pattern_that_matches_nothing_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no picture in it"):
        list(expand_inputs([str(tmp_path)]))
    with pytest.raises(InputError, match="matches no picture"):
        list(expand_inputs([f"{tmp_path}/*.png"]))


def test_an_address_is_not_taken_for_a_file_that_cannot_be_read() -> None:
    with pytest.raises(InputError, match=r"^https://example\.com/a\.png is an address") as refused:
        list(expand_inputs(["https://example.com/a.png"]))
    assert "siseon jobs submit" in str(refused.value.hint)


def test_a_name_that_stands_in_a_file_means_neither_a_pipe_nor_stdin(tmp_path: Path, monkeypatch) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(InputError, match=r"pipe\.png cannot be read: it is not a file"):
        read_labelled(tmp_path / "pipe.png")
    with pytest.raises(InputError, match=r"gone\.png cannot be read: No such file"):
        read_labelled(tmp_path / "gone.png")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_bytes(b"x")
    assert read_labelled(Path("-")).data == b"x"
