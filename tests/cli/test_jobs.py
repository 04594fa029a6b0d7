"""``siseon jobs`` and ``siseon worker`` as a person uses them: real processes, real weights, one database."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from cli.conftest import Here
from jobs.passed import let_leases_end
from siseon.cli.app import app
from siseon.contracts import SiseonError

SIGN = Path(__file__).parents[2] / "examples" / "sign.png"
SISEON = [sys.executable, "-m", "siseon"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "SISEON_CACHE_DIR": str(tmp_path / "cache"), "COLUMNS": "100"}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three that can be read, and one that cannot."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png", "d.png"):
        shutil.copy(SIGN, folder / name)
    (folder / "c.png").write_bytes(b"no picture")
    return folder


Siseon = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def siseon(here: Here, environment: dict[str, str]) -> Siseon:
    """Runs a command beside workers of their own processes."""
    own = {name: environment[name] for name in ("SISEON_CACHE_DIR", "COLUMNS")}

    def run(*words: object, **other: str) -> subprocess.CompletedProcess[str]:
        done = here(*words, **{**own, **other})
        return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@contextmanager
def worker(
    environment: dict[str, str], *words: str, first: list[str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A worker that is ready, and has said so in its ``first`` line; told to stop at the end."""
    process = subprocess.Popen(
        [*SISEON, "worker", "--applications", "text", *words],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        assert line.startswith("ready"), line + process.stderr.read()
        if first is not None:
            first.append(line)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def test_a_worker_tells_its_figures_and_a_service_without_a_model_accepts_its_jobs(environment, pictures):
    command = [*SISEON, "serve", "--jobs-only", "--port", "0", "--workers", "2"]
    serving = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert serving.stderr is not None
    try:
        place = re.search(r"ready  jobs at (\S+)", serving.stderr.readline())
        assert place is not None
        with (
            worker(environment, "--port", "0", first=(lines := [])),
            httpx.Client(trust_env=False, timeout=60) as http,
        ):
            figures = re.search(r"figures: (\S+)/metrics", lines[0])
            assert figures is not None
            assert http.get(f"{figures[1]}/readyz").json()["status"] == "ready"
            accepted = http.post(
                f"{place[1]}/v1/jobs",
                data={"job": json.dumps({"application": "text"})},
                files={"files": ("a.png", SIGN.read_bytes())},
            ).json()
            assert "event: result" in http.get(place[1] + accepted["events"]).text
            assert http.get(f"{place[1]}/v1/jobs/{accepted['id']}").json()["done"] == 1
            shown = http.get(f"{figures[1]}/metrics").text
            assert 'siseon_request_duration_seconds_count{outcome="ok",pipeline="text"} 1.0' in shown
            assert 'siseon_worker_attempts_total{outcome="done"} 1.0' in shown
            assert http.get(f"{figures[1]}/v1/jobs").status_code == 404
            waiting = http.get(f"{place[1]}/metrics").text  # told once, though two processes serve
            assert waiting.count("siseon_job_workers 1.0") == 1
            assert 'siseon_job_requests_total{operation="submit",outcome="ok"} 1.0' in waiting
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=60)
    assert serving.returncode == 0


def events(siseon: Siseon, job: str) -> list[dict[str, object]]:
    """All of them, when the job has ended."""
    watched = siseon("jobs", "watch", job, "--json")
    return [json.loads(line) for line in watched.stdout.splitlines()]


def test_pictures_are_submitted_run_watched_and_fetched(siseon, environment, pictures, tmp_path):
    submitted = siseon("jobs", "submit", "text", pictures, "--pictures")
    assert submitted.returncode == 0, submitted.stderr
    job = submitted.stdout.strip()
    assert f"siseon jobs watch {job}" in submitted.stderr
    assert "no worker for 'text' is running: siseon worker --applications text" in submitted.stderr
    listed = siseon("jobs", "list", COLUMNS="40")
    assert "no worker" in listed.stdout  # in a pipe nothing is cut
    assert job in listed.stdout
    assert "queued" in listed.stdout
    with worker(environment) as process:
        watched = siseon("jobs", "watch", job)
    assert process.returncode == 0
    assert watched.returncode == 1  # one has failed
    assert "3 of 4 done" in watched.stderr
    assert [event["kind"] for event in events(siseon, job)][-1] == "result"
    dead = siseon("jobs", "dead", job)
    assert "c.png" in dead.stdout
    assert "unsupported_media" in dead.stdout
    out = tmp_path / "out"
    fetched = siseon("jobs", "results", job, "--out", out)
    assert fetched.returncode == 1
    assert sorted(path.name for path in out.iterdir()) == ["a.jpg", "b.jpg", "d.jpg", "results.jsonl"]
    lines = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    assert [Path(line["input"]).name for line in lines] == ["a.png", "b.png", "c.png", "d.png"]
    assert "SEOUL LINE OF SIGHT" in json.dumps(lines[0])
    assert siseon("jobs", "purge", "--older-than", "0s").stderr == "removed 1 job\n"
    assert not any(path.is_file() for path in (tmp_path / "cache" / "artifacts").rglob("*"))


def test_a_video_is_kept_with_the_job_where_workers_cannot_read_it(siseon, environment, tmp_path):
    pytest.importorskip("trackers")
    from siseon.jobs import store
    from siseon.jobs.opening import opened
    from siseon.settings import Settings
    from video_files import film

    clip = film(tmp_path / "clip.mp4", [1000 * second for second in range(13)])
    whole = clip.read_bytes()
    done = siseon("jobs", "submit", "people", clip, "--upload")
    assert done.returncode == 0, done.stderr
    assert "accepted: 2 parts" in done.stderr
    assert clip.read_bytes() == whole  # a copy was kept
    cache = Path(environment["SISEON_CACHE_DIR"])
    with opened(Settings(cache_dir=cache)) as jobs:
        first, second = store.items(jobs.database, done.stdout.strip())
    assert first.input.startswith("upload-part:in/")
    assert second.input.endswith(" clip.mp4#1,10000,12042")
    assert [path.read_bytes() for path in (cache / "artifacts").rglob("*") if path.is_file()] == [whole]


def test_a_killed_worker_loses_nothing_and_makes_nothing_twice(siseon, environment, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(12):
        shutil.copy(SIGN, folder / f"{number:02}.png")
    job = siseon("jobs", "submit", "text", folder, "--upload").stdout.strip()
    command = [*SISEON, "jobs", "watch", job, "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        with worker(environment, "--concurrency", "2") as process:
            for line in watching.stdout:
                if json.loads(line)["kind"] == "item_done":  # so the next ones are at work
                    break
            process.kill()
            process.wait()
        let_leases_end(f"sqlite:///{environment['SISEON_CACHE_DIR']}/jobs.db")
        with worker(environment):
            rest = [json.loads(line) for line in watching.stdout]
    assert watching.returncode == 0
    assert rest[-1]["kind"] == "result"
    done = [event["number"] for event in events(siseon, job) if event["kind"] == "item_done"]
    assert sorted(done) == list(range(12))


def test_a_stopped_worker_hands_back_what_it_has_not_begun(siseon, environment, pictures):
    job = siseon("jobs", "submit", "text", pictures, *[pictures] * 3).stdout.strip()
    with worker(environment) as process:
        pass
    assert process.returncode == 0
    (line,) = siseon("jobs", "list", "--json").stdout.splitlines()
    left = json.loads(line)
    assert left["id"] == job
    with worker(environment):
        assert siseon("jobs", "watch", job).returncode == 1
    done = [event["number"] for event in events(siseon, job) if event["kind"] == "item_done"]
    assert sorted(done) == [number for number in range(16) if number % 4 != 2]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["submit", "text", "missing.png"], "missing.png"),
        (["submit", "text", ""], "empty"),
        (["submit", "text", "-"], "outlives its stdin"),
        (["submit", "nothing", str(SIGN)], "nothing"),
        (["submit", "text", str(SIGN), "--set", "nothing=1"], "nothing"),
        (
            ["submit", "translation", str(SIGN), "--set", "glossary=a"],
            "siseon worker --set translation.glossary",
        ),
        (["submit", "text", str(SIGN), "--to", "es"], "text has no option --to"),
        (["submit", "text", str(SIGN), "--webhook", "http://example.com/"], "SISEON_JOBS_WEBHOOK_SECRET"),
        (["watch", "nothing"], "job_not_found"),
        (["cancel", "0" * 26], "job_not_found"),
        (["retry", "0" * 26], "job_not_found"),
        (["results", "0" * 26], "job_not_found"),
        (["purge", "--older-than", "soon"], "not an age"),
        (["list", "--state", "odd"], "queued, running"),
    ],
)
def test_what_cannot_be_done_is_told_by_name(environment, monkeypatch, words, told):
    monkeypatch.setenv("SISEON_CACHE_DIR", environment["SISEON_CACHE_DIR"])
    done = CliRunner().invoke(app, ["jobs", *words], env={"COLUMNS": "200"})
    if isinstance(done.exception, SystemExit):  # a word that the command does not take
        assert done.exit_code == 2
        said = done.output
    else:
        assert isinstance(done.exception, SiseonError)
        said = f"{done.exception.code} {done.exception.message} {done.exception.hint}"
    assert told in said
    assert CliRunner().invoke(app, ["jobs", "list", "--json"]).stdout == ""


def test_a_job_is_cancelled_and_goes_on(siseon, environment, pictures):
    job = siseon("jobs", "submit", "text", pictures / "a.png", "--key", "once").stdout.strip()
    assert siseon("jobs", "submit", "text", pictures / "a.png", "--key", "once").stdout.strip() == job
    assert siseon("jobs", "cancel", job).stderr.startswith("cancelled: 0 of 1 done")
    assert siseon("jobs", "watch", job).returncode == 1
    assert siseon("jobs", "retry", job).returncode == 0
    with worker(environment):
        assert siseon("jobs", "watch", job).returncode == 0
