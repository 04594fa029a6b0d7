"""``siseon oilspill template``: from a frame to a template that a person edits."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from siseon.applications.oilspill.position.generated import flight, frame, look
from siseon.applications.oilspill.position.overlay.template import read_template
from siseon.cli.app import app
from siseon.contracts import InputError

ROWS = Path(__file__).parents[2] / "docs" / "rows-oilspill.md"


def test_the_commands_of_the_rows_work_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = set(re.findall("`siseon ([^`]+)`", ROWS.read_text(encoding="utf-8")))
    assert commands == {"init FOLDER oilspill", "openapi oilspill", "profile oilspill PHOTOS"}
    monkeypatch.chdir(tmp_path)
    Path("PHOTOS").mkdir()
    Image.fromarray(np.full((90, 160, 3), (16, 70, 110), np.uint8)).save("PHOTOS/sea.png")
    said = {}
    for command in commands:
        done = CliRunner().invoke(app, command.split(), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        said[command.split()[0]] = done.output
    assert {"Dockerfile", "compose.yaml", ".env.example", ".dockerignore"} <= {
        path.name for path in Path("FOLDER").iterdir()
    }
    assert '"/run-script/{file_id}"' in said["openapi"]
    assert all(step in said["profile"] for step in ("see_the_sea", "read_file", "place", "First bottleneck"))


def test_a_frame_gives_a_template_and_its_drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image, _ = frame(flight(0, 1).shots[0], look(1), 0, "clean")
    Image.fromarray(image.pixels).save(tmp_path / "Frame 1.png")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["oilspill", "template", "Frame 1.png"], catch_exceptions=False)
    assert done.exit_code == 0
    template = read_template("Frame 1.toml")
    assert template.name == "frame-1"
    facts = {field.fact for field in template.fields}
    assert {"time", "longitude", "target_longitude", "altitude_m", "slant_range_m"} <= facts
    with Image.open("Frame 1.drawn.png") as drawn:
        assert drawn.size == (image.width, image.height)
    with pytest.raises(InputError, match="is there already"):
        CliRunner().invoke(app, ["oilspill", "template", "Frame 1.png"], catch_exceptions=False)


def test_a_pipe_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.png")
    with pytest.raises(InputError, match=r"pipe\.png cannot be read: it is not a file"):
        CliRunner().invoke(app, ["oilspill", "template", "pipe.png"], catch_exceptions=False)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe.png"]


def test_a_frame_without_text_gives_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(np.full((90, 160, 3), 80, np.uint8)).save(tmp_path / "sea.png")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="has no text that could be read"):
        CliRunner().invoke(app, ["oilspill", "template", "sea.png"], catch_exceptions=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sea.png"]


def test_a_table_that_does_not_tell_the_pictures_apart_is_refused_before_the_run(tmp_path: Path) -> None:
    for name in ("100/DJI_1.JPG", "101/DJI_1.JPG"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"not looked at")
    table, out = tmp_path / "facts.csv", tmp_path / "out"
    table.write_text("file,latitude,longitude\nDJI_1.JPG,57.5,11.5\n")
    words = ["run", "oilspill", str(tmp_path), "--set", f"sidecar={table}", "--out", str(out)]
    with pytest.raises(InputError, match=r"names 'DJI_1.JPG', as 2 pictures are called: '100/DJI_1.JPG'"):
        CliRunner().invoke(app, words, catch_exceptions=False)
    assert not out.exists()
