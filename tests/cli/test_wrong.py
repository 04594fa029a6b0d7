"""Exit code 2 of every command for what is wrong in the command, 1 for what could not be done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from siseon.cli.app import app
from siseon.cli.wrong import exit_code
from siseon.contracts import SiseonError

SIGN = str(Path(__file__).parents[2] / "examples" / "sign.png")


def code(*words: str) -> int:
    """As ``main`` gives it out."""
    done = CliRunner().invoke(app, words)
    return exit_code(done.exception) if isinstance(done.exception, SiseonError) else done.exit_code


@pytest.mark.parametrize(
    "line",
    [
        f"run txt {SIGN}",
        f"run text {SIGN} --set speed=9",
        f"run text {SIGN} --set speed",
        f"run text {SIGN} --timeout nan",
        f"run text {SIGN} --every nan",
        f"run text {SIGN} --json x --out x",
        f"run text {SIGN} --json x/../x --out ./x",
        f"profile txt {SIGN}",
        f"profile text {SIGN} --record x --in-flight 2",
        f"plan txt --p95 1s --rps 1 {SIGN}",
        f"plan text --p95 soon --rps 1 {SIGN}",
        "plan text --p95 1s --rps nan",
        "plan text --p95 1s --rps 1",
        "evaluate txt x",
        "evaluate text x --set speed=9",
        "serve txt",
        "serve text --set speed=9",
        "serve --port 70000",
        "serve --host 0.0.0.0",
        "worker txt",
        "worker text --set speed=9",
        "openapi txt",
        "init x gauge",
        f"jobs submit txt {SIGN}",
        f"jobs submit text {SIGN} --set speed=9",
        "streams add gate rtsp://10.0.0.1/ --application txt",
        "streams add gate rtsp://10.0.0.1/ --modbus reading=high",
        f"streams add gate {SIGN}",
        f"streams watch {SIGN} --application txt",
        f"streams watch {SIGN}",
        "models info yolox-nana",
        "models pull yolox-nano yolox-nana",
        "models verify yolox-nana",
        f"models add {SIGN} --like yolox-nana",
        "models quantize yolox-nana --photos .",
        "models quantize yolox-nano --photos . --may-lose nan",
        f"gauges calibrate {SIGN} --turn nan",
        f"gauges calibrate {SIGN} --out x.txt",
        f"oilspill template {SIGN} --out x.txt",
        "review http://127.0.0.1:1 --format smoke",
        "review http://127.0.0.1:1 --timeout nan",
    ],
)
def test_what_is_wrong_in_the_command_is_told_by_the_exit_code(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SISEON_CACHE_DIR", str(tmp_path / "cache"))
    assert code(*line.split()) == 2
    assert not (tmp_path / "x").exists()


def test_nothing_is_made_where_no_input_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (["run", "text", "no.png", "none.png", "--out", "out"], ["evaluate", "text", "no"]):
        assert code(*words) == 2
    assert not Path("out").exists()


def test_what_could_not_be_done_has_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SISEON_MODEL_PATH", "")
    monkeypatch.setenv("SISEON_CACHE_DIR", str(tmp_path / "cache"))
    assert code("run", "inspection", SIGN) == 1  # its weights are not here
    assert code("jobs", "watch", "none") == 1
    Path("card.toml").write_text("name = 'damaged'")
    monkeypatch.setenv("SISEON_MODEL_PATH", str(tmp_path))
    assert code("run", "text", SIGN) == 1


def test_a_process_ends_with_it_and_help_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "siseon", "models", "info", "yolox-nana"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, "did you mean yolox-nano" in done.stderr) == (2, True)
    told = " ".join(CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).stdout.split())
    assert "2: the command is wrong" in told
