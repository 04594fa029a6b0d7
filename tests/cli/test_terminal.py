"""What a stranger calls a file never commands the terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest
from rich.console import Console

from siseon.cli import terminal
from siseon.cli.printable import printable
from siseon.cli.terminal import told_steps


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


def test_long_work_tells_its_steps_by_a_bar_on_a_terminal_and_by_a_line_now_and_then_elsewhere(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now[0])
    shown = {}
    for is_terminal in (False, True):
        console = Console(file=io.StringIO(), force_terminal=is_terminal, width=100)
        monkeypatch.setattr(terminal, "err", console)
        with told_steps("review") as told:
            for number in range(6):
                now[0] += 4.0
                told(f"step\n{number}", number, 6)
        shown[is_terminal] = console.file.getvalue()
    assert shown[False] == "review: 2 of 6, step\\n2\nreview: 5 of 6, step\\n5\n"
    assert "review: step\\n5" in shown[True]
    assert "5/6" in shown[True]


@pytest.mark.parametrize(("width", "on_terminal"), [(200, True), (80, False), (80, True)])
def test_rows_cut_no_name_in_its_middle(width, on_terminal, monkeypatch):
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=on_terminal, color_system=None, width=width, soft_wrap=True)
    monkeypatch.setattr(terminal, "out", console)
    names = (
        "a_long_name_of_a_stream.reading.high",
        "returned_unacknowledged",
        "rtsp://***@127.0.0.1:8554/second",
    )
    terminal.show_rows(("alarm", "state", "address"), [names, ("b", "", "c d")])
    text = shown.getvalue()
    assert all(name in text for name in names)
    if on_terminal:
        assert max(map(len, text.splitlines())) <= width
