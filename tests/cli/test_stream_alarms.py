"""``siseon streams alarms``, ``acknowledge`` and ``history`` over a database that a service has written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from siseon.cli.app import app
from siseon.contracts import InputError, StreamError
from siseon.jobs.database import Database
from siseon.streams import kept, ownership
from siseon.streams.alarms import store as alarms
from siseon.streams.alarms.condition import Memory
from siseon.streams.alarms.store import Turn, Watched
from siseon.streams.history import store as history
from siseon.streams.history.store import Row
from siseon.streams.life import State
from siseon.streams.wire import StateTold
from streams.alarms.told import HIGH, STALE, options

AT = 1_790_000_000.0
LATER = 2_790_000_000.0
"""After the stream was added, whenever that is: what a name had before is another's."""


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A stream whose pressure was too high for some time."""
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    monkeypatch.setenv("SISEON_JOBS_DATABASE", url)
    monkeypatch.setenv("COLUMNS", "200")
    how = options(HIGH, STALE)
    with Database(url) as opened:
        kept.add(opened, "gate", "rtsp://camera/x", "gauges", how)
        alarms.watch(opened, {"gate": Watched(how.alarms, None)}, AT)
        turn(opened, 1)
        history.write(opened, [Row("gate", LATER + n, "t", n / 2, "bar", "good", None) for n in range(5)])
        yield opened


def turn(database: Database, number: int) -> None:
    memory = Memory(at=AT, good_at=AT, active=number % 2 == 1, turns=number)
    alarms.turn(database, [Turn("gate.t.high", memory, AT + number, 9.5, "bar", 9.5)], {})


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["streams", *words], catch_exceptions=False)


def test_the_list_of_streams_counts_the_alarms_that_are_not_normal(database):
    assert "1 of 2" in run("list").stdout
    assert json.loads(run("list", "--json").stdout)["alarms_not_normal"] == 1


def test_alarms_are_listed_and_acknowledged_by_a_name(database):
    shown = run("alarms").stdout
    assert "gate.t.high" in shown
    assert "unacknowledged" in shown
    assert "9.5 bar" in shown
    assert "gate.t.stale" not in shown
    assert "gate.t.stale" in run("alarms", "--all").stdout
    assert "acknowledged by Eve" in run("acknowledge", "gate.t.high", "--by", "Eve", "--note", "seen").stderr
    (told,) = [json.loads(line) for line in run("alarms", "--json").stdout.splitlines()]
    assert (told["state"], told["acknowledged_by"]) == ("acknowledged", "Eve")
    turn(database, 2)
    assert f"no alarms in {database.place}" in run("alarms").stderr
    with pytest.raises(StreamError, match="no stream has an alarm"):
        run("acknowledge", "gate.t.low")


def test_an_alarm_is_shelved_brought_back_and_its_latch_reset(database):
    how = options({**HIGH, "latch": True})
    alarms.watch(database, {"gate": Watched(how.alarms, None)}, AT)
    assert "shelved until 20" in run("shelve", "gate.t.high", "--seconds", "60", "--by", "Eve").stderr
    assert ": unacknowledged\n" in run("unshelve", "gate.t.high").stderr
    turn(database, 2)
    turn(database, 3)
    with pytest.raises(StreamError, match="still active"):
        run("reset", "gate.t.high")
    turn(database, 4)
    assert "latched_unacknowledged" in run("alarms").stdout
    assert "returned_unacknowledged" in run("reset", "gate.t.high").stderr
    with pytest.raises(InputError, match="seven days"):
        run("shelve", "gate.t.high", "--seconds", "604801")


def test_an_alarm_that_can_never_be_raised_is_named_though_it_is_normal(database):
    live = StateTold(
        stream="gate", at=datetime.now(UTC), state=State.live, cause=None, message="", hint="", retry_s=None
    )
    ownership.beat(database, "service", {"gate": ownership.Running(state=live, tags=("u",))})
    turn(database, 2)
    assert "gate.t.stale: no figure of the tag t has come yet; there is u" in run("alarms").stderr
    told = [json.loads(line)["warning"] for line in run("alarms", "--all", "--json").stdout.splitlines()]
    assert len(told) == 2
    assert all(told)


def test_what_happens_is_watched_as_it_happens(database):
    command = [sys.executable, "-m", "siseon", "streams", "alarms", "--watch"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background ignores it
    ) as watching:
        try:
            assert watching.stdout is not None
            number, line = 1, ""
            os.set_blocking(watching.stdout.fileno(), False)
            while not line:  # it begins with what comes after its start, whenever that is
                number += 1
                turn(database, number)
                time.sleep(0.2)
                line = watching.stdout.readline()
        finally:
            watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=60)
    assert "gate.t.high" in line
    assert "9.5 bar (limit 8)" in line
    assert "now unacknowledged" in line or "now returned_unacknowledged" in line
    assert watching.returncode == 130


def test_the_help_of_a_history_shows_how_a_time_is_written() -> None:
    shown = CliRunner().invoke(app, ["streams", "history", "--help"]).stdout
    assert shown.count("YYYY-MM-DD[THH:MM[:SS]]") == 2
    assert "%" not in shown


def test_a_history_is_a_table_or_lines_of_json(database):
    table = run("history", "gate", "--csv").stdout.splitlines()
    assert table[0] == "at,tag,value,unit,quality,reason"
    assert len(table) == 6
    assert table[2].split(",")[1:] == ["t", "0.5", "bar", "good", ""]
    other = run("history", "gate", "--tag", "other")
    assert (other.stdout, other.stderr) == ("", "there are no figures of gate that fit\n")
    kept.add(database, "new", "rtsp://camera/y", "gauges", options(HIGH))
    assert run("history", "new").stderr.startswith("there are no figures of new yet: ")
    late = run("history", "gate", "--from", table[3].split("+")[0]).stdout.splitlines()
    assert [json.loads(line)["value"] for line in late] == [1.0, 1.5, 2.0]
    with pytest.raises(StreamError):
        run("history", "none")
