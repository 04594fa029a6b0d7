from __future__ import annotations

import csv
import io

import pytest

from siseon.applications.sheet import sheet


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_no_spreadsheet_runs_a_text(text: str) -> None:
    assert list(csv.reader(io.StringIO(sheet(["head"], [[text]]).decode()))) == [["head"], [f"'{text}"]]


def test_numbers_stay_numbers_and_nothing_is_an_empty_cell() -> None:
    assert sheet(["a", "b", "c"], [[-1.5, None, 'x "y", z']]) == b'a,b,c\r\n-1.5,,"x ""y"", z"\r\n'
