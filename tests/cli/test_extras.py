"""What a command lacks is named at once, with the one command that gets it."""

from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

from siseon.cli.app import app
from siseon.cli.extras import need
from siseon.contracts import DependencyMissing


def lack(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    for name in modules:
        monkeypatch.setitem(sys.modules, name, None)  # type: ignore[arg-type]  # as if it were not installed


def refused(*words: str) -> str:
    error = CliRunner().invoke(app, words).exception
    assert isinstance(error, DependencyMissing)
    return f"{error.message} {error.hint}"


def test_a_worker_and_a_kept_stream_name_all_that_they_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    lack(monkeypatch, "sqlalchemy", "av", "trackers", "rasterio")
    told = refused("worker", "people", "oilspill")
    assert "pip install 'siseon[jobs,people,oilspill]' && pip install --no-deps trackers==2.6.1" in told
    assert "sqlalchemy, av, trackers, rasterio" in told
    assert "siseon[jobs,streams]" in refused("streams", "add", "gate", "rtsp://10.0.0.1/")
    assert "siseon[people,oilspill]" in refused("serve", "people", "oilspill", "text")


def test_what_an_extra_cannot_bring_is_named_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    lack(monkeypatch, "trackers")
    with pytest.raises(DependencyMissing) as refusal:
        need("people", "streams")
    assert refusal.value.hint == "pip install --no-deps trackers==2.6.1"


def test_nothing_is_said_of_what_is_there() -> None:
    need("jobs", "streams")
