"""The profile of real pictures: a row a step, the parts of each network, the bottleneck, objects a picture."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from siseon.cli.app import app
from siseon.cli.profile import table
from siseon.engine import Trace
from siseon.engine import profile as sum_up
from siseon.engine.trace import Span

STEPS = ["decode", "detect", "crop", "classify", "aggregate", "validate", "respond", "total"]
PARTS = ["preprocess", "infer", "postprocess"]


@pytest.fixture
def photos(test_data: Path) -> str:
    return str(test_data / "coco-dev" / "images")


def _profile(model_path: Path, *words: str) -> str:
    environment = {"SISEON_MODEL_PATH": str(model_path)}
    done = CliRunner().invoke(app, ["profile", "inspection", *words], env=environment, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_profile_of_an_inspection_has_a_row_for_every_step_and_names_the_bottleneck(model_path, photos):
    shown = _profile(model_path, photos)
    rows = [line.split() for line in shown.splitlines()]
    assert [row[0] for row in rows if row and row[0] in STEPS] == STEPS
    for step, following in (("detect", "crop"), ("classify", "aggregate")):
        first = next(i for i, row in enumerate(rows) if row[:1] == [step]) + 1
        last = next(i for i, row in enumerate(rows) if row[:1] == [following])
        assert [row[0] for row in rows[first:last]] == PARTS
    assert "p50" in shown
    assert "p95" in shown
    assert shown.startswith("20 pictures"), "twenty runs by default, after the warm-up"
    bottleneck = re.search(r"First bottleneck: (\w+)", shown)
    assert bottleneck is not None
    assert bottleneck[1] in STEPS
    assert re.search(r"it\s+allows\s+at\s+most\s+[\d.]+\s+pictures\s+per\s+second", shown)


def test_ten_pictures_give_the_mean_of_every_stage_and_the_distribution_of_detections(model_path, photos):
    figures = json.loads(_profile(model_path, photos, "--runs", "10", "--json"))
    assert len(figures["objects"]) == figures["requests"] == 10
    assert [stage["stage"] for stage in figures["stages"]] == STEPS[:-1]
    assert all(stage["compute"]["mean"] > 0 for stage in figures["stages"])
    shown = _profile(model_path, photos, "--runs", "10")
    assert re.search(r"Found per picture: min \d+, quartiles \d+ / \d+ / \d+, max \d+, mean \d+\.\d", shown)


def test_of_a_picture_that_is_repeated_a_failure_is_said_once():
    done = CliRunner().invoke(app, ["profile", "text", "missing.png", "--runs", "4", "--warm-up", "0"])
    assert done.output.count("cannot be read") == 1
    assert "not one picture could be measured" in str(done.exception)


def test_no_figure_and_no_head_is_cut_at_80_columns():
    names = ("decode", "sight.text.recognize_text", "read_displays.read_digits")
    spans = [
        Span(name, "batch", 0.0, 1.234, 1.2345, parts={"infer": 1.2}, batch_id=i)
        for i, name in enumerate(names)
    ]
    traces = [Trace(pipeline="gauges", elapsed_s=4.0, outcome="ok", spans=spans)]
    shown = io.StringIO()
    Console(file=shown, width=80).print(table(sum_up(traces)))
    lines = shown.getvalue().splitlines()
    assert "…" not in shown.getvalue()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("1 picture; ")
    heads = "stage n p50 p95 p99 mean p50 p95 p99 batch fill share"
    assert lines[2].split() == heads.split()
