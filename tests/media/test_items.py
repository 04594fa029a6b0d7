"""What pictures are called: by their paths below what was named, and never two by one name."""

from __future__ import annotations

from pathlib import Path

import pytest

from siseon.media.items import Item, found_by, told_apart


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a camera that begins to count anew in each folder."""
    for name in ("100/DJI_1.JPG", "101/DJI_1.JPG", "101/DJI_2.JPG", "front.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*words: str) -> list[str]:
    return [item.name for item in told_apart([item for word in words for item in found_by(word)])]


@pytest.mark.parametrize(
    ("words", "called"),
    [
        (["."], ["100/DJI_1.JPG", "101/DJI_1.JPG", "101/DJI_2.JPG", "front.jpg"]),
        (["101"], ["DJI_1.JPG", "DJI_2.JPG"]),
        (["101/DJI_1.JPG"], ["DJI_1.JPG"]),
        (["10*/*.JPG"], ["100/DJI_1.JPG", "101/DJI_1.JPG", "101/DJI_2.JPG"]),
        (["101/*.JPG", "front.jpg"], ["DJI_1.JPG", "DJI_2.JPG", "front.jpg"]),
        (["100", "101"], ["100/DJI_1.JPG", "101/DJI_1.JPG", "DJI_2.JPG"]),
        (["100/DJI_1.JPG", "101/DJI_1.JPG"], ["100/DJI_1.JPG", "101/DJI_1.JPG"]),
        (["front.jpg", "front.jpg"], ["front.jpg", "front.jpg"]),
        (["-"], ["stdin"]),
    ],
)
def test_a_picture_is_called_by_its_path_below_what_was_named(
    card: Path, words: list[str], called: list[str]
) -> None:
    assert names(*words) == called
    if words != ["-"]:
        assert names(*(str(card / word) for word in words)) == called


def test_its_bytes_come_under_its_name(card: Path) -> None:
    read = Item(card / "100" / "DJI_1.JPG", "100/DJI_1.JPG").read()
    assert (read.data, read.name) == (b"x", "100/DJI_1.JPG")
