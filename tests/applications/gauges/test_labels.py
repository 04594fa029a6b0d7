"""Tables of a user's photos."""

from __future__ import annotations

from pathlib import Path

import pytest

from siseon.applications.gauges.labels import labelled
from siseon.contracts import InputError

HEAD = "file,unit,value,tolerance,scale_min,scale_max\n"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", "has 0 rows"),
        ("a.jpg,bar,five,1,0,10\n", "line 2: value"),
        ("a.jpg,bar,5,1,0,10\na.jpg,bar,5,1,10,0\n", "line 3.*not above"),
        ("a.jpg,bar,5\n", "line 2: tolerance"),
        ("a.jpg,bar,nan,1,0,10\n", "line 2: value"),
        ("a.jpg,bar,3,5,0,1,0,10\n", "line 2: there are more cells than columns"),
        ("a.jpg,bar,5,1,0,10\n./a.jpg,BAR,6,1,0.0,10\n", r"has a row of a\.jpg \(bar, 0\.0 to 10\.0\) twice"),
    ],
)
def test_a_table_that_cannot_be_used_names_its_fault(tmp_path: Path, rows: str, message: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        labelled(path)


def test_each_scale_of_a_photo_may_have_a_row(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(
        HEAD + "a.jpg,bar,5,1,0,10\na.jpg,psi,70,5,0,150\na.jpg,bar,2,1,0,4\nb.jpg,bar,5,1,0,10\n",
        encoding="utf-8",
    )
    assert len(labelled(path)) == 4
