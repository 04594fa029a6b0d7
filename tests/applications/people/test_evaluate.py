"""Sequences that cannot be compared with are named, before a picture of them is looked at."""

from __future__ import annotations

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
        (INFO, TRUTH, "has no pictures"),
        (INFO, "", "has no pictures"),
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
        (tmp_path / name / "gt").mkdir(parents=True)
        (tmp_path / name / "img1").mkdir()
        (tmp_path / name / "seqinfo.ini").write_text(INFO.replace("jpg", "png"))
        (tmp_path / name / "gt" / "gt.txt").write_text(TRUTH)
        for number in (1, 2):
            high = 200 if name == "small" and number == 2 else 240
            picture = Image.from_array(np.full((high, 320, 3), 128, np.uint8))
            (tmp_path / name / "img1" / f"{number}.png").write_bytes(encode(picture, "png"))
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
    with pytest.raises(InputError, match=r"2\.png"):
        await evaluate(models, *how, bounds=MediaBounds(), progress=list)
