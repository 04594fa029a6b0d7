"""Streams by name survive the process, are shown without secrets, and keep their database's file private."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from siseon.contracts import FailureCode, InputError, StreamError
from siseon.jobs.database import Database
from siseon.streams import calibrations, kept
from siseon.streams.kept_options import KeptOptions

SOURCE = "rtsp://eve:geheim@10.0.0.7/live?token=x"
PLAIN = KeptOptions()


def test_a_stream_is_found_again_by_another_process_as_it_was_added(url, database):
    how = KeptOptions(fps=2, transport="udp", timeout_s=1, set={"min_score": "0.5"})
    kept.add(database, "gate", SOURCE, "text", how)
    kept.add(database, "Door-2", "http://camera/x", "inspection", PLAIN)
    with Database(url) as other:
        assert [one.name for one in kept.listed(other)] == ["Door-2", "gate"]
        found = kept.find(other, "gate")
    assert (found.application, found.options) == ("text", how)
    assert found.address.password == "geheim"
    assert "geheim" not in repr(found)


def test_a_name_is_taken_once_however_many_add_it_at_once(database):
    def attempt(_: int) -> str:
        try:
            kept.add(database, "gate", SOURCE, "text", PLAIN)
        except StreamError as error:
            return error.code
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(8))) == ["kept", *[FailureCode.stream_exists] * 7]


def test_what_is_removed_is_gone_and_what_never_was_is_named(database):
    kept.add(database, "gate", SOURCE, "text", PLAIN)
    kept.remove(database, "gate")
    assert kept.listed(database) == []
    acts = (kept.remove, kept.find, kept.change, calibrations.get, calibrations.remove)
    told = set()
    for act in (*acts, partial(calibrations.put, document="{}", picture=None)):
        with pytest.raises(StreamError) as caught:
            act(database, "gate")
        assert caught.value.code is FailureCode.stream_not_found
        told.add((caught.value.message, caught.value.hint))
    assert len(told) == 1


def test_a_name_that_is_misspelt_is_answered_with_the_one_that_is_meant(database):
    kept.add(database, "walk", SOURCE, "text", PLAIN)
    with pytest.raises(StreamError) as caught:
        kept.find(database, "wlak")
    assert "did you mean walk?" in caught.value.hint


def test_registers_of_modbus_belong_to_one_stream(database):
    kept.add(database, "gate", SOURCE, "text", KeptOptions(modbus={"reading": 100}))
    with pytest.raises(InputError, match="overlaps"):
        kept.add(database, "door", SOURCE, "text", KeptOptions(modbus={"reading": 105}))
    kept.add(database, "door", SOURCE, "text", KeptOptions(modbus={"reading": 106}))
    with pytest.raises(InputError, match="overlaps"):
        kept.change(database, "door", options={"modbus": {"reading": 95}})
    kept.change(database, "door", options={"modbus": {"reading": 112}})
    kept.change(database, "door", options={"fps": 1})
    kept.remove(database, "gate")
    kept.change(database, "door", options={"modbus": {"reading": 100, "reading_2": 106}})


@pytest.mark.parametrize("name", ["", "a.mp4", "a/b", "-x", "a b", "x" * 64, "naïve"])
def test_a_name_that_could_be_a_file_is_refused(database, name):
    with pytest.raises(InputError):
        kept.add(database, name, SOURCE, "text", PLAIN)


def test_a_file_is_kept_by_its_whole_path_and_may_go(database, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    film = Path("film.mp4")
    film.touch()
    kept.add(database, "film", "film.mp4", "text", PLAIN)
    film.unlink()
    assert kept.find(database, "film").address.target == str(tmp_path / "film.mp4")


def test_a_password_makes_the_file_of_the_database_private(tmp_path):
    path = tmp_path / "jobs.db"
    with Database(f"sqlite:///{path}") as database:
        path.chmod(0o644)
        assert not kept.add(database, "door", "rtsp://camera/x", "text", PLAIN)
        assert kept.add(database, "gate", SOURCE, "text", PLAIN)
        assert not kept.add(database, "yard", SOURCE, "text", PLAIN)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
