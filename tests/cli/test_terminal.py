"""What a stranger calls a file never commands the terminal."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from siseon.cli.terminal import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("한국어 × é — plain", "한국어 × é — plain"),
        ("\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"),
        ("a\rb\x08c\x9b31m", "a\\rb\\x08c\\x9b31m"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("caf\udce9", "caf\\udce9"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_controls_are_spelt_out_and_text_stays(text, shown):
    assert printable(text) == shown


def test_folders_called_like_markup_end_no_command(tmp_path):
    folder = tmp_path / "[" / "x]"
    folder.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "siseon", "doctor"],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "SISEON_MODEL_PATH": str(folder)},
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "[/x]" in done.stdout.replace("\n", "")
