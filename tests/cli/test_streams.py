"""``siseon streams watch`` as a person uses it: a real process, a real clip, real weights."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from jobs.servers import free_port
from siseon.applications.gauges.generated import calibration_of, photo
from siseon.cli.app import app
from siseon.contracts import InputError, StreamError
from siseon.jobs.database import Database
from siseon.streams import calibrations, kept, ownership
from siseon.streams.kept_options import KeptOptions
from siseon.streams.life import State
from siseon.streams.wire import StateTold

SIGN = Path(__file__).parents[2] / "examples" / "sign.png"
WATCH = [sys.executable, "-m", "siseon", "streams", "watch"]


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """Three frames of a sign that can be read."""
    return filmed(tmp_path_factory.mktemp("film") / "sign.mp4", Image.open(SIGN).convert("RGB"))


def filmed(path: Path, picture: Image.Image) -> Path:
    """Three frames of the picture."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=5)
        (stream.width, stream.height), stream.pix_fmt = picture.size, "yuv420p"
        for _ in range(3):
            out.mux(stream.encode(av.VideoFrame.from_image(picture)))
        out.mux(stream.encode(None))
    return path


def watch(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WATCH, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "COLUMNS": "200"},
    )


def test_a_film_of_a_sign_is_read_as_json_lines_until_its_end(film):
    done = watch(film, "--once", "--json", "--timeout", 60)
    assert (done.returncode, done.stderr) == (0, "")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    states = [(one["state"], one["cause"]) for one in told if one["kind"] == "state"]
    assert states == [("connecting", None), ("live", None), ("stopped", "finished")]
    results = [one for one in told if one["kind"] == "result"]
    assert results
    for one in results:
        assert one["stream"] == "sign.mp4"
        assert one["frame"]["number"] in (1, 2, 3)
        assert "SEOUL LINE OF SIGHT" in [line["text"] for line in one["result"]["data"]["lines"]]


def test_states_go_to_stderr_and_what_was_read_to_stdout(film):
    done = watch(film, "--once", "--timeout", 60)
    assert done.returncode == 0
    assert "SEOUL LINE OF SIGHT" in done.stdout
    assert "live" in done.stderr
    assert "3 frames in" in done.stderr.splitlines()[-1]


def test_ctrl_c_ends_it_with_a_summary_and_its_code(film):
    with subprocess.Popen(
        [*WATCH, str(film), "--timeout", "60"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background ignores it
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()  # something was read
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "frames in" in errors
    assert "Traceback" not in errors


def test_a_camera_that_is_lost_says_why_and_when_again_without_its_password():
    port = free_port()
    with subprocess.Popen(
        [*WATCH, f"rtsp://eve:geheim@127.0.0.1:{port}/x"], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
    assert process.returncode == 143
    assert "lost" in lines[1]
    assert "unreachable: nothing answers at its address, again in 0." in lines[1]
    assert "geheim" not in "".join(lines) + rest


def test_a_stream_is_kept_listed_watched_and_removed_without_its_password(film, tmp_path, monkeypatch):
    monkeypatch.setenv("SISEON_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")

    def streams(*words: object, stdin: str = "") -> Result:
        return CliRunner().invoke(app, ["streams", *map(str, words)], input=stdin)

    nothing = streams("list").stderr
    assert f"no streams in {tmp_path / 'jobs.db'}" in nothing
    added = streams("add", "sign", film, "--fps", 2)
    assert added.exit_code == 0
    assert "siseon serve text" in added.stderr
    assert streams("add", "gate", "-", "--udp", stdin="rtsp://eve:geheim@10.0.0.7/x\n").exit_code == 0
    listed = streams("list")
    assert "rtsp://***@10.0.0.7/x" in listed.stdout
    assert "geheim" not in listed.stdout + streams("list", "--json").stdout
    live = StateTold(
        stream="sign",
        at=datetime.now(UTC),
        state=State.live,
        cause=None,
        message="",
        hint="",
        retry_s=None,
    )
    with Database(f"sqlite:///{tmp_path / 'jobs.db'}") as database:  # as a service that runs it
        ownership.beat(database, "service", {"sign": ownership.Running(state=live)})
    assert "live" in streams("list").stdout
    assert json.loads(streams("list", "--json").stdout.splitlines()[1])["state"]["state"] == "live"
    seen = watch("sign", "--once", "--json")
    assert seen.returncode == 0
    assert json.loads(seen.stdout.splitlines()[0])["stream"] == "sign"
    assert "kept with the name" in streams("watch", "sign", "--fps", 3).stderr
    assert streams("remove", "sign").exit_code == 0
    assert isinstance(streams("watch", "sign").exception, StreamError)
    assert isinstance(streams("add", "door", film, "--set", "colour=red").exception, InputError)


def test_a_name_is_watched_by_the_calibration_that_is_kept_with_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SISEON_CACHE_DIR", str(tmp_path))
    dial = photo(4, "evaluation")
    clip = filmed(tmp_path / "dial.mp4", Image.fromarray(dial.image.pixels))
    stated = calibration_of(dial).model_copy(update={"unit": "furlong"})
    with Database(f"sqlite:///{tmp_path / 'jobs.db'}") as database:
        kept.add(database, "boiler", str(clip), "gauges", KeptOptions(timeout_s=60))
        calibrations.put(database, "boiler", stated.model_dump_json(exclude_none=True), None)
    done = watch("boiler", "--once", "--json")
    assert done.returncode == 0, done.stderr
    results = [one for one in map(json.loads, done.stdout.splitlines()) if one["kind"] == "result"]
    assert results
    for one in results:
        (reading,) = one["result"]["data"]["readings"]
        span = max(dial.dial.numerals) - min(dial.dial.numerals)
        assert reading["unit"] == "furlong"
        assert reading["value"] == pytest.approx(dial.value, abs=0.02 * span)


def test_registers_are_given_shown_and_refused_where_another_tag_has_them(film, tmp_path, monkeypatch):
    monkeypatch.setenv("SISEON_CACHE_DIR", str(tmp_path))

    def streams(*words: object) -> Result:
        return CliRunner().invoke(app, ["streams", *map(str, words)])

    assert "no registers" in streams("modbus").stderr
    assert streams("add", "gate", film, "--modbus", "reading=100", "--modbus", "reading_2=106").exit_code == 0
    rows = [line.split() for line in streams("modbus").stdout.splitlines()[2:]]
    assert rows == [["100–105", "gate", "reading"], ["106–111", "gate", "reading_2"]]
    for words, reason in (
        (["reading=111"], "overlaps gate.reading_2"),
        (["reading=65531"], "less than or equal to 65530"),
        (["READING=1"], "match pattern"),
        (["reading"], "NAME=VALUE"),
        (["a=1", "--modbus", "b=3"], "overlaps door.a"),
    ):
        refused = streams("add", "door", film, "--modbus", *words)
        assert isinstance(refused.exception, InputError)
        assert reason in refused.exception.message


@pytest.mark.parametrize(
    ("words", "told", "code"),
    [
        (["none.mp4"], "file_unreadable", 1),
        (["ftp://camera/x"], "url_blocked", 1),
        (["rtsp://camera/x", "--application", "nothing"], "pipeline_not_found", 2),
    ],
)
def test_what_cannot_be_watched_is_named(words, told, code):
    done = watch(*words)
    assert done.returncode == code
    assert told in done.stderr
