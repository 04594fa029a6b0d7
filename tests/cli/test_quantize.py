"""``siseon models quantize``: what cannot be done is said before any work; a model is written, or the reason told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import orjson
import pytest
from typer.testing import CliRunner

from siseon.cli.app import app
from siseon.cli.wrong import exit_code
from siseon.contracts import FailureCode, Image, InputError, ModelError, SiseonError
from siseon.media.encode import encode


def refused(*words: object) -> SiseonError:
    error = CliRunner().invoke(app, ["models", "quantize", *map(str, words)]).exception
    assert isinstance(error, SiseonError)
    return error


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """So few that the work is short."""
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(20):
        pixels = rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)
        (folder / f"{number}.png").write_bytes(encode(Image.from_array(pixels), "png"))
    return folder


def test_what_cannot_be_quantised_is_said_at_once(photos, tmp_path, monkeypatch):
    monkeypatch.delenv("SISEON_MODEL_PATH", raising=False)
    assert isinstance(refused("no-such-model", "--photos", photos), ModelError)
    assert "task text-detect" in refused("ppocr-v6-det", "--photos", photos).message
    assert "no folder for the model" in refused("yolox-nano", "--photos", photos).message
    to = ("--to", tmp_path / "made")
    assert (
        "is for a classifier"
        in refused("yolox-nano", "--photos", photos, *to, "--crops-of", "yolox-s").message
    )
    assert (
        "another model's name" in refused("yolox-nano", "--photos", photos, *to, "--name", "yolox-s").message
    )
    assert "is not a folder" in refused("yolox-nano", "--photos", tmp_path / "none", *to).message
    assert "at least 20" in refused("yolox-nano", "--photos", photos, *to, "--most", 3).message
    assert "weights" in refused("yolox-nano", "--photos", photos, *to).message
    assert not (tmp_path / "made").exists() or not list((tmp_path / "made").iterdir())


def test_a_folder_that_cannot_be_written_is_said_before_the_work(photos, tmp_path, model_path):
    closed = tmp_path / "file"
    closed.touch()
    error = refused("ultraface-rfb-320", "--photos", photos, "--to", closed)
    assert "cannot be written" in error.message


def test_photos_without_anything_to_find_say_nothing(photos, tmp_path, model_path):
    made = tmp_path / "made"
    error = refused("ultraface-rfb-320", "--photos", photos, "--to", made)
    assert isinstance(error, InputError)
    assert "nothing to find" in error.message
    assert list(made.iterdir()) == []


def test_a_network_is_written_or_refused_and_json_has_the_figures(test_data, tmp_path, model_path):
    words = ["mini-xception", "--photos", test_data / "faces-dev", "--to", tmp_path, "--most", "40", "--json"]
    result = CliRunner().invoke(app, ["models", "quantize", *map(str, words)])
    report = orjson.loads(result.stdout)
    assert report["layers"] > 3
    assert report["speed"]["ratio"] > 0
    assert (result.exit_code == 0) == (report["refused"] == "") == (tmp_path / "mini-xception-int8").is_dir()


def test_a_network_that_loses_too_much_is_refused_by_a_code_that_says_so(tmp_path, model_path, monkeypatch):
    part = "siseon.applications.inspection.quantize"
    report = SimpleNamespace(refused="it loses 0.2 AP", speed=None, document=dict)
    monkeypatch.setattr(f"{part}.read_photos", lambda *_: SimpleNamespace(left_out=()))
    monkeypatch.setattr(f"{part}.quantize_model", lambda *_, **__: report)
    error = refused("yolox-nano", "--photos", tmp_path, "--to", tmp_path, "--json")
    assert error.code is FailureCode.quantization_refused
    assert error.message == "yolox-nano in int8 is refused: it loses 0.2 AP"
    assert exit_code(error) == 1
