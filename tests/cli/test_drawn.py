"""Pictures that applications make: kept as they are, beside what belongs to them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

SIGN = Path(__file__).parents[2] / "examples" / "sign.png"


def siseon(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "siseon", *map(str, words)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
        timeout=120,
    )


def test_a_translation_is_a_picture_an_edit_file_and_a_line(tmp_path) -> None:
    terms = tmp_path / "terms.json"
    terms.write_text(json.dumps({"Please ring twice": "Llame dos veces"}))
    options = ("--set", "translator=none", "--set", f"glossary={terms}")
    done = siseon("run", "translation", SIGN, "--to", "es", "--out", tmp_path / "out", *options)

    assert done.returncode == 0, done.stderr
    assert "! nobody translates English to Spanish here: the glossary is all there is" in done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "results.jsonl",
        "sign.json",
        "sign.png",
    ]
    edits = json.loads((tmp_path / "out" / "sign.json").read_text())
    (line,) = (tmp_path / "out" / "results.jsonl").read_text().splitlines()
    assert json.loads(line)["result"]["data"] == edits
    assert "Llame dos veces" in [region["translated"] for region in edits["regions"]]


def test_an_edit_file_changed_by_hand_is_rendered_again(tmp_path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    terms = "terms=Please ring twice=Llame dos veces"
    siseon(
        "run", "translation", SIGN, "--to", "es", "--out", first, "--set", "translator=none", "--set", terms
    )
    edits = (first / "sign.json").read_text()
    (first / "sign.json").write_text(edits.replace("Llame dos veces", "Toque el timbre"))
    done = siseon("run", "translation", SIGN, "--out", second, "--set", f"edits={first}")

    assert done.returncode == 0, done.stderr
    assert "Toque el timbre" in (second / "sign.json").read_text()
    assert (second / "sign.png").read_bytes() != (first / "sign.png").read_bytes()


def test_on_a_terminal_texts_stand_beside_their_translations() -> None:
    terms = "terms=Please ring twice=Llame dos veces"
    done = siseon("run", "translation", SIGN, "--to", "es", "--set", "translator=none", "--set", terms)

    assert "Please ring twice  →  Llame dos veces" in done.stdout
    assert "[untranslated]" in done.stdout


def test_a_language_is_asked_only_of_those_who_translate(tmp_path) -> None:
    shutil.copy(SIGN, tmp_path / "sign.png")
    done = siseon("run", "text", tmp_path / "sign.png", "--to", "es")

    assert done.returncode == 2
    assert "text has no option --to" in done.stderr
    assert "those that have it: translation" in done.stderr
    assert "target" not in done.stderr  # a word that nobody typed
