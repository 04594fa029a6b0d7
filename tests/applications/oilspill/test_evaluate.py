"""Photos against labels, one of them no picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from siseon.applications.oilspill.evaluate import OilSpillTruth, evaluate
from siseon.applications.oilspill.options import OilSpillOptions
from siseon.contracts import Image, InputError
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.encode import encode
from siseon.models import ModelManager


async def test_photos_that_cannot_be_read_are_named_and_the_others_measured(tmp_path: Path) -> None:
    grey = Image.from_array(np.full((120, 160, 3), 128, np.uint8))
    (tmp_path / "grey.png").write_bytes(encode(grey, "png"))
    (tmp_path / "bad.png").write_bytes(b"no picture")
    files = ("bad.png", "gone.png", "grey.png")
    rows = "".join(f"{file},no_oil_spill,x\n" for file in files)
    (tmp_path / "labels.csv").write_text("file,label,shows\n" + rows)
    how = OilSpillOptions(), OilSpillTruth(folder=tmp_path)
    table = await evaluate(ModelManager(), *how, bounds=DEFAULT_BOUNDS, progress=list)

    assert sum(map(int, table.rows[1][1:])) == 1
    assert [note.split(" ")[0] for note in table.notes[:-1]] == [str(tmp_path / file) for file in files[:2]]
    assert table.notes[-1] == "not measured: 2"

    (tmp_path / "grey.png").unlink()
    with pytest.raises(InputError):
        await evaluate(ModelManager(), *how, bounds=DEFAULT_BOUNDS, progress=list)
