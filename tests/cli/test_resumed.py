"""A run that was ended goes on: at its end the results are those of a run that nobody has ended."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from siseon.cli.resumed import taken_up

SIGN = Path(__file__).parents[2] / "examples" / "sign.png"
RUN = [sys.executable, "-m", "siseon", "run", "text"]
PATIENCE_S = 60


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(6):
        shutil.copy(SIGN, folder / f"{number}.png")
    (folder / "1.png").write_bytes(b"no picture")
    return folder


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "COLUMNS": "200"},
    )


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def outcomes(file: Path) -> list[tuple[str, object]]:
    """Inputs with the texts that were read, or the code of the failure; scores differ a little with the batch."""
    found: list[tuple[str, object]] = []
    for line in lines(file):
        failed = line.get("failure")
        told = failed["code"] if failed else [text["text"] for text in line["result"]["data"]["lines"]]
        found.append((Path(line["input"]).name, told))
    return found


def test_a_killed_run_goes_on_to_the_results_of_one_that_was_not(pictures: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert run(pictures, "--out", whole).returncode == 1
    with subprocess.Popen([*RUN, str(pictures), "--out", str(cut), "--in-flight", "1"]) as process:
        end = time.monotonic() + PATIENCE_S
        while process.poll() is None and time.monotonic() < end:
            if (cut / "results.jsonl").exists() and len(
                (cut / "results.jsonl").read_bytes().splitlines()
            ) >= 2:
                break
            time.sleep(0.005)
        process.kill()
    with (cut / "results.jsonl").open("ab") as file:
        file.write(b'{"input":"half a li')  # as a kill in the middle of a write leaves it
    before = (cut / "results.jsonl").read_bytes().rpartition(b"\n")[0]
    done = run(pictures, "--out", cut, "--resume")
    assert done.returncode == 1  # one of them failed, whenever that was
    assert "6 pictures, 1 failed" in done.stderr
    assert (cut / "results.jsonl").read_bytes().startswith(before)
    assert outcomes(cut / "results.jsonl") == outcomes(whole / "results.jsonl")
    made = {path.name for path in cut.iterdir()}
    assert {path.name for path in whole.iterdir()} <= made
    # No more than the one picture that may have had its place before its line.
    assert len(made) <= len(list(whole.iterdir())) + 1


def test_a_run_that_was_at_its_end_does_nothing_more(pictures: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    assert run(pictures, "--json", file, "--resume").returncode == 1  # where there is nothing it begins
    before = file.read_bytes()
    again = run(pictures, "--json", file, "--resume")
    assert (again.returncode, file.read_bytes()) == (1, before)


def test_results_of_other_options_are_not_gone_on_with(pictures: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    assert run(pictures / "0.png", "--json", file).returncode == 0
    before = file.read_bytes()
    again = run(pictures, "--json", file)
    assert again.returncode == 1
    assert "go on with it by --resume" in again.stderr
    other = run(pictures, "--json", file, "--resume", "--set", "min_score=0.9")
    assert other.returncode == 1
    assert "of another application, or of other options" in other.stderr
    assert file.read_bytes() == before


def test_what_could_not_be_written_is_run_again(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    told = [
        {"input": "a.jpg", "run": "x", "failure": {"code": "storage_failed", "message": "the disk is full"}},
        {"input": "b.jpg", "run": "x", "failure": {"code": "corrupt_image", "message": "it is damaged"}},
        {"input": "c.jpg", "run": "x", "result": {}},
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in told))
    descriptor = os.open(file, os.O_RDWR)
    earlier = taken_up(file, descriptor, "x")
    os.close(descriptor)
    assert (dict(earlier.inputs), earlier.failed) == ({"b.jpg": 1, "c.jpg": 1}, 1)
    assert lines(file) == told


def test_an_input_that_is_named_twice_has_two_lines(pictures: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    photo = pictures / "0.png"
    assert run(photo, "--json", file).returncode == 0
    assert run(photo, photo, "--json", file, "--resume").returncode == 0
    assert [line["input"] for line in lines(file)] == [str(photo)] * 2


def test_what_cannot_be_gone_on_with_is_left_as_it_is(pictures: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("mine\n")
    link = tmp_path / "link.jsonl"
    link.symlink_to(notes)
    left = tmp_path / "forced.jsonl.unfinished"
    left.write_text("{}\n")
    for words, told in (
        (["--json", notes], "not a result of"),
        (["--json", link], "link"),
        (["--json", "-"], "one file of results"),
        (["--json", tmp_path / "a.jsonl", "--out", tmp_path / "b"], "one file of results"),
        (["--json", tmp_path / "forced.jsonl"], "--force has left"),
        (["--json", tmp_path / "a.jsonl", "--force"], "keeps what --force replaces"),
    ):
        done = run(pictures / "0.png", "--resume", *words)
        assert done.returncode in ((2,) if told == "one file of results" else (1, 2))
        assert told in done.stderr.replace("Too many levels of symbolic links", "link"), done.stderr
    assert notes.read_text() == "mine\n"
    assert left.read_text() == "{}\n"
