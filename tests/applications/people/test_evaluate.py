"""Sequences that cannot be compared with are named, before a picture of them is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from siseon.applications.people.evaluate import Sequences, evaluate
from siseon.applications.people.options import PeopleOptions
from siseon.contracts import InputError
from siseon.media.bounds import MediaBounds
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
