"""Calibrations in the database and in files: the newest one, its picture beside it, and nothing of earlier ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from siseon.contracts import StoreError, StreamError
from siseon.streams import calibrations, kept
from siseon.streams.kept_options import KeptOptions
from siseon.streams.ownership import standings


@pytest.fixture
def filled(database):
    kept.add(database, "boiler", "rtsp://camera/x", "gauges", KeptOptions())
    return database


def revision(database) -> str:
    (one,) = standings(database)
    assert one.calibration is not None
    return one.calibration


def test_a_stream_is_calibrated_by_what_is_kept_or_by_a_file_that_is_named(filled):
    kept.add(filled, "gate", "rtsp://camera/x", "gauges", KeptOptions(set={"calibration": "gate.json"}))
    assert [(one.kept.name, one.is_calibrated) for one in standings(filled)] == [
        ("boiler", False),
        ("gate", True),
    ]
    calibrations.put(filled, "boiler", "{}", None)
    assert all(one.is_calibrated for one in standings(filled))


def test_the_newest_is_written_with_its_picture_and_earlier_ones_go(filled, tmp_path: Path):
    folder = tmp_path / "written"
    calibrations.put(filled, "boiler", '{"width": 1}', None)
    first = calibrations.written(filled, "boiler", revision(filled), folder)
    assert json.loads(first.read_text()) == {"width": 1}
    calibrations.put(filled, "boiler", '{"width": 2}', b"a picture")
    second = calibrations.written(filled, "boiler", revision(filled), folder)
    assert json.loads(second.read_text()) == {"width": 2, "picture": calibrations.PICTURE}
    assert (second.parent / calibrations.PICTURE).read_bytes() == b"a picture"
    assert second.parent.stat().st_mode & 0o077 == 0
    calibrations.tidy(folder, {second.parent})
    assert [place.name for place in folder.iterdir()] == [second.parent.name]


def test_it_is_gone_with_its_stream_and_none_is_named(filled):
    with pytest.raises(StreamError, match="has no calibration"):
        calibrations.get(filled, "boiler")
    with pytest.raises(StreamError, match="no stream"):
        calibrations.put(filled, "other", "{}", None)
    calibrations.put(filled, "boiler", "{}", None)
    kept.remove(filled, "boiler")
    kept.add(filled, "boiler", "rtsp://camera/x", "gauges", KeptOptions())
    with pytest.raises(StreamError, match="has no calibration"):
        calibrations.remove(filled, "boiler")


def test_a_place_that_cannot_be_written_to_is_named(filled, tmp_path: Path):
    (tmp_path / "file").touch()
    calibrations.put(filled, "boiler", "{}", None)
    with pytest.raises(StoreError) as caught:
        calibrations.written(filled, "boiler", revision(filled), tmp_path / "file")
    assert caught.value.code == "storage_failed"
