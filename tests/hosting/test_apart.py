"""A call in a process of its own: whatever becomes of it is told by name, and no process stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from siseon.contracts import FailureCode, InputError, SiseonError
from siseon.hosting.apart import Apart


def told(what: str) -> object:
    """In the other process."""
    match what:
        case "value":
            return {"pid": os.getpid()}
        case "failure":
            raise InputError("no", hint="yes", code=FailureCode.corrupt_image)
        case "exception":
            raise KeyError("x")
        case "exit":
            os._exit(3)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "file":
            path = Path(tempfile.mkdtemp()) / "film"
            path.write_bytes(b"long")
            print(path, flush=True)
    time.sleep(600)
    return None


def test_what_it_returns_comes_as_json_from_another_process():
    assert Apart("a test", told, "value").result(60)["pid"] != os.getpid()


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("failure", FailureCode.corrupt_image),
        ("exception", FailureCode.stage_failed),
        ("exit", FailureCode.worker_died),
        ("kill", FailureCode.worker_died),
    ],
)
def test_what_goes_wrong_is_named(what, code):
    with pytest.raises(SiseonError) as caught:
        Apart("a test", told, what).result(60)
    assert caught.value.code is code


def test_one_that_does_not_end_is_killed_at_its_time_and_when_it_is_stopped():
    late = Apart("a test", told, "sleep")
    with pytest.raises(SiseonError) as caught:
        late.result(0.5)
    assert caught.value.code is FailureCode.deadline_exceeded
    assert late._process.exitcode is not None
    stopped = Apart("a test", told, "sleep")
    threading.Timer(0.5, stopped.stop).start()
    with pytest.raises(SiseonError) as caught:
        stopped.result()
    assert caught.value.code is FailureCode.cancelled
    assert stopped._process.exitcode is not None


def test_one_that_is_stopped_leaves_no_files(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    one = Apart("a test", told, "file")
    ended: list[BaseException] = []

    def run() -> None:
        try:
            one.result(60)
        except SiseonError as error:
            ended.append(error)

    running = threading.Thread(target=run)
    running.start()
    while running.is_alive() and not list(tmp_path.rglob("film")):
        time.sleep(0.01)
    one.stop()
    running.join()
    assert len(ended) == 1
    assert not list(tmp_path.glob("siseon-*"))


def test_it_ends_with_the_process_that_started_it(tmp_path: Path):
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, sys, threading, time\n"
        "from siseon.hosting.apart import Apart\n"
        "if __name__ == '__main__':\n"
        "    from test_apart import told\n"
        "    one = Apart('a test', told, 'file')\n"
        "    threading.Thread(target=one.result, daemon=True).start()\n"
        "    while one._process.pid is None: time.sleep(0.01)\n"
        "    print(one._process.pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    (tmp_path / "tmp").mkdir()
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": path}
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=env)
    assert parent.stdout is not None
    child, film = int(parent.stdout.readline()), Path(parent.stdout.readline().strip())
    assert film.read_bytes() == b"long"
    assert film.is_relative_to(next((tmp_path / "tmp").glob("siseon-*")))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(6000):
        if not Path(f"/proc/{child}").exists():
            break
        time.sleep(0.01)
    assert not Path(f"/proc/{child}").exists()
    assert not list((tmp_path / "tmp").glob("siseon-*"))
