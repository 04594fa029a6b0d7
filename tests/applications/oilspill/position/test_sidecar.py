"""Tables beside pictures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from siseon.applications.oilspill.position.sidecar import read_sidecar
from siseon.contracts import InputError


def _table(folder: Path, text: str) -> Path:
    path = folder / "frames.csv"
    path.write_text(text, "utf-8")
    return path


def test_rows_are_of_files_and_empty_cells_are_not_known(tmp_path: Path) -> None:
    table = read_sidecar(
        _table(
            tmp_path,
            "file,time,latitude,longitude,note\n"
            "a/one.jpg,2026-05-04T10:12:31+02:00,57.5,,calm\n"
            "two.jpg,1777882351,58.5,11.25,\n",
        )
    )
    one, two = table.rows["a/one.jpg"], table.rows["two.jpg"]
    assert one.value("time") == two.value("time") == 1_777_882_351
    assert one.value("latitude") == 57.5
    assert "longitude" not in one.facts
    assert two.facts["longitude"].text == "11.25"


def test_a_picture_is_known_by_its_path_and_by_its_own_name_where_that_is_enough(tmp_path: Path) -> None:
    table = read_sidecar(_table(tmp_path, "file,latitude\n./a/one.jpg,1\nb\\one.jpg,2\ntwo.jpg,3\n"))
    found = {
        name: table.row(name) for name in ("a/one.jpg", "b/one.jpg", "c/one.jpg", "one.jpg", "c/two.jpg")
    }
    assert {name: None if row is None else row.value("latitude") for name, row in found.items()} == {
        "a/one.jpg": 1, "b/one.jpg": 2, "c/one.jpg": None, "one.jpg": None, "c/two.jpg": 3,
    }  # fmt: skip
    table.refuse_unclear(["a/one.jpg", "b/one.jpg", "c/one.jpg", "c/two.jpg"])
    with pytest.raises(
        InputError, match=r"names 'two.jpg', as 2 pictures are called: 'c/two.jpg', 'd/two.jpg'"
    ):
        table.refuse_unclear(["a/one.jpg", "c/two.jpg", "d/two.jpg"])


def test_columns_that_are_not_read_are_named_with_what_may_be_meant(tmp_path: Path) -> None:
    assert read_sidecar(_table(tmp_path, "file,latitude\na.jpg,1\n")).notes() == ()
    (note,) = read_sidecar(_table(tmp_path, "file,latitude,Longitud,altitude\na.jpg,1,2,3\n")).notes()
    assert "'Longitud' (is it longitude?), 'altitude' (is it" in note
    many = ",".join(f"c{n}" for n in range(9))
    assert "and 3 more" in read_sidecar(_table(tmp_path, f"file,latitude,{many}\n")).notes()[0]


@pytest.mark.parametrize("cell", ["north", "nan", "1_0", "57,5"])
def test_a_cell_that_is_no_figure_is_refused(tmp_path: Path, cell: str) -> None:
    table = read_sidecar(_table(tmp_path, f'file,latitude\none.jpg,"{cell}"\n'))
    (refused,) = table.rows["one.jpg"].refused
    assert (refused.name, refused.reason, refused.text) == ("latitude", "unreadable", cell)


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    table = read_sidecar(_table(tmp_path, "file,time\none.jpg,2026-05-04T10:12:31\n"))
    assert [one.name for one in table.rows["one.jpg"].refused] == ["time"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name,latitude\none.jpg,5\n", "needs a column `file`"),
        ("file,breadth\none.jpg,5\n", "needs a column `file` and some of time, latitude"),
        ("file,latitude\nb/one.jpg,5\nb\\one.jpg,6\n", "names 'b/one.jpg' twice"),
        ("file,latitude,latitude\none.jpg,5,6\n", "has the column `latitude` twice"),
        ("file,latitude,file\none.jpg,5,two.jpg\n", "has the column `file` twice"),
        ("file,latitude,longitude\none.jpg,57,69,11,64\n", "has more cells in line 2 than columns"),
        ("", "needs a column `file`"),
        ("file,latitude" + "," * 999 + "\none.jpg,5\n", "has 1,001 columns, more than 1,000"),
    ],
)
def test_what_is_no_such_table_is_named(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_sidecar(_table(tmp_path, text))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "frames.csv")
    with pytest.raises(InputError, match=r"frames\.csv cannot be read: it is not a file"):
        read_sidecar(tmp_path / "frames.csv")


@pytest.mark.parametrize("line", ["file;latitude", "File,Latitude"])
def test_whose_first_line_is_another_one_is_told_how_it_reads(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError) as caught:
        read_sidecar(_table(tmp_path, f"{line}\none.jpg,5\n"))
    columns = ", ".join(map(repr, line.split(",")))
    assert caught.value.hint == (
        f"its first line has {columns}: write commas between columns, and names as they are here"
    )


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_beyond_all_calendars_is_refused_alone(tmp_path, moment):
    table = tmp_path / "facts.csv"
    table.write_text(f"file,time,latitude,longitude\na.jpg,{moment},56,10\n")
    found = read_sidecar(table).rows["a.jpg"]
    assert [refused.name for refused in found.refused] == ["time"]
    assert found.value("latitude") == 56
