"""``siseon review`` as a person uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from siseon.cli.app import app
from siseon.contracts import SiseonError

ROOT = Path(__file__).parents[2]


def siseon(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "siseon", "review", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT / "benchmarks",
        env={**os.environ, "COLUMNS": "200", **environment},
        timeout=120,
    )


def test_the_faults_of_the_textbook_service_are_found(model_path: Path, tmp_path: Path) -> None:
    done = siseon(
        "naive_service:app", "--json", "--upload-mb", 2, "--out", tmp_path, SISEON_MODEL_PATH=str(model_path)
    )
    assert done.returncode == 1, done.stderr
    violations = {violation["check"]: violation for violation in json.loads(done.stdout)["violations"]}
    assert next(iter(violations)) == "blank-picture"
    assert {"odd-picture", "hostile-upload", "box-inside", "exif", "upload-limit"} <= set(violations)
    assert {"typed-answer", "error-code", "error-retryable", "trace-id", "model-version"} <= set(violations)
    assert str(tmp_path / "blank-picture.jpg") in violations["blank-picture"]["reproduce"]
    assert (tmp_path / "blank-picture.jpg").read_bytes()[:2] == b"\xff\xd8"


def test_our_inspection_has_no_violations(model_path: Path) -> None:
    done = siseon("siseon.applications.inspection:Inspection", SISEON_MODEL_PATH=str(model_path))
    assert done.returncode == 0, done.stdout
    assert "0 violations" in done.stdout


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    words = ["review", "http://127.0.0.1:9", "--photo", str(tmp_path / "pipe.png")]
    failure = CliRunner().invoke(app, words).exception
    assert isinstance(failure, SiseonError)
    assert failure.message.endswith("pipe.png cannot be read: it is not a file")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nowhere"], "neither a URL nor module:attribute"),
        (["localhost:8000"], "neither a URL nor module:attribute"),
        (["no_such_module:app"], "cannot be imported"),
        (["broken_module:app"], "cannot be imported: SystemExit: no main guard"),
        (["os:getcwd"], "--path"),
        (["json:loads", "--format", "telepathy"], "multipart, raw, json-url"),
        (["http://127.0.0.1:9", "--path", "/detect"], "url_unreachable"),
        (["http://[", "--path", "/detect"], "is not an address"),
        (["siseon.engine:Pipeline"], "cannot be made"),
        (["http://127.0.0.1:9", "--header", "no-colon"], "NAME:VALUE"),
        (["http://127.0.0.1:9", "--photo", "missing.jpg"], "file_unreadable"),
        (["http://127.0.0.1:9", "--photo", "x/../plain-photo.jpg", "--out", "."], "the folder of --photo"),
    ],
)
def test_mistakes_get_a_named_failure(
    words: list[str], complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_module.py").write_text("raise SystemExit('no main guard')\n")
    monkeypatch.syspath_prepend(tmp_path)
    failure = CliRunner().invoke(app, ["review", *words]).exception
    assert isinstance(failure, SiseonError)
    assert complaint in f"{failure.code} {failure.message} {failure.hint}"
