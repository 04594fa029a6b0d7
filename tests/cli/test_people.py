"""``siseon people``: a real clip of two people, from the file to all that is made of it."""

from __future__ import annotations

import orjson
import pytest
from typer.testing import CliRunner

from siseon.cli.app import app
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


@pytest.mark.usefixtures("model_path")
def test_a_clip_becomes_a_timeline_its_files_and_a_video_to_watch(tmp_path, test_data) -> None:
    clip, out = test_data / "video-dev/two_people_hug.mp4", tmp_path / "out"

    words = ["people", "--video-path", str(clip), "--output-path", str(out), "--reid", "--show-id"]
    done = CliRunner().invoke(app, words)

    assert done.exit_code == 0, done.output
    (line,) = (out / "results.jsonl").read_bytes().splitlines()
    assert orjson.loads(line)["input"] == f"{clip}#t=0,2.567"
    made = out / "conclusion"
    assert {path.name for path in made.iterdir()} >= MADE
    timeline = orjson.loads((made / "timeline.json").read_bytes())
    assert timeline["merged"] == {"1": [1], "2": [2]}
    watched = open_video(made / "annotated.mp4")
    assert (watched.width, watched.height) == (1280, 720)
    assert abs(watched.duration_ms - 2_567) < 100


def test_what_is_no_video_is_named_and_the_command_fails(tmp_path) -> None:
    (tmp_path / "a.mp4").write_text("words")

    words = ["people", "--video-path", str(tmp_path / "a.mp4"), "--output-path", str(tmp_path / "out")]
    done = CliRunner().invoke(app, words)

    assert done.exit_code == 1
    assert "unsupported_media" in done.output
