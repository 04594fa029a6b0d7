"""Sequences that cannot be compared with are named, before a picture of them is looked at."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from siseon.applications.people.evaluate import Sequences, evaluate
from siseon.applications.people.options import PeopleOptions
from siseon.contracts import Image, InputError
from siseon.media.bounds import MediaBounds
from siseon.media.encode import encode
from siseon.models import ModelManager

INFO = "[Sequence]\nimDir=img1\nframeRate=30\nimExt=.jpg\n"
TRUTH = "1,1,0,0,10,10,1,1,1\n"


@pytest.mark.parametrize(
    ("info", "truth", "why"),
    [
        (INFO, "1,2,3\n", "invalid column index"),
        (INFO, "nan,nan,0,0,10,10,1,1,1\n", "a figure that is not finite"),
        (INFO, TRUTH.replace(",", ";"), "could not convert"),
        (INFO.replace("30", "0"), TRUTH, "frameRate 0 is not within 0.1 to 1000"),
        (INFO.replace("30", "nan"), TRUTH, "frameRate nan is not within"),
        (INFO.replace("30", "1e-300"), TRUTH, "frameRate 1e-300 is not within"),
        (INFO, TRUTH * 2, r"gt\.txt has person 1 on picture 1 twice"),
        (INFO, TRUTH + TRUTH.replace("10,1,1,1", "10,0,1,1"), "has no pictures"),  # that one does not count
        (INFO, TRUTH, "has no pictures"),
        (INFO, "", "has no pictures"),
        ("\ufeff" + INFO, "\ufeff" + TRUTH, "has no pictures"),  # the mark that Windows puts before UTF-8
    ],
)
async def test_a_sequence_that_cannot_be_used_is_named(
    tmp_path: Path, info: str, truth: str, why: str
) -> None:
    (tmp_path / "one" / "gt").mkdir(parents=True)
    (tmp_path / "one" / "seqinfo.ini").write_text(info)
    (tmp_path / "one" / "gt" / "gt.txt").write_text(truth)
    with pytest.raises(InputError, match=why):
        await evaluate(
            ModelManager(),
            PeopleOptions(),
            Sequences(folder=tmp_path),
            bounds=MediaBounds(),
            progress=lambda: None,
        )


async def test_a_sequence_with_a_picture_that_cannot_be_read_is_named_and_the_others_measured(
    tmp_path: Path, model_path: Path
) -> None:
    pytest.importorskip("trackers")
    for name in ("good", "small", "torn"):
        _sequence(tmp_path / name, TRUTH)
    picture = Image.from_array(np.full((200, 320, 3), 128, np.uint8))
    (tmp_path / "small" / "img1" / "2.png").write_bytes(encode(picture, "png"))
    torn = tmp_path / "torn" / "img1" / "2.png"
    torn.write_bytes(b"no picture")
    how = PeopleOptions(), Sequences(folder=tmp_path)
    models = ModelManager(search_path=[model_path])
    table = await evaluate(models, *how, bounds=MediaBounds(), progress=list)

    assert [row[0] for row in table.rows] == ["good", "all"]
    small = tmp_path / "small" / "img1" / "2.png"
    assert table.notes[0].startswith(f"small was not measured: {small} has 320 × 200 pixels")
    assert table.notes[1].startswith(f"torn was not measured: {torn}: ")
    assert table.notes[2:] == ("not measured: 2",)

    shutil.rmtree(tmp_path / "good")
    with pytest.raises(InputError, match=r"^nothing can be measured: small: .*2\.png"):
        await evaluate(models, *how, bounds=MediaBounds(), progress=list)


@pytest.mark.parametrize(
    "truth", ["", TRUTH.replace("1,1,", "3,1,", 1), TRUTH.replace("10,1,1,1", "10,0,1,1")]
)
async def test_a_sequence_in_whose_pictures_the_truth_has_nobody_is_not_measured(
    tmp_path: Path, truth: str
) -> None:
    _sequence(tmp_path / "one", truth)
    with pytest.raises(InputError, match=r"one: its gt\.txt has no person who counts on any of its 2 pict"):
        await evaluate(
            ModelManager(),
            PeopleOptions(),
            Sequences(folder=tmp_path),
            bounds=MediaBounds(),
            progress=list,
        )


@pytest.mark.parametrize("file", ["seqinfo.ini", "gt/gt.txt", "img1/1.png"])
async def test_a_pipe_in_a_sequence_is_not_waited_for(tmp_path: Path, file: str) -> None:
    _sequence(tmp_path / "one", TRUTH)
    (tmp_path / "one" / file).unlink()
    os.mkfifo(tmp_path / "one" / file)
    with pytest.raises(InputError, match=f"{file} cannot be read: it is not a file"):
        await evaluate(
            ModelManager(),
            PeopleOptions(),
            Sequences(folder=tmp_path),
            bounds=MediaBounds(),
            progress=list,
        )


def _sequence(folder: Path, truth: str) -> None:
    """Of two grey pictures."""
    (folder / "gt").mkdir(parents=True)
    (folder / "img1").mkdir()
    (folder / "seqinfo.ini").write_text(INFO.replace("jpg", "png"))
    (folder / "gt" / "gt.txt").write_text(truth)
    for number in (1, 2):
        picture = Image.from_array(np.full((240, 320, 3), 128, np.uint8))
        (folder / "img1" / f"{number}.png").write_bytes(encode(picture, "png"))
