"""``siseon people``: a real clip of two people, from the file to all that is made of it."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from siseon.cli.app import app
from siseon.cli.wrong import exit_code
from siseon.contracts import FailureCode, InputError
from siseon.media.film.reading import open_video

pytest.importorskip("trackers")

MADE = {
    "timeline.json",
    "action.log",
    "people.csv",
    "presence.csv",
    "actions.csv",
    "budget.csv",
    "boris.csv",
    "actions.eaf",
    "actions.vtt",
    "actions.srt",
    "report.html",
    "annotated.mp4",
}


TOLD = (
    r"two_people_hug.mp4: 72 frames in all, 2.6 s, 1 part\n",
    r"loading yolox-nano \S+, movenet-lightning \S+, ultraface-rfb-320 \S+\n",
    r"models loaded in \d+\.\d s\n",
    r"tracker done: 14 pictures in \d+\.\d\d s, \d+\.\d pictures/s\n",
    r"feature extraction done: \d+ crops in",
    r"re-ID done: \d+ tracks",
    r"action prediction done: 3 points",
    r"visualiser done: 72 frames in",
    r"done in \d+\.\d s: 2 people, \d+ files in \S+conclusion\n",
)
"""The lines of the original's log, each with what it counted."""


@pytest.mark.usefixtures("model_path")
def test_a_clip_becomes_a_timeline_its_files_and_a_video_to_watch(tmp_path, test_data) -> None:
    clip, out = test_data / "video-dev/two_people_hug.mp4", tmp_path / "out"

    words = ["people", "--video-path", str(clip), "--output-path", str(out), "--reid", "--show-id"]
    done = CliRunner().invoke(app, [*words, "--profile", str(tmp_path / "costs.txt")])

    assert done.exit_code == 0, done.output
    assert "the 10 costliest parts" in done.output
    assert "CameraMotion.process" in (tmp_path / "costs.txt").read_text()
    for told in TOLD:
        assert re.search(told, done.output), (told, done.output)
    (line,) = (out / "results.jsonl").read_bytes().splitlines()
    assert orjson.loads(line)["input"] == f"{clip}#t=0,2.567"
    made = out / "conclusion"
    assert {path.name for path in made.iterdir()} >= MADE
    timeline = orjson.loads((made / "timeline.json").read_bytes())
    assert timeline["merged"] == {"1": [1], "2": [2]}
    watched = open_video(made / "annotated.mp4")
    assert (watched.width, watched.height) == (1280, 720)
    assert abs(watched.duration_ms - 2_567) < 100
    assert timeline["privacy"]["consent"] == "none"
    assert "No record of consents was given" in (made / "report.html").read_text()
    _leaves_nothing_where_it_is_killed_amid_the_video(words, tmp_path)
    _is_corrected_without_a_look_at_a_picture(words, tmp_path, made)
    _is_logged_and_deleted_on_demand(clip, out)


def _leaves_nothing_where_it_is_killed_amid_the_video(words, folder) -> None:
    if not sys.platform.startswith("linux"):
        return
    temporary = folder / "temporary"
    temporary.mkdir()
    whole = {**os.environ, "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "siseon", *words, "--resume"]
    with subprocess.Popen(
        command, env=whole, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while not _is_writing_below(process.pid, temporary):
            assert process.poll() is None
        process.kill()
    assert not os.listdir(temporary)


def _is_writing_below(pid: int, folder: Path) -> bool:
    """Whether a process has a file of some length open there, with a name or without one."""
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            if os.readlink(one).startswith(str(folder)) and one.stat().st_size:
                return True
    return False


def _is_corrected_without_a_look_at_a_picture(words, folder, made) -> None:
    (folder / "who.toml").write_text('[[rename]]\nperson = { sub_id = 1 }\nname = "Mina"\n')
    choices = ["--resume", "--set", f"corrections={folder / 'who.toml'}", "--set", "video=none"]
    done = CliRunner().invoke(app, [*words, *choices])
    assert done.exit_code == 0, done.output
    assert "loading" not in done.output
    timeline = orjson.loads((made / "timeline.json").read_bytes())
    assert [one["name"] for one in timeline["people"]] == ["Mina", None]
    assert not (made / "annotated.mp4").exists()

    refused = CliRunner().invoke(app, [*words, "--resume", "--set", "rate=4"])
    assert refused.exit_code == 1
    assert "of other options" in str(refused.exception)


def _is_logged_and_deleted_on_demand(clip, out) -> None:
    log = CliRunner().invoke(app, ["people", "audit", str(out), "--json"])
    assert log.exit_code == 0, log.output
    begun, _, _killed, again, made = (orjson.loads(line) for line in log.stdout.splitlines())
    assert begun["about"]["corrections"] is None
    assert again["about"]["corrections"]["sha256"]
    assert begun["about"]["inputs"][0]["sha256"] == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert set(made["about"]["files"]) == {
        "results.jsonl",
        *(f"conclusion/{path.name}" for path in (out / "conclusion").iterdir()),
    }

    kept = CliRunner().invoke(app, ["people", "purge", str(out)])
    assert kept.exit_code == 0
    assert "kept" in kept.output
    assert "deleted" not in kept.output
    (out / "mine.txt").write_text("notes")
    gone = CliRunner().invoke(app, ["people", "purge", "--now", str(out)])
    assert gone.exit_code == 0, gone.output
    assert {path.name for path in out.iterdir()} == {"audit.jsonl", "mine.txt"}

    (out / "audit.jsonl").write_bytes((out / "audit.jsonl").read_bytes().replace(b"ultraface", b"blazeface"))
    changed = CliRunner().invoke(app, ["people", "audit", str(out)])
    assert changed.exit_code == 1
    assert "line 2: the line before it was changed" in changed.output


@pytest.mark.usefixtures("model_path")
@pytest.mark.parametrize("asked", ["expressions=mini-xception", "keep=Mina"])
def test_what_needs_a_consent_is_refused_by_name_before_anything_is_looked_at(
    tmp_path, test_data, asked
) -> None:
    clip, out = test_data / "video-dev/two_people_hug.mp4", tmp_path / "out"
    words = ["people", "--video-path", str(clip), "--output-path", str(out), "--set", asked]
    refused = CliRunner().invoke(app, words).exception
    assert isinstance(refused, InputError)
    assert (refused.code, exit_code(refused)) == (FailureCode.consent_missing, 2)
    assert not out.exists()


def test_a_folder_that_no_run_has_made_is_not_purged(tmp_path) -> None:
    (tmp_path / "mine.txt").write_text("notes")
    done = CliRunner().invoke(app, ["people", "purge", "--now", str(tmp_path)])
    assert done.exit_code == 1
    assert (tmp_path / "mine.txt").exists()


def test_what_is_no_video_is_named_and_the_command_fails(tmp_path) -> None:
    (tmp_path / "a.mp4").write_text("words")

    words = ["people", "--video-path", str(tmp_path / "a.mp4"), "--output-path", str(tmp_path / "out")]
    done = CliRunner().invoke(app, words)

    assert done.exit_code == 1
    assert "unsupported_media" in done.output


def test_for_a_video_that_is_not_there_nothing_is_loaded_and_nothing_is_done(tmp_path) -> None:
    words = ["people", "--video-path", str(tmp_path / "a.mp4"), "--output-path", str(tmp_path / "out")]
    done = CliRunner().invoke(app, words)

    assert isinstance(done.exception, InputError)  # the program tells it, and ends with 2
    assert done.exception.code is FailureCode.file_unreadable
    assert done.output == ""
    assert not (tmp_path / "out").exists()
