from __future__ import annotations

import errno
from pathlib import Path

import pytest

from siseon.applications.oilspill.storing import stored
from siseon.contracts import FailureCode, InputError


def test_what_is_written_goes_to_its_place_with_its_neighbours(tmp_path):
    with stored(tmp_path / "a.shp") as beside:
        beside.write_text("one")
        beside.with_suffix(".dbf").write_text("two")
        assert not (tmp_path / "a.shp").exists()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.shp": "one", "a.dbf": "two"}


def test_a_full_disk_is_named_and_the_last_file_stays(tmp_path):
    last = tmp_path / "a.csv"
    last.write_text("last")

    def half() -> None:
        with stored(last) as beside:
            beside.write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(InputError, match="No space left") as caught:
        half()
    assert caught.value.code == FailureCode.storage_failed
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.csv", "last")]


def test_other_faults_go_on_as_they_are(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), stored(tmp_path / "a"):
        1 / 0  # noqa: B018
    assert not list(tmp_path.iterdir())
