"""``siseon run`` with names, pipes and terminals of every kind: a named failure each, and the rest goes on."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from siseon.contracts import Image
from siseon.media.encode import encode

SIGN = Path(__file__).parents[2] / "examples" / "sign.png"
COMMAND = [sys.executable, "-m", "siseon", "run", "text"]


def siseon(*words: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *(word if isinstance(word, bytes) else str(word) for word in words)],  # type: ignore[list-item]
        capture_output=True,
        check=False,
        env={**os.environ, "COLUMNS": "200", **environment},
        timeout=120,
    )


def test_a_photo_survives_being_named_as_the_results(tmp_path):
    photo = Path(shutil.copy(SIGN, tmp_path / "photo.png"))
    done = siseon(photo, "--json", photo)
    assert done.returncode == 1
    assert b"is an input of this run" in done.stderr
    assert photo.read_bytes() == SIGN.read_bytes()


def test_photos_survive_drawings_in_their_own_folder_even_by_force(tmp_path):
    # A PNG by content, called .jpg: its drawing would have the same name.
    photo = Path(shutil.copy(SIGN, tmp_path / "photo.jpg"))
    for words in ((), ("--force",)):
        done = siseon(photo, "--out", tmp_path, *words)
        assert done.returncode == 0, done.stderr.decode()
        assert photo.read_bytes() == SIGN.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photo-2.jpg", "photo.jpg", "results.jsonl"]
    again = siseon(photo, "--out", tmp_path)
    assert (again.returncode, b"--force" in again.stderr) == (1, True)


def test_one_line_says_how_many_how_many_failed_and_where_they_are(tmp_path):
    (tmp_path / "blank.png").write_bytes(encode(Image.from_array(np.full((60, 80, 3), 255, np.uint8)), "png"))
    done = siseon(SIGN, tmp_path / "missing.png", tmp_path / "blank.png", "--out", tmp_path / "out")
    last = done.stderr.decode().splitlines()[-1]
    assert "3 pictures, 1 failed, no text read in 1" in last
    assert str(tmp_path / "out") in last


def test_names_that_are_no_text_or_command_terminals_or_are_empty_fail_or_work_by_name(tmp_path):
    latin = os.fsencode(tmp_path) + b"/caf\xe9.png"
    shutil.copy(SIGN, latin)
    evil = tmp_path / "\x1b[2J\x1b]0;owned\x07.png"
    evil.write_bytes(SIGN.read_bytes()[:2000])
    results = tmp_path / "results.jsonl"
    done = siseon(latin, evil, "", "no-such-*.png", SIGN, "--json", results)
    assert done.returncode == 1
    assert b"\x1b[2J" not in done.stderr
    assert b"\x07" not in done.stderr
    assert b"Traceback" not in done.stderr
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    outcomes = [line.get("failure", {}).get("code", "ok") for line in lines]
    assert outcomes == ["ok", "corrupt_image", "file_unreadable", "file_unreadable", "ok"]
    assert lines[0]["input"].endswith("caf\\udce9.png")


def test_an_ascii_terminal_and_one_of_other_words_show_results_all_the_same():
    done = siseon(SIGN, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 0, done.stderr.decode()
    assert b"SEOUL LINE OF SIGHT" in done.stdout


def test_a_reader_that_goes_ends_the_run_without_a_traceback():
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [*COMMAND, str(SIGN), "--json", "-"],
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
            timeout=120,
        )
    assert done.returncode != 0
    assert b"Traceback" not in done.stderr, done.stderr.decode()


def test_ctrl_c_ends_a_run_that_reads_from_a_silent_pipe(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    process = subprocess.Popen(
        [*COMMAND, "fifo", "--json", "-"],
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        # As at a terminal: what a shell starts in the background ignores Ctrl-C, and so would all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    silent = None
    try:
        while silent is None:  # opening it to write fails until somebody reads
            assert process.poll() is None
            with contextlib.suppress(OSError):
                silent = os.open(tmp_path / "fifo", os.O_WRONLY | os.O_NONBLOCK)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
    finally:
        process.kill()
        process.communicate()
        if silent is not None:
            os.close(silent)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    threads = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(word) for thread in threads for word in thread.read_text().split()]


@pytest.mark.parametrize(
    ("number", "placement"),
    [(signal.SIGTERM, "threads"), (signal.SIGHUP, "threads"), (signal.SIGTERM, "processes")],
)
def test_a_signal_ends_a_run_with_whole_results_and_a_line_that_says_how_far_it_came(
    tmp_path, number, placement
):
    os.mkfifo(tmp_path / "fifo")
    results = tmp_path / "results.jsonl"
    process = subprocess.Popen(
        [*COMMAND, str(SIGN), str(tmp_path / "fifo"), "--json", str(results)],
        stderr=subprocess.PIPE,
        env={**os.environ, "SISEON_PLACEMENT": placement},
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # under nohup it would be left ignored
    )
    try:
        while not results.exists() or not results.stat().st_size:
            assert process.poll() is None
            time.sleep(0.01)
        workers = children(process)
        assert bool(workers) == (placement == "processes")
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 128 + number
    assert said.decode().splitlines() == [f"interrupted: 1 of 2 pictures  →  {results}; --resume goes on"]
    assert [json.loads(line)["input"] for line in results.read_text().splitlines()] == [str(SIGN)]
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_an_ignored_hang_up_is_ignored_and_an_ended_run_replaces_nothing(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    results = tmp_path / "results.jsonl"
    results.write_text("of yesterday")
    unfinished = tmp_path / "results.jsonl.unfinished"
    process = subprocess.Popen(
        [*COMMAND, str(SIGN), str(tmp_path / "fifo"), "--json", str(results), "--force"],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),  # as nohup does
    )
    try:
        while not unfinished.exists() or not unfinished.stat().st_size:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 128 + signal.SIGTERM
    assert results.read_text() == "of yesterday"
    assert said.decode().splitlines()[-1] == f"{results} is as it was, the new results are in {unfinished}"
    done = siseon(SIGN, "--json", results, "--force")
    assert done.returncode == 0, done.stderr.decode()
    assert [json.loads(line)["input"] for line in results.read_text().splitlines()] == [str(SIGN)]
    assert not unfinished.exists()


def test_a_name_that_is_too_long_or_results_without_a_folder_fail_by_name(tmp_path):
    done = siseon("x" * 300, SIGN, "--json", tmp_path / "results.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert (done.returncode, [list(line)[2] for line in lines]) == (1, ["failure", "result"])
    for option in ("--out", "--json"):
        empty = siseon(SIGN, option, "")
        assert (empty.returncode, f"Invalid value for '{option}': it is empty" in empty.stderr.decode()) == (
            2,
            True,
        )
    file = siseon(SIGN, "--out", tmp_path / "results.jsonl")
    assert (file.returncode, "is not a folder" in file.stderr.decode()) == (1, True)


def test_a_folder_that_cannot_be_looked_into_is_a_failure_and_the_others_are_read(tmp_path):
    shutil.copy(SIGN, tmp_path / "open.png")
    # As good as closed, for root too: a path that is longer than the system takes.
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("deep" * 60, dir_fd=folder)
        inner = os.open("deep" * 60, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    results = tmp_path / "results.jsonl"
    done = siseon(tmp_path, "--json", results)
    assert done.returncode == 1, done.stderr.decode()
    deep, sign = map(json.loads, results.read_text().splitlines())
    assert (deep["failure"]["code"], "name too long" in deep["failure"]["message"]) == (
        "file_unreadable",
        True,
    )
    assert sign["input"] == str(tmp_path / "open.png")


def test_results_that_cannot_be_written_are_told_once():
    done = siseon(SIGN, "--json", "/dev/full")
    assert (done.returncode, done.stderr.decode().count("storage_failed")) == (1, 1)


def test_what_cannot_be_written_in_one_place_is_written_in_the_others_and_counts_as_failed(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "results.jsonl").symlink_to("/dev/full")
    done = siseon(SIGN, tmp_path / "missing.png", "--out", out, "--json", tmp_path / "r")
    kinds = [list(json.loads(line))[2] for line in (tmp_path / "r").read_text().splitlines()]
    assert (done.returncode, kinds) == (1, ["result", "failure"])
    assert "2 pictures, 2 failed" in done.stderr.decode().splitlines()[-1]


def test_the_last_line_names_no_file_that_is_not_there(tmp_path):
    # A file may be no larger than 0 bytes: as good as a full disk.
    done = shell(f"run text {SIGN} --json r", tmp_path, before="ulimit -f 0;")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "1 picture, 1 failed")
    assert not list(tmp_path.iterdir())


def test_the_current_folder_takes_results_and_links_that_go_round_are_a_named_failure(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    for words, rc in (("--out .", 0), ("--out x --json loop", 1)):
        done = shell(f"run text {SIGN} {words}", tmp_path)
        assert (done.returncode, "Traceback" in done.stderr) == (rc, False), done.stderr
    assert (tmp_path / "results.jsonl").exists()


def test_results_in_the_folder_of_pictures_are_written_once(tmp_path):
    done = siseon(SIGN, "--out", tmp_path, "--json", tmp_path / "results.jsonl")
    assert done.returncode == 0, done.stderr.decode()
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 1


def test_a_run_that_cannot_begin_leaves_no_empty_results(tmp_path):
    done = siseon(SIGN, "--out", tmp_path / "out", "--json", tmp_path)
    assert done.returncode == 1
    assert not list((tmp_path / "out").iterdir())


def shell(line: str, cwd: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    program = f"{before} {sys.executable} -m siseon {line}"
    return subprocess.run(
        ["/bin/sh", "-c", program], capture_output=True, text=True, cwd=cwd, timeout=120, check=False
    )


def test_a_stdout_that_is_closed_or_full_is_a_named_failure(tmp_path):
    for line in (f"run text {SIGN} --json - >&-", "models list >/dev/full", f"run text {SIGN} >/dev/full"):
        done = shell(line, tmp_path)
        assert (done.returncode, "storage_failed" in done.stderr) == (1, True), done.stderr
        assert "Traceback" not in done.stderr


def test_files_get_no_number_that_libraries_write_to(tmp_path):
    done = shell(f"run text {SIGN} missing.png --out out >&- 2>&- <&-", tmp_path)
    assert done.returncode == 1
    lines = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    assert len(lines) == 2
